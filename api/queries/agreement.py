"""Pages of agreements under filters, and what one of them still promises."""

from datetime import date
from typing import Any

from api import clock
from api.errors import NotFound
from api.plan.answering import Answer, answer_page
from api.plan.paging import page_request
from api.plan.reader import Condition
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.queries.commitments import Promised
from api.queries.items import ORDERS, ItemOrder, place_path
from api.queries.promise import FROM, GROUP, standings, state
from api.state_machines.agreement import BINDING, PromiseState


async def agreements(
    viewer: Viewer, selection: Selected, asked: dict[str, Any], order: ItemOrder, paging: dict[str, Any]
) -> Answer:
    """Return one page. Raise InvalidInput, LimitExceeded or NotFound with the argument's name."""
    chosen = ORDERS[order]
    request = page_request(paging, source_named("Agreement"), chosen)
    return await answer_page(viewer, "Agreement", selection, chosen, request, await filtered(viewer, asked))


async def filtered(viewer: Viewer, asked: dict[str, Any]) -> Condition:
    """Return the SQL condition of a filter. Raise NotFound with the argument's name."""
    within = asked.get("within")
    path = None if within is None else await place_path(viewer, within, ("filter", "within"))
    return lambda statement: _condition(asked, path, statement)


def _condition(asked: dict[str, Any], path: str | None, statement: Statement) -> str:
    parts = ["1 = 1"]
    if path is not None:
        parts.append(statement.under("t.path", path))
    if (organisation := asked.get("organisation")) is not None:
        parts.append(f"(t.unit_id = {statement.bind(organisation)} OR t.committee_id = {statement.bind(organisation)})")
    if asked.get("status") is not None:
        parts.append(statement.among("t.status", [str(status) for status in asked["status"]]))
    if (day := asked.get("in_force_on")) is not None:
        parts.append(_in_force_on(day, statement))
    if (broken := asked.get("broken_promises")) is not None:
        parts.append(f"{'' if broken else 'NOT '}{_has_broken_promise(statement)}")
    if (changed := asked.get("changed_since")) is not None:
        parts.append(f"t.updated_at >= {statement.bind(changed)}")
    return " AND ".join(parts)


def _in_force_on(day: date, statement: Statement) -> str:
    """Return: both had signed, the day lies in the period, and it had not ended before."""
    binding = statement.among("t.status", [str(status) for status in BINDING])
    return (
        f"(t.in_force_on IS NOT NULL OR {binding})"
        f" AND t.valid_from <= {statement.bind(day)} AND t.valid_to >= {statement.bind(day)}"
        f" AND (t.ended_on IS NULL OR t.ended_on > {statement.bind(day)})"
    )


def _has_broken_promise(statement: Statement) -> str:
    having = f"{state(statement)} = '{PromiseState.BROKEN}'"
    return f"EXISTS (SELECT 1{FROM} WHERE a.id = t.id{GROUP} HAVING {having})"


async def still_promised(viewer: Viewer, identifier: int, path: tuple[str, ...]) -> Promised:
    """Return what an agreement still promises today: nothing while it is not in force.

    Raises:
        NotFound: there is no such agreement, or the viewer may not see it.
    """
    statement = Statement()
    allowed = readable(source_named("Agreement"), viewer, statement)
    here = f"t.id = {statement.bind(identifier)}"
    today = _in_force_on(clock.today(), statement)
    rows = await statement.fetch(
        f"SELECT t.path, CASE WHEN {today} THEN 1 ELSE 0 END AS in_force FROM agreement t WHERE {here} AND {allowed}"
    )
    if not rows:
        raise NotFound(path=path)
    if not rows[0]["in_force"]:
        return Promised(rows[0]["path"], ())
    counting = Statement()
    found = await standings(counting, f"p.agreement_id = {counting.bind(identifier)}")
    left = [each for each in found if not each.used_up]
    return Promised(rows[0]["path"], tuple((each.category, each.units) for each in left))
