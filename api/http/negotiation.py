"""Which media type and which language a request asks for (RFC 9110, section 12)."""

from functools import lru_cache
from typing import Final

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
# "GraphQL over HTTP" has clients without an Accept header, and those that take anything, get JSON.
_SERVED = {GRAPHQL_JSON: GRAPHQL_JSON, JSON: JSON, "application/*": JSON, "*/*": JSON}
_LANGUAGES = ("zh", "en")
REMEMBERED: Final = 256
"""Values of a header, of which programs send the same again and again."""


@lru_cache(REMEMBERED)
def response_type(accept: str | None) -> str | None:
    """Return the media type to answer in, or None when nothing of ours is acceptable."""
    if accept is None or not accept.strip():
        return JSON
    best, best_weight = None, 0.0
    refused = {name for name, weight in weighted(accept) if weight == 0}
    for name, weight in weighted(accept):
        served = _SERVED.get(name)
        if served and served not in refused and weight > best_weight:
            best, best_weight = served, weight
    return best


@lru_cache(REMEMBERED)
def language(accept_language: str | None) -> str | None:
    """Return "zh" or "en", whichever is preferred, or None when the header names neither."""
    best, best_weight = None, 0.0
    for name, weight in weighted(accept_language or ""):
        primary = name.partition("-")[0]
        # Chinese wins between equals: it is the language of the house.
        better = weight > best_weight or (weight == best_weight > 0 and primary == "zh")
        if primary in _LANGUAGES and better:
            best, best_weight = primary, weight
    return best


@lru_cache(REMEMBERED)
def weighted(header: str) -> tuple[tuple[str, float], ...]:
    """Return the names of a header such as "a;q=0.5, b" in small letters, with their weights 0 to 1."""
    found = []
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name:
            found.append((name, _weight(parameters)))
    return tuple(found)


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            # Neither "nan" nor "inf" is a weight.
            return weight if 0.0 <= weight <= 1.0 else 0.0
    return 1.0
