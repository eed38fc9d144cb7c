"""How much of a resource is left, after what claims hold of it in its present period."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from api import clock
from api.plan.holding import AMOUNT, HELD
from api.plan.statement import Statement

Used = tuple[date, float]
"""The day for which something is claimed, and how much of the resource."""
SMALLEST: Final = 1e-9
"""Below this a difference of two quantities is the rounding of their binary form."""


async def used_of(condition: str, statement: Statement) -> dict[int, list[Used]]:
    """Return what is claimed of resources `i` under a condition, where claim and resource count in one unit."""
    moment = (
        "(c.created_at AT TIME ZONE 'Asia/Shanghai')::date" if statement.postgres else "date(c.created_at, '+8 hours')"
    )
    rows = await statement.fetch(
        f"SELECT cl.resource_id, CAST(COALESCE(c.planned_on, {moment}) AS TEXT) AS day, {AMOUNT} AS amount {HELD}"
        f" JOIN resource i ON i.id = cl.resource_id WHERE i.unit = cl.unit AND {AMOUNT} IS NOT NULL AND {condition}"
    )
    found: dict[int, list[Used]] = {}
    for row in rows:
        used = date.fromisoformat(row["day"][:10]), float(row["amount"])
        found.setdefault(row["resource_id"], []).append(used)
    return found


def left(quantity: float | None, recurs: str, used: Iterable[Used], day: date | None = None) -> float | None:
    """Return what is left of a quantity in the period of `recurs` that holds `day` (today); None stays unknown."""
    if quantity is None:
        return None
    period = _PERIODS[recurs]
    here = period(day or clock.today())
    remaining = quantity - sum(amount for when, amount in used if period(when) == here)
    return remaining if remaining > SMALLEST else 0.0


# What two days of one period have in common.
_PERIODS: Mapping[str, Any] = {
    "NEVER": lambda day: None,
    "DAILY": lambda day: day,
    "WEEKLY": lambda day: day.isocalendar()[:2],
    "MONTHLY": lambda day: (day.year, day.month),
    "YEARLY": lambda day: day.year,
}
