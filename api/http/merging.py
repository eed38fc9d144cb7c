"""How much work validation has with fields that must merge, told before it is done.

GraphQL lets a selection set name one answer key many times, and validation compares every two of them, and
every two fragments: quadratic in what a document repeats. Here the pairs are counted instead, in one visit
of each selection.
"""

from collections.abc import Iterable, Mapping

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    SelectionSetNode,
)


def comparisons(
    selected: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode], most: int
) -> int:
    """Return how many pairs of fields and of fragments are to be compared; beyond `most`, no matter how many.

    To be called within the limits of fields and nesting only, since fields are visited where they are answered.
    """
    total = 0
    waiting = [list(selected)]
    while waiting and total <= most:
        fields, spread = _gathered(waiting.pop(), fragments)
        total += _pairs(spread)
        for nodes in fields.values():
            total += _pairs(len(nodes))
            inner = [node.selection_set for node in nodes if node.selection_set]
            if inner:
                waiting.append(inner)
    return total


def _gathered(
    waiting: list[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[dict[str, list[FieldNode]], int]:
    """Return the fields of a merged selection set by answer key, and the number of fragments in it."""
    fields: dict[str, list[FieldNode]] = {}
    spread: set[str] = set()
    while waiting:
        for selection in waiting.pop().selections:
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                fields.setdefault(key, []).append(selection)
            elif not isinstance(selection, FragmentSpreadNode):
                waiting.append(selection.selection_set)  # type: ignore[attr-defined] # an inline fragment
            elif (name := selection.name.value) not in spread:
                spread.add(name)
                if name in fragments:
                    waiting.append(fragments[name].selection_set)
    return fields, len(spread)


def _pairs(number: int) -> int:
    return number * (number - 1) // 2
