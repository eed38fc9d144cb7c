"""The deployment's own policy rows."""

from collections.abc import Sequence

from api import db
from api.models import PolicyOverlay


async def overlay_rows() -> list[Sequence[str]]:
    """Return the additional rows as (role, object, action, relation, effect, id)."""
    rows = await PolicyOverlay.all().using_db(db.reading()).order_by("rule_id")
    return [(row.role, row.object, row.action, row.relation, row.effect, row.rule_id) for row in rows]
