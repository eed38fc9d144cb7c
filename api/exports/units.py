"""Labels of units of measure, which rows carry as codes."""

from api.plan.question import question
from api.plan.viewer import Viewer
from api.queries.register import reference


async def unit_labels(viewer: Viewer) -> dict[str, str]:
    """Return the label of each unit in the viewer's language, by its code."""
    rows = await reference(viewer, "UnitOfMeasure", question("UnitOfMeasure", "{ code label }"))
    return {row.values["code"]: row.values["label"] for row in rows}
