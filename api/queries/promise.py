"""How far promises are kept, worked out in SQL from the claims made under them; nothing of it is stored.

A promise is measured by its quantity, without one by its hours, without either by the first delivery.
What is claimed in another unit of measure does not count.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from api import clock
from api.plan import holding
from api.plan.decoding import instant
from api.plan.loaders import loader
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.state_machines.agreement import OVER, PromiseState
from api.state_machines.claim import DONE, HOLDING, ClaimStatus

FROM: Final = (
    " FROM agreement_promise p JOIN agreement a ON a.id = p.agreement_id"
    " LEFT JOIN claim_line cl ON cl.promise_id = p.id LEFT JOIN claim c ON c.id = cl.claim_id"
)
GROUP: Final = " GROUP BY p.id, a.id"
TARGET: Final = "COALESCE(p.quantity, p.hours)"
DUE: Final = "COALESCE(p.due_on, a.valid_to)"
# What was delivered, where that is known; else what was claimed, which counts as nothing where nobody knew how much.
AMOUNT: Final = f"COALESCE({holding.AMOUNT}, 0)"
ROUNDING: Final = 0.00001
HOUR_UNITS: Final = frozenset({"HOUR", "PERSON_HOUR"})


def _texts(values: Set[str]) -> str:
    # Words of our own code, never of a client.
    return ", ".join(f"'{value}'" for value in sorted(values))


FITS: Final = (
    f"CASE WHEN p.quantity IS NULL AND p.hours IS NOT NULL THEN cl.unit IS NULL OR cl.unit IN ({_texts(HOUR_UNITS)})"
    " ELSE p.unit IS NULL OR cl.unit IS NULL OR p.unit = cl.unit END"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise stands today; `left` is null for a promise of any quantity.

    `units` are the units of measure that count against it; without any, all do.
    """

    promise_id: int
    category: str
    units: tuple[str, ...]
    state: PromiseState
    kept: float
    used: float
    left: float | None
    made_good_on: date | None

    @property
    def used_up(self) -> bool:
        """Tell whether all that was promised has been claimed."""
        return self.left is not None and self.left <= ROUNDING


async def standings(statement: Statement, condition: str) -> list[Standing]:
    """Return how the promises stand for which the condition holds (alias `p`, its agreement `a`)."""
    rows = await statement.fetch(
        f"SELECT p.id, p.category, p.quantity, p.hours, p.unit, {TARGET} AS target,"
        f" {_sum(HOLDING)} AS used, {_sum(DONE)} AS kept,"
        f" {state(statement)} AS state, p.remedied_on, {COMPLETED_AT} AS completed_at"
        f"{FROM} WHERE {condition}{GROUP} ORDER BY p.id"
    )
    return [_standing(row) for row in rows]


def _standing(row: dict[str, Any]) -> Standing:
    found = PromiseState(row["state"])
    return Standing(
        promise_id=row["id"],
        category=row["category"],
        units=units_of(row["quantity"], row["hours"], row["unit"]),
        state=found,
        kept=row["kept"],
        used=row["used"],
        left=None if row["target"] is None else max(row["target"] - row["used"], 0.0),
        made_good_on=_made_good_on(row) if found is PromiseState.MADE_GOOD else None,
    )


def units_of(quantity: float | None, hours: float | None, unit: str | None) -> tuple[str, ...]:
    """Return the units of measure that count against a promise; none: all do. As `FITS` has it in SQL."""
    if quantity is None and hours is not None:
        return tuple(sorted(HOUR_UNITS))
    return () if unit is None else (unit,)


def _made_good_on(row: dict[str, Any]) -> date | None:
    if row["remedied_on"] is not None:
        return date.fromisoformat(str(row["remedied_on"])[:10])
    return instant(row["completed_at"]).astimezone(clock.LOCAL_ZONE).date()


