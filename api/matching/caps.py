"""Hold back what exceeds a rule's caps, counted in one community; a pure function of the stored rows.

Counting over stored rows, and not while deciding, is what makes one item's new match and a
whole re-matching end in the same state. A dismissed match takes no place of a cap.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from api import db
from api.feed.telling import Happened, tell
from api.matching.storing import SUGGESTED, Group
from api.matching.versions import Version
from api.plan.statement import Statement, chunks
from api.state_machines.match import MatchStatus
from rules.decision import Firing, apply_caps

HELD_BACK: Final = "match.holdBack"
"""Kind of the event."""


async def recount(groups: Iterable[Group], versions: Mapping[int, Version]) -> None:
    """Set SUGGESTED and HELD_BACK anew in each group; `versions` are the deciding ones by rule set.

    Runs in the caller's transaction, whose reads must see its writes.
    """
    for rule_set_id, community_id in sorted(groups, key=lambda group: (group[0], group[1] or 0)):
        version = versions.get(rule_set_id)
        if version is not None and version.capped:
            await _recount(version, community_id)


async def _recount(version: Version, community_id: int | None) -> None:
    statement = Statement()
    here = "IS NULL" if community_id is None else f"= {statement.bind(community_id)}"
    # Rows of an older version wait for the job that re-matches their community.
    rows = await statement.fetch(
        'SELECT m.id, m.path, m.rule_id, m.score, m.line_id, m.resource_id, m."status",'
        " COALESCE(r.owner_organisation_id, r.owner_household_id, r.owner_person_id) AS provider"
        ' FROM "match" m JOIN resource r ON r.id = m.resource_id'
        f" WHERE m.community_id {here} AND m.rule_version_id = {statement.bind(version.id)}"
        f' AND m."status" <> {statement.bind(MatchStatus.DISMISSED.value)}'
    )
    firings = [
        Firing(row["rule_id"], 0, str(row["line_id"]), str(row["resource_id"]), row["score"], (), row["score"])
        for row in rows
    ]
    providers = {str(row["resource_id"]): str(row["provider"]) for row in rows}
    stay = {(firing.demand_id, firing.resource_id) for firing in apply_caps(firings, version.document, providers)}
    moved: dict[MatchStatus, list[int]] = {}
    paths = {row["id"]: row["path"] for row in rows}
    for row in rows:
        stays = (str(row["line_id"]), str(row["resource_id"])) in stay
        wanted = MatchStatus.SUGGESTED if stays else MatchStatus.HELD_BACK
        if row["status"] != wanted:
            moved.setdefault(wanted, []).append(row["id"])
    for status, identifiers in moved.items():
        await _set(status, identifiers)
        kind = SUGGESTED if status is MatchStatus.SUGGESTED else HELD_BACK
        await tell([Happened(kind, "Match", each, paths[each]) for each in identifiers])


async def _set(status: MatchStatus, identifiers: list[int]) -> None:
    for part in chunks(identifiers):
        statement = Statement()
        text = f'UPDATE "match" SET "status" = {statement.bind(status.value)} WHERE {statement.among("id", part)}'
        await db.reading().execute_query(text, statement.values)
