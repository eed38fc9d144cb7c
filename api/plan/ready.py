"""A value that is finished: the executor passes it on and does not walk it."""

from typing import Any


class Ready:
    """Data in the shape that the client asked for, row filters and field rules applied."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        """Take what goes into the answer as it is: dicts, lists, texts, numbers, booleans and None."""
        self.value = value

    def __repr__(self) -> str:
        """Tell nothing of the value."""
        return "<Ready>"


class Unanswerable(Exception):
    """The compiled form cannot give this answer; the level-by-level reader can, or can tell what is wrong."""