def state(statement: Statement) -> str:
    """Return the SQL of a promise's state today, for rows of `FROM` in groups of `GROUP`."""
    in_time = f"{_counts(DONE)} AND {statement.moment('c.completed_at')} < {_end_of_due_day(statement)}"
    return (
        f"CASE WHEN a.in_force_on IS NULL THEN '{PromiseState.OPEN}'"
        f" WHEN {_met(in_time)} THEN '{PromiseState.KEPT}'"
        f" WHEN p.remedied_on IS NOT NULL OR {_met(_counts(DONE))} THEN '{PromiseState.MADE_GOOD}'"
        f" WHEN {DUE} < {statement.bind(clock.today())} OR a.status IN ({_texts(OVER)}) THEN '{PromiseState.BROKEN}'"
        f" ELSE '{PromiseState.OPEN}' END"
    )


def _end_of_due_day(statement: Statement) -> str:
    # A day of the community ends eight hours before that of UTC.
    if statement.postgres:
        return f"(({DUE} + 1)::timestamp AT TIME ZONE '{clock.LOCAL_ZONE.key}')"
    return f"(unixepoch({DUE}, '+1 day', '-8 hours'))"


def _met(counts: str) -> str:
    amount = f"SUM(CASE WHEN {counts} THEN {AMOUNT} ELSE 0 END)"
    deliveries = f"SUM(CASE WHEN {counts} THEN 1 ELSE 0 END)"
    return f"(CASE WHEN {TARGET} IS NULL THEN {deliveries} > 0 ELSE {amount} >= {TARGET} - {ROUNDING} END)"


def _counts(states: Set[ClaimStatus]) -> str:
    return f"c.status IN ({_texts(states)}) AND ({FITS}) AND COALESCE(cl.delivered, 1) > 0"


def _sum(states: Set[ClaimStatus]) -> str:
    return f"SUM(CASE WHEN {_counts(states)} THEN {AMOUNT} ELSE 0 END)"


# When the delivery came that completed the promise; the aliases inside are those of the inner rows.
COMPLETED_AT: Final = (
    f"(SELECT MIN(d.completed_at) FROM (SELECT c.completed_at, SUM({AMOUNT}) OVER (ORDER BY c.completed_at, c.id)"
    " AS running FROM claim_line cl JOIN claim c ON c.id = cl.claim_id"
    f" WHERE cl.promise_id = p.id AND {_counts(DONE)}) d"
    f" WHERE {TARGET} IS NULL OR d.running >= {TARGET} - {ROUNDING})"
)


@loader("promise-progress")
async def _progress(_viewer: Viewer, keys: list[int], _asked: Selected) -> dict[int, Any]:
    # The reader asks only for promises that the viewer sees.
    statement = Statement()
    return {each.promise_id: each for each in await standings(statement, statement.among("p.id", keys))}


@dataclass(slots=True)
class Summary:
    """How many promises of a unit stand how, in the agreements that the viewer may see."""

    kept: int = 0
    left: int = 0
    broken: int = 0
    made_good: int = 0

    def count(self, found: PromiseState, number: int) -> None:
        """Count promises of one state."""
        name = "left" if found is PromiseState.OPEN else found.value.lower()
        setattr(self, name, number)


@loader("promise-summary")
async def _summary(viewer: Viewer, keys: list[int], _asked: Selected) -> dict[int, Any]:
    statement = Statement()
    allowed = readable(source_named("Agreement"), viewer, statement, "a")
    rows = await statement.fetch(
        "SELECT s.unit_id, s.state, COUNT(*) AS n FROM (SELECT a.unit_id,"
        f" {state(statement)} AS state{FROM} WHERE {statement.among('a.unit_id', keys)}"
        f" AND a.in_force_on IS NOT NULL AND {allowed}{GROUP}) s GROUP BY s.unit_id, s.state"
    )
    found = {key: Summary() for key in keys}
    for row in rows:
        found[row["unit_id"]].count(PromiseState(row["state"]), row["n"])
    return found
