"""Pages of claims under filters, which of them are one's own, and what evaluations sum up to."""

from dataclasses import dataclass
from typing import Any

from api.plan.answering import Answer, answer_page
from api.plan.holding import DONE_STATES
from api.plan.loaders import loader
from api.plan.paging import page_request
from api.plan.reader import Condition
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import NEWEST, OLDEST
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.queries.commitments import own_claim
from api.queries.filters import lies_within, looked_at
from api.queries.items import COLUMNS, ItemOrder, place_path

EQUAL = {
    "need": "t.need_id",
    "project": "t.project_id",
    "organisation": "t.organisation_id",
    "under_agreement": "t.agreement_id",
}
ORDERS = {ItemOrder.NEWEST: NEWEST, ItemOrder.OLDEST: OLDEST}


async def claims(
    viewer: Viewer, selection: Selected, asked: dict[str, Any], order: ItemOrder, paging: dict[str, Any]
) -> Answer:
    """Return one page of claims."""
    chosen = ORDERS[order]
    request = page_request(paging, source_named("Claim"), chosen)
    return await answer_page(viewer, "Claim", selection, chosen, request, await filtered(viewer, asked))


async def filtered(viewer: Viewer, asked: dict[str, Any]) -> Condition:
    """Return the SQL condition of a filter. Raise NotFound with the argument's name."""
    within = asked.get("within")
    path = None if within is None else await place_path(viewer, within, ("filter", "within"))
    return lambda statement: _condition(viewer, asked, path, statement)


def _condition(viewer: Viewer, asked: dict[str, Any], path: str | None, statement: Statement) -> str:
    parts = [looked_at(asked.get("only"), statement)]
    if path is not None:
        parts.append(_within(viewer, path, statement))
    for name, column in EQUAL.items():
        if asked.get(name) is not None:
            parts.append(f"{column} = {statement.bind(asked[name])}")
    if asked.get("status") is not None:
        parts.append(statement.among("t.status", [str(status) for status in asked["status"]]))
    if asked.get("claimed_by_me"):
        parts.append(own_claim(viewer, "t", statement))
    if asked.get("changed_since") is not None:
        parts.append(f"t.updated_at >= {statement.bind(asked['changed_since'])}")
    return " AND ".join(parts)


def _within(viewer: Viewer, path: str, statement: Statement) -> str:
    """Return: what is claimed lies there, as far as the viewer may know where it lies."""
    need = lies_within(viewer, "Need", path, COLUMNS["Need"], statement, "n")
    return (
        f"(EXISTS (SELECT 1 FROM need n WHERE n.id = t.need_id AND {need})"
        f" OR (t.project_id IS NOT NULL AND {statement.under('t.path', path)}))"
    )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """双评价: what claims of a unit, or by a person, came to. Scores are 1 to 5; None when nobody has spoken."""

    completed: int
    evaluations: int
    average_score: float | None
    member_evaluations: int
    average_member_score: float | None


@loader("organisation-evaluation")
async def _of_organisations(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    return await _evaluations(keys, "c.organisation_id", "e.organisation_id")


@loader("person-evaluation")
async def _of_people(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    own_claims = await _evaluations(keys, "c.person_id", "e.person_id")
    as_member = await _evaluations(keys, "c.member_person_id", "e.member_person_id")
    return {
        key: Evaluation(
            own_claims[key].completed + as_member[key].completed,
            own_claims[key].evaluations,
            own_claims[key].average_score,
            as_member[key].member_evaluations,
            as_member[key].average_member_score,
        )
        for key in keys
    }


async def _evaluations(keys: list[int], claimant: str, subject: str) -> dict[int, Evaluation]:
    statement = Statement()
    completed = await statement.fetch(
        f"SELECT {claimant} AS subject, COUNT(*) AS n FROM claim c"
        f" WHERE c.status IN {DONE_STATES} AND {statement.among(claimant, keys)} GROUP BY {claimant}"
    )
    counts = {row["subject"]: int(row["n"]) for row in completed}
    statement = Statement()
    sums = await statement.fetch(
        f"SELECT {subject} AS subject, COUNT(*) AS n, AVG(e.score) AS average,"
        " COUNT(e.member_score) AS members, AVG(e.member_score) AS members_average"
        f" FROM claim_evaluation e WHERE e.by_side = 'ASKER' AND {statement.among(subject, keys)} GROUP BY {subject}"
    )
    found = {row["subject"]: row for row in sums}
    return {
        key: Evaluation(
            counts.get(key, 0),
            int(found[key]["n"]) if key in found else 0,
            _average(found[key]["average"]) if key in found else None,
            int(found[key]["members"]) if key in found else 0,
            _average(found[key]["members_average"]) if key in found else None,
        )
        for key in keys
    }


def _average(value: Any) -> float | None:
    return None if value is None else round(float(value), 2)
