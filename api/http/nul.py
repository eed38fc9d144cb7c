"""NUL characters in the texts of a document, which no database stores."""

from typing import Any

from graphql import DocumentNode, StringValueNode, Visitor, visit


def has_nul(document: DocumentNode) -> bool:
    """Tell whether a string of a document contains NUL."""
    finder = _NulFinder()
    visit(document, finder)
    return finder.found


class _NulFinder(Visitor):
    found = False

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        """Note a string that contains NUL."""
        self.found = self.found or "\0" in node.value
