"""Named reads: pages under filters, who is asking; no writing."""

# Its loader registers itself.
from api.queries import registered

__all__ = ["registered"]
