"""What tests of providers share: rules that ask one thing, matching, and the fact of the one resource."""

from datetime import timedelta
from typing import Any

from api import clock, db
from api.matching.facts import load_resources
from api.matching.item import rematch_item
from api.matching.scope import ResourceScope
from api.models import Need, Resource
from api.models.choices import ItemKind
from rules.workers import WorkerPool
from tests.api.matching.town import Town, pairs, rule

TODAY = clock.today()
DAY = timedelta(days=1)


def asks(field: str, op: str = "=", value: Any = True, **more: Any) -> dict[str, Any]:
    return rule(require={"field": field, "op": op, "value": value, **more})


async def match(pool: WorkerPool, *items: Need | Resource) -> set[tuple[int | None, int]]:
    for item in items:
        kind = ItemKind.NEED if isinstance(item, Need) else ItemKind.RESOURCE
        async with db.transaction():
            await rematch_item(pool, kind, item.id)
    return await pairs()


async def fact(town: Town) -> Any:
    (row,) = await load_resources(ResourceScope(town.path("A")))
    return row.fact
