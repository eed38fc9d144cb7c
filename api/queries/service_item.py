"""Which service items an organisation has, and what one said in a version."""

from typing import Any

from api.plan.loaders import loader
from api.plan.reader import read_by_ids
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable


async def owned_items(viewer: Viewer, organisation_id: int) -> list[int]:
    """Return the identifiers of an organisation's service items that the viewer may see, oldest first."""
    statement = Statement()
    source = source_named("ServiceItem")
    where = f"t.organisation_id = {statement.bind(organisation_id)} AND {readable(source, viewer, statement)}"
    rows = await statement.fetch(f"SELECT t.id FROM {source.as_t} WHERE {where} ORDER BY t.id")
    return [int(row["id"]) for row in rows]


@loader("service-item-version")
async def version_of_items(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    """Return the version of that number of each service item; None where it has none or the viewer may not know."""
    statement = Statement()
    number = statement.bind(asked.arguments["number"])
    where = f"{statement.among('t.service_item_id', keys)} AND t.number = {number}"
    text = f"SELECT t.id, t.service_item_id AS item FROM service_item_version t WHERE {where}"
    found = {int(row["item"]): int(row["id"]) for row in await statement.fetch(text)} if keys else {}
    rows = await read_by_ids(viewer, "ServiceItemVersion", list(found.values()), asked)
    return {key: rows.get(found.get(key, 0)) for key in keys}
