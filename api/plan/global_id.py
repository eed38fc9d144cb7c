"""Global identifiers: the type's name and the row's key, e.g. "Need:912643"."""

from api.errors import NotFound


def global_id(name: str, key: int) -> str:
    """Return the global identifier of a row."""
    return f"{name}:{key}"


def row_id(text: str, name: str, path: tuple[str, ...]) -> int:
    """Return the row's key of a global identifier. Raise NotFound for a malformed one or another type's."""
    kind, _, digits = text.partition(":")
    # Nineteen digits are as many as a 64-bit key has.
    if kind != name or not (digits.isascii() and digits.isdigit() and len(digits) <= 19):
        raise NotFound(path=path)
    key = int(digits)
    if key >= 2**63 or str(key) != digits:
        raise NotFound(path=path)
    return key
