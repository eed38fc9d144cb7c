"""Take a version that harms the engine out of use, at once and without anybody's doing."""

from typing import Any, Final

import structlog

from api import db
from api.feed.telling import Happened, tell
from api.matching.faults import DISAGREES
from api.matching.locking import lock_rule_sets, take_turn
from api.matching.storing import GONE
from api.models import Match, RuleVersion
from api.state_machines.rule_version import RuleVersionStatus

log = structlog.get_logger(__name__)

HARMFUL: Final = frozenset({"TIMEOUT", "CRASHED", "FAULT", DISAGREES})
"""Reasons that lie in the version: it killed a child, or its answers cannot be trusted."""


async def quarantine(version_id: int, reason: str) -> None:
    """Let a version decide no longer and drop its rule set's matches; a new or restored version heals it."""
    async with db.transaction():
        await take_turn()
        version: Any = await RuleVersion.get(id=version_id)
        if version.status is not RuleVersionStatus.PUBLISHED:
            return
        await lock_rule_sets([version.rule_set_id])
        await RuleVersion.filter(id=version_id).update(
            status=RuleVersionStatus.QUARANTINED, quarantine_reason=reason[:500]
        )
        matches: Any = await Match.filter(rule_set_id=version.rule_set_id).values_list("id", "path")
        await Match.filter(rule_set_id=version.rule_set_id).delete()
        await tell(
            [
                Happened("ruleVersion.quarantine", "RuleVersion", version_id, version.path),
                *(Happened(GONE, "Match", identifier, path) for identifier, path in matches),
            ]
        )
    log.error("rule version quarantined", version=version_id, reason=reason)
