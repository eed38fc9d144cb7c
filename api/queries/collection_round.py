"""Pages of collection rounds and of their invitations, and what an invitation still lacks."""

from typing import Any

import orjson

from api import clock
from api.models.choices import ListKind
from api.plan.answering import Answer, answer_page
from api.plan.loaders import loader
from api.plan.paging import page_request
from api.plan.reader import Condition
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import NEWEST, OLDEST
from api.plan.sources.collection_round import ANSWERED
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.queries.items import place_path
from api.state_machines.collection_round import CollectionRoundStatus
from api.state_machines.item_list import HANDED_IN


async def rounds(viewer: Viewer, selection: Selected, asked: dict[str, Any], paging: dict[str, Any]) -> Answer:
    """Return one page of rounds, the newest first."""
    within = await _path(viewer, asked)

    def condition(statement: Statement) -> str:
        parts = ["1 = 1"]
        if within is not None:
            parts.append(statement.under("t.path", within))
        if asked.get("status") is not None:
            parts.append(statement.among("t.status", [str(status) for status in asked["status"]]))
        if asked.get("changed_since") is not None:
            parts.append(f"t.updated_at >= {statement.bind(asked['changed_since'])}")
        return " AND ".join(parts)

    request = page_request(paging, source_named("CollectionRound"), NEWEST)
    return await answer_page(viewer, "CollectionRound", selection, NEWEST, request, condition)


async def invitations(viewer: Viewer, selection: Selected, asked: dict[str, Any], paging: dict[str, Any]) -> Answer:
    """Return one page of invitations, in the order in which they were given."""
    request = page_request(paging, source_named("CollectionInvitation"), OLDEST)
    condition = await invitations_filtered(viewer, asked)
    return await answer_page(viewer, "CollectionInvitation", selection, OLDEST, request, condition)


async def invitations_filtered(viewer: Viewer, asked: dict[str, Any]) -> Condition:
    """Return the SQL condition of a filter of invitations. Raise NotFound with the argument's name."""
    within = await _path(viewer, asked)

    def condition(statement: Statement) -> str:
        parts = ["1 = 1"]
        if within is not None:
            parts.append(statement.under("t.path", within))
        for name, column in (("round", "t.round_id"), ("organisation", "t.owner_organisation_id")):
            if asked.get(name) is not None:
                parts.append(f"{column} = {statement.bind(asked[name])}")
        if asked.get("answered") is not None:
            parts.append(ANSWERED if asked["answered"] else f"NOT {ANSWERED}")
        if asked.get("overdue") is not None:
            parts.append(f"{'' if asked['overdue'] else 'NOT '}{_overdue(statement)}")
        return " AND ".join(parts)

    return condition


def _overdue(statement: Statement) -> str:
    """Return: nothing was handed in, the round is open, and its day is over."""
    still_open = f"c.status = '{CollectionRoundStatus.OPEN}' AND c.due_on < {statement.bind(clock.today())}"
    return f"(NOT {ANSWERED} AND EXISTS (SELECT 1 FROM collection_round c WHERE c.id = t.round_id AND {still_open}))"


async def _path(viewer: Viewer, asked: dict[str, Any]) -> str | None:
    within = asked.get("within")
    return None if within is None else await place_path(viewer, within, ("filter", "within"))


@loader("invitation-missing")
async def _missing(viewer: Viewer, keys: list[int], _: Selected) -> dict[int, Any]:
    """Return for each invitation, all of them read already, the kinds of list that were not handed in."""
    statement = Statement()
    handed_in = statement.among("l.status", [str(status) for status in HANDED_IN])
    rows = await statement.fetch(
        "SELECT t.id, c.collects, l.kind FROM collection_invitation t JOIN collection_round c ON c.id = t.round_id"
        f" LEFT JOIN item_list l ON l.invitation_id = t.id AND {handed_in} WHERE {statement.among('t.id', keys)}"
    )
    collects = {row["id"]: orjson.loads(row["collects"]) for row in rows}
    given = {(row["id"], row["kind"]) for row in rows}
    return {key: [kind for kind in ListKind if kind in collects[key] and (key, kind) not in given] for key in keys}
