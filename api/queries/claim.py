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
from api.plan.visibility import readable
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
    """双评价: what claims of a unit, or by a person, came to, as far as the viewer may see them.

    Scores are 1 to 5. They are told by the three, so that nobody works out what one person said: neither from few
    of them nor from the difference that a new one makes. None before there are three.
    """

    completed: int
    evaluations: int | None
    average_score: float | None
    member_evaluations: int | None
    average_member_score: float | None


Means = dict[int, tuple[int, float]]
TOGETHER = 3


@loader("organisation-evaluation")
async def _of_organisations(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    completed = await _completed(viewer, keys, "c.organisation_id")
    scores = await _means(viewer, keys, "e.organisation_id", "e.score")
    of_members = await _means(viewer, keys, "e.organisation_id", "e.member_score")
    return {key: _evaluation(completed.get(key, 0), scores.get(key), of_members.get(key)) for key in keys}


@loader("person-evaluation")
async def _of_people(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    own = await _completed(viewer, keys, "c.person_id")
    as_member = await _completed(viewer, keys, "c.member_person_id")
    scores = await _means(viewer, keys, "e.person_id", "e.score")
    of_member = await _means(viewer, keys, "e.member_person_id", "e.member_score")
    return {
        key: _evaluation(own.get(key, 0) + as_member.get(key, 0), scores.get(key), of_member.get(key)) for key in keys
    }


def _evaluation(completed: int, scores: tuple[int, float] | None, of_members: tuple[int, float] | None) -> Evaluation:
    return Evaluation(completed, *(scores or (None, None)), *(of_members or (None, None)))


async def _completed(viewer: Viewer, keys: list[int], claimant: str) -> dict[int, int]:
    """Return how many claims were completed, of those that the viewer may know of."""
    statement = Statement()
    rows = await statement.fetch(
        f"SELECT {claimant} AS subject, COUNT(*) AS n FROM claim c WHERE c.status IN {DONE_STATES}"
        f" AND {statement.among(claimant, keys)} AND {readable(source_named('Claim'), viewer, statement, 'c')}"
        f" GROUP BY {claimant}"
    )
    return {row["subject"]: int(row["n"]) for row in rows}


async def _means(viewer: Viewer, keys: list[int], subject: str, score: str) -> Means:
    """Return number and mean of the scores that askers gave, the oldest ones by the three; nothing below three."""
    statement = Statement()
    rows = await statement.fetch(
        "SELECT x.subject, COUNT(*) AS n, AVG(x.score) AS average FROM ("
        f"SELECT {subject} AS subject, {score} AS score, COUNT(*) OVER (PARTITION BY {subject}) AS n,"
        f" ROW_NUMBER() OVER (PARTITION BY {subject} ORDER BY e.id) AS number"
        " FROM claim_evaluation e JOIN claim c ON c.id = e.claim_id"
        f" WHERE e.by_side = 'ASKER' AND {score} IS NOT NULL AND {statement.among(subject, keys)}"
        f" AND {readable(source_named('Claim'), viewer, statement, 'c')}"
        f") x WHERE x.number <= x.n - x.n % {TOGETHER} GROUP BY x.subject"
    )
    return {row["subject"]: (int(row["n"]), round(float(row["average"]), 2)) for row in rows}
