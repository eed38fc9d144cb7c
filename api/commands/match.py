"""Matches: dismiss one."""

from typing import Any

from api.commands import inputs
from api.commands.permission import require
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import NotFound
from api.matching.caps import recount
from api.matching.locking import lock_rule_sets, take_turn
from api.matching.versions import versions_of
from api.models import Match
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.state_machines.machine import check_move
from api.state_machines.match import TRANSITIONS, MatchStatus
from auth.permissions import Action, Object
from auth.relations import RowScope, Visibility


async def dismiss_match(viewer: Viewer, identifier: int, reason: str) -> int:
    """Set a suggestion aside for good, with the reason; the next best takes its place under a cap.

    It stays dismissed as long as the line and the resource are matched by the rule set.

    Raises:
        InvalidInput: the reason is missing or too long.
        InvalidTransition: it is dismissed already.
        NotFound, Unauthenticated, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=True)
    async with unit_of_work(viewer) as work:
        row = await _visible(viewer, identifier)
        rule = require(viewer, Object.MATCH, Action.DISMISS, _scope(row), visible=True)
        await take_turn()
        await lock_rule_sets([row["rule_set_id"]])
        match = await Match.get_or_none(id=identifier)
        if match is None:
            raise NotFound(path=("id",))
        check_move(TRANSITIONS, match.status, MatchStatus.DISMISSED, "匹配")
        former = match.status
        match.status, match.status_reason = MatchStatus.DISMISSED, why
        await match.save(update_fields=["status", "status_reason"])
        group = (row["rule_set_id"], row["community_id"])
        await recount([group], await versions_of([row["rule_set_id"]]))
        change = {"status": [former.value, MatchStatus.DISMISSED.value], "reason": [None, why]}
        work.record(Done("match.dismiss", "Match", identifier, row["path"], change, rule))
    return identifier


async def _visible(viewer: Viewer, identifier: int) -> dict[str, Any]:
    """Return what permissions look at; whoever may not see both sides does not see the match."""
    source = source_named("Match")
    statement = Statement()
    rows = await statement.fetch(
        "SELECT t.path, t.rule_set_id, t.community_id, r.owner_organisation_id"
        f" FROM {source.as_t} WHERE t.id = {statement.bind(identifier)}"
        f" AND {readable(source, viewer, statement)}"
    )
    if not rows:
        raise NotFound(path=("id",))
    return rows[0]


def _scope(row: dict[str, Any]) -> RowScope:
    return RowScope(
        path=row["path"],
        owner_organisation_id=row["owner_organisation_id"],
        visibility=Visibility.PUBLIC,
    )
