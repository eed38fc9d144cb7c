"""What an operation costs, in points: told beforehand from what it may ask for, not from what is found.

After GitHub's published way for its GraphQL API: the rows that the pages may bring, by the hundred, at least one
point. Two things are added: each answered field that is written down counts like a row, since a wide question is
work without any page; and a mutation costs more, since it writes, is audited, and tells others.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphql import OperationDefinitionNode, OperationType

from api.http.limits import Measure

SHARE: Final = 100
"""Rows and fields that make a point."""
MUTATION: Final = 10
"""Points of each mutation, besides what its payload asks."""
INTROSPECTION: Final = 10
"""Points of a question about the schema, whatever it asks; what else is asked comes on top."""
REFUSED: Final = 10
"""Points of a document that is refused: it was read and judged, and is not remembered."""


def points(found: Measure, operation: OperationDefinitionNode) -> int:
    """Return what an operation costs: ⌈(rows + fields) / 100⌉, and the surcharges."""
    cost = max(1, -(-(found.nodes + found.fields - found.introspected) // SHARE))
    if operation.operation is OperationType.MUTATION:
        cost += MUTATION * found.root_fields
    if found.introspected:
        cost += INTROSPECTION
    return cost


def sizes(names: Iterable[str], variables: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what of the variables decides how large an operation is: numbers, lengths, and what is left out."""
    return tuple(_size(variables[name]) if name in variables else "" for name in names)


def _size(value: Any) -> Any:
    if isinstance(value, list):
        return (len(value),)
    return value if isinstance(value, int) else None
