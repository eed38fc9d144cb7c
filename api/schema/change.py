"""The change feed: what a partner needs to keep a complete copy of what it may read."""

from typing import Any

import strawberry

from api.context import Info
from api.feed.page import changes as page_of_changes
from api.plan.selection import selected
from api.schema.base import Node, PageInfo, global_id


@strawberry.type(description="One object of a copy: keep it as it is now, or drop it")
class Change:
    """Change."""

    id: strawberry.ID = strawberry.field(description="Identifier of the object")
    type: str = strawberry.field(description="Name of its type, e.g. Need")
    deleted: bool = strawberry.field(description="Whether it is gone, or may no longer be seen: drop it")
    node: Node | None = strawberry.field(description="Object as it is now; null when it is to be dropped")


@strawberry.type(description="A page of changes")
class ChangeConnection:
    """Changes and where they end."""

    nodes: list[Change] = strawberry.field(description="Changes, to be applied in this order")
    page_info: PageInfo = strawberry.field(
        description="`endCursor` is where to go on, always; without `hasNextPage` there is nothing more for now"
    )


@strawberry.type
class ChangeQuery:
    """Root field."""

    @strawberry.field(
        description="What changed since a cursor, of all that the viewer may see; without `after` everything, from "
        "the beginning. `first` is at most 100; a page can be shorter, even empty, and yet have a next one"
    )
    async def changes(self, info: Info, first: int, after: str | None = None) -> ChangeConnection:
        """Return a page of changes."""
        nodes = selected(info._raw_info).child("nodes")
        page = await page_of_changes(info.context.viewer, after, first, nodes.child("node") if nodes else None)
        told: list[Any] = [
            Change(
                id=strawberry.ID(global_id(*each.key)),
                type=each.key[0],
                deleted=each.row is None,
                node=each.row,  # type: ignore[arg-type]  # a row is what the type's fields read
            )
            for each in page.changes
        ]
        where = PageInfo(
            has_next_page=page.more, has_previous_page=after is not None, start_cursor=after, end_cursor=page.cursor
        )
        return ChangeConnection(nodes=told, page_info=where)
