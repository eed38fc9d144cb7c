"""NUL in a document, which no database stores in a text."""

from typing import Any

from graphql import DocumentNode, StringValueNode, Visitor, visit


def has_nul(document: DocumentNode) -> bool:
    """Tell whether a string of a document contains it."""
    finder = _Finder()
    visit(document, finder)
    return finder.found


class _Finder(Visitor):
    found = False

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        """Note a string that contains NUL."""
        self.found = self.found or "\0" in node.value
