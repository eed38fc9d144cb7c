"""How schema types read the rows that the plan's reader brought.

A type lists its fields with `value`, `related` and `connection`; each has the name of a field of the source
(`api.plan.sources`), where column, permission and row filter are declared. Nothing here loads anything.
"""

from typing import Any, Generic, TypeVar

import strawberry
from strawberry.types.field import StrawberryField

from api.context import Info
from api.plan.global_id import global_id
from api.plan.paging import Page
from api.plan.selection import place_of
from api.plan.source import Row

T = TypeVar("T")


def from_row(root: Any, name: str) -> Any:
    """Resolve a plain field: from the row's values, or from any other object by attribute."""
    return root.values[name] if isinstance(root, Row) else getattr(root, name)


def value(description: str, **options: Any) -> Any:
    """Declare a field that is a column of the source."""
    return strawberry.field(description=description, **options)


def _related(root: Any, info: Info) -> Any:
    return root.related[place_of(info._raw_info.field_nodes[0])]


def loaded(root: Any, info: Info) -> Any:
    """Return what a named loader brought for a field with arguments of its own."""
    return _related(root, info)


def related(description: str) -> Any:
    """Declare a field that is another row, a short list of rows, or an object embedded in this row."""
    return strawberry.field(resolver=_related, description=description)


def _connected(
    root: Any,
    info: Info,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Any:
    return _related(root, info)


def connection(description: str) -> Any:
    """Declare a field that is a connection; `first` or `last` is required, at most 100."""
    return strawberry.field(resolver=_connected, description=f"{description}; give `first` or `last`, at most 100")


@strawberry.interface(description="An object with a globally unique identifier")
class Node:
    """Relay's Node."""

    @strawberry.field(description="Globally unique identifier, opaque to clients")
    def id(self, info: Info) -> strawberry.ID:
        """Return the type's name and the row's identifier."""
        root: Any = self
        return strawberry.ID(global_id(root.source.type_name, root.values["id"]))

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Tell whether a row is of this type."""
        return isinstance(obj, Row) and obj.source.type_name == cls.__name__


@strawberry.type(description="Where a page lies within its connection")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether more items follow")
    has_previous_page: bool = strawberry.field(description="Whether items precede")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item of the page")
    end_cursor: str | None = strawberry.field(description="Cursor of the last item of the page")


@strawberry.type(description="An item and its cursor")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = strawberry.field(description="Opaque cursor of the item")
    node: T = strawberry.field(description="Item")


@strawberry.type(description="A page of items")
class Connection(Generic[T]):
    """Relay's connection over a `Page` of rows."""

    @strawberry.field(description="Items with their cursors")
    def edges(self) -> list[Edge[T]]:
        """Pair rows with cursors."""
        page: Any = self
        return [Edge(cursor=cursor, node=row) for cursor, row in zip(page.cursors, page.rows, strict=True)]

    @strawberry.field(description="Items without their cursors")
    def nodes(self) -> list[T]:
        """Return the rows."""
        page: Any = self
        return list(page.rows)

    @strawberry.field(description="Where this page lies")
    def page_info(self) -> PageInfo:
        """Describe the page."""
        page: Any = self
        cursors = page.cursors
        return PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )

    @strawberry.field(description="Number of all items that the viewer may see and the filter admits")
    def total_count(self) -> int:
        """Return the count, taken only when it is asked for."""
        page: Any = self
        return int(page.total or 0)

    @classmethod
    def is_type_of(cls, obj: Any, _info: Any) -> bool:
        """Accept a page of rows."""
        return isinstance(obj, Page)


__all__ = [
    "Connection",
    "Edge",
    "Node",
    "PageInfo",
    "StrawberryField",
    "connection",
    "from_row",
    "global_id",
    "loaded",
    "related",
    "value",
]
