"""Documents out: public editions of lists, and whole tables as CSV and XLSX; all of it through the plan's reader."""

# Registers the loader of a list's `plainText`.
from api.exports import plain_text

__all__ = ["plain_text"]
