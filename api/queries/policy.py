"""The deployment's own policy rows, and the number that tells they changed."""

from collections.abc import Sequence

from api import db
from api.models import PolicyOverlay, PolicyVersion


async def policy_number() -> int:
    """Return how often the policy was changed; 0 when never."""
    row = await PolicyVersion.all().using_db(db.reading()).order_by("-number").first()
    return 0 if row is None else row.number


async def overlay_rows() -> list[Sequence[str]]:
    """Return the additional rows as (role, object, action, relation, effect, id)."""
    rows = await PolicyOverlay.all().using_db(db.reading()).order_by("rule_id")
    return [(row.role, row.object, row.action, row.relation, row.effect, row.rule_id) for row in rows]
