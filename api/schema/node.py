"""Root fields for any object, and for who is asking."""

from collections import defaultdict
from typing import Any

import strawberry

from api.context import Info
from api.errors import LimitExceeded, NotFound
from api.plan.answering import answer_by_ids
from api.plan.global_id import global_id, row_id
from api.plan.registry import sources_of
from api.plan.selection import selected
from api.queries.register import place_by_code
from api.schema.base import Node
from api.schema.organisation import Organisation
from api.schema.person import Person
from api.schema.place import Place

MOST_NODES = 100


@strawberry.type(description="A role that the viewer holds")
class HeldRole:
    """Role and scope."""

    role: str = strawberry.field(description="Role, e.g. PROPERTY_CLERK")
    scope: str = strawberry.field(description="Path of the place within which it is in force; empty: everywhere")


@strawberry.type(description="Who is asking, and in which roles")
class Viewer:
    """Viewer."""

    kind: str = strawberry.field(description="PERSON, ORGANISATION_KEY or ANONYMOUS")
    language: str = strawberry.field(description="Language of labels and messages")
    roles: list[HeldRole] = strawberry.field(description="Roles in force")
    key_scopes: list[str] | None = strawberry.field(description="All that a key may do; null for a person")

    @strawberry.field(description="Person who is signed in")
    async def person(self, info: Info) -> Person | None:
        """Return the person."""
        key = info.context.viewer.principal.person_id
        rows = await answer_by_ids(info.context.viewer, "Person", [key] if key else [], selected(info._raw_info))
        return rows.get(key or 0)  # type: ignore[return-value]  # a row is what the type's fields read

    @strawberry.field(description="Organisations for which the viewer acts")
    async def organisations(self, info: Info) -> list[Organisation]:
        """Return the organisations."""
        keys = sorted(info.context.viewer.principal.organisation_ids)
        rows = await answer_by_ids(info.context.viewer, "Organisation", keys, selected(info._raw_info))
        return [rows[key] for key in keys if key in rows]  # type: ignore[misc]  # rows, as above


@strawberry.type
class NodeQuery:
    """Relay's root fields and `viewer`."""

    @strawberry.field(description="Who is asking")
    def viewer(self, info: Info) -> Viewer:
        """Return the viewer."""
        principal = info.context.viewer.principal
        return Viewer(
            kind=principal.kind,
            language=principal.language,
            roles=[HeldRole(role=held.role, scope=held.scope) for held in principal.held],
            key_scopes=None if principal.key_scopes is None else sorted(map(str, principal.key_scopes)),
        )

    @strawberry.field(description="Object by its identifier; null when it does not exist or may not be seen")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        """Return one object."""
        return (await _nodes(info, [id]))[0]

    @strawberry.field(description="Objects by their identifiers, in that order, null where one may not be seen")
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        """Return up to 100 objects."""
        return await _nodes(info, ids)

    @strawberry.field(description="Place by its code; null when there is none")
    async def place(self, info: Info, code: str) -> Place | None:
        """Return one place."""
        return await place_by_code(info.context.viewer, code, selected(info._raw_info))  # type: ignore[return-value]  # rows, which the type reads


async def _nodes(info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
    if len(ids) > MOST_NODES:
        raise LimitExceeded(f"最多 {MOST_NODES} 个标识", f"At most {MOST_NODES} identifiers", ("ids",))
    viewer, selection = info.context.viewer, selected(info._raw_info)
    wanted: dict[str, set[int]] = defaultdict(set)
    for text in ids:
        name = text.partition(":")[0]
        try:
            wanted[name].add(row_id(text, name, ("ids",)))
        except NotFound:
            continue
    found: dict[str, Any] = {}
    for name, keys in wanted.items():
        for source in sources_of(name):
            rows = await answer_by_ids(viewer, source.name, sorted(keys), selection)
            found |= {global_id(name, key): row for key, row in rows.items()}
    return [found.get(text) for text in ids]


__all__ = ["NodeQuery", "Viewer"]
