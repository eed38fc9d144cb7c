"""Which service items an organisation has."""

from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable


async def owned_items(viewer: Viewer, organisation_id: int) -> list[int]:
    """Return the identifiers of an organisation's service items that the viewer may see, oldest first."""
    statement = Statement()
    source = source_named("ServiceItem")
    where = f"t.organisation_id = {statement.bind(organisation_id)} AND {readable(source, viewer, statement)}"
    rows = await statement.fetch(f"SELECT t.id FROM service_item t {source.joins} WHERE {where} ORDER BY t.id")
    return [int(row["id"]) for row in rows]
