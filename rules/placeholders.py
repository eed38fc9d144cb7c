"""Find the placeholders in a ``because`` text, such as ``{resource.title}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

_PIECE: Final = re.compile(r"\{([^{}]+)\}|[{}]")


def placeholders(text: str) -> Iterator[str | None]:
    """Yield the name in each pair of braces; None for a brace that stands alone."""
    for found in _PIECE.finditer(text):
        yield found.group(1)


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """Return the text with each placeholder replaced by ``value_of`` its name."""
    return _PIECE.sub(lambda found: value_of(found.group(1)) if found.group(1) else found.group(0), text)
