"""Print a fact as JSON with only the values that are not default."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final


def sparse(fact: Any) -> dict[str, Any]:
    """Return the values of a fact by attribute name, sets in order, defaults left out."""
    out: dict[str, Any] = {}
    for name, default in _defaults(type(fact)):
        value = getattr(fact, name)
        if value is default or (value == default and type(value) is type(default)):
            continue
        if isinstance(value, frozenset):
            value = sorted(value)
        elif hasattr(value, "to_json"):
            value = value.to_json()
        out[name] = value
    return out


_DEFAULTS: Final[dict[type, tuple[tuple[str, object], ...]]] = {}


def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    # Asked for every fact of a batch; ``fields`` builds its answer anew each time.
    held = _DEFAULTS.get(kind)
    if held is None:
        held = _DEFAULTS[kind] = tuple((each.name, each.default) for each in fields(kind))
    return held
