"""A partner that keeps a copy by the feed alone, beside an oracle that knows what the copy must hold."""

import random
from dataclasses import dataclass, field
from typing import Any

from api.context import Context
from api.feed.types import FEED
from api.plan.viewer import Viewer
from auth.enforcement import Authoriser
from auth.principal import Principal
from tests.api.plan.oracle import Oracle, Tables
from tests.api.reading import schema

FIELDS = """
    ... on Need { needStatus: status visibility urgency version }
    ... on Resource { resourceStatus: status visibility version }
    ... on Project { projectStatus: status visibility version }
    ... on NeedList { needListStatus: status visibility version }
    ... on ServiceItem { serviceItemStatus: status visibility }
    ... on Organisation { name organisationStatus: status }
    ... on Team { name teamStatus: status version }
    ... on Registration { registrationStatus: status version }
    ... on Pairing { note validFrom version }
    ... on ServicePoint { name servicePointStatus: status version }
    ... on Match { score matchStatus: status }
"""
CHANGES = f"""query ($first: Int!, $after: String) {{ changes(first: $first, after: $after) {{
    nodes {{ id type deleted node {{ id {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
NODES = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id {FIELDS} }} }}"


async def ask(viewer: Viewer, query: str, **variables: Any) -> Any:
    """Return the data of a question that must be answered without an error."""
    result = await schema().execute(query, variable_values=variables, context_value=Context(viewer))
    assert not result.errors, result.errors
    return result.data


@dataclass
class Copy:
    """What one partner has; `ever` are the objects it could see at any time."""

    principal: Principal
    authoriser: Authoriser
    rows: dict[str, Any] = field(default_factory=dict)
    cursor: str | None = None
    ever: set[str] = field(default_factory=set)
    dropped: int = 0

    def viewer(self) -> Viewer:
        runtime: Any = None
        return Viewer(self.principal, self.authoriser, runtime)

    async def page(self, size: int) -> bool:
        """Read and apply one page; tell whether there are more."""
        data = (await ask(self.viewer(), CHANGES, first=size, after=self.cursor))["changes"]
        assert len(data["nodes"]) <= size
        for change in data["nodes"]:
            assert (change["node"] is None) == change["deleted"]
            assert change["id"].startswith(f"{change['type']}:")
            if change["deleted"]:
                assert change["id"] in self.ever, f"{self.principal.actor} never could see {change['id']}"
                self.dropped += self.rows.pop(change["id"], None) is not None
            else:
                self.rows[change["id"]] = change["node"]
        self.cursor = data["pageInfo"]["endCursor"]
        return bool(data["pageInfo"]["hasNextPage"])

    async def catch_up(self, chance: random.Random) -> None:
        """Read to the end, in pages of any size."""
        while await self.page(chance.choice((1, 2, 7, 100))):
            pass

    def visible(self, tables: Tables) -> set[str]:
        """Return what the copy must hold, worked out row by row with casbin alone."""
        followed = {name: rows for name, rows in tables.rows.items() if name in FEED or name == "ItemList"}
        oracle = Oracle(tables, self.authoriser, self.principal)
        return {
            oracle.global_id(name, row) for name, rows in followed.items() for row in rows.values()
            if oracle.sees(name, row)
        }  # fmt: skip

    async def check(self, tables: Tables) -> None:
        """The copy holds exactly what is visible, and of each row what a fresh read gives."""
        wanted = self.visible(tables)
        held = set(self.rows)
        assert held == wanted, (self.principal.actor, sorted(held - wanted)[:5], sorted(wanted - held)[:5])
        ids = sorted(wanted)
        for start in range(0, len(ids), 100):
            fresh = (await ask(self.viewer(), NODES, ids=ids[start : start + 100]))["nodes"]
            assert [self.rows[node["id"]] for node in fresh] == fresh
