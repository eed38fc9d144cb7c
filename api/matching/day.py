"""What the passing of days changes by itself: periods of validity, single time windows, capacities that come back."""

from datetime import date, timedelta
from typing import Final

from api import clock
from api.matching.scope import OPEN
from api.matching.windows import DAYS
from api.models.choices import ItemKind
from api.plan.holding import HELD
from api.plan.statement import Statement

KINDS: Final = (ItemKind.NEED, ItemKind.PROJECT, ItemKind.RESOURCE)


async def touched_by_days(first: date, last: date) -> list[tuple[ItemKind, int]]:
    """Return the open items that match otherwise on `last` than they did on the day before `first`.

    Those whose validity began or ended, those with a single time window that is over or has come within
    reach, and claimed resources that recur, since the quantity of a new period is whole again.
    """
    found: list[tuple[ItemKind, int]] = []
    for kind in KINDS:
        statement = Statement()
        touched = f"{_validity(statement, first, last)} OR t.id IN ({_windows(statement, kind, first, last)})"
        if kind is ItemKind.RESOURCE:
            touched += f" OR t.id IN ({_RENEWED})"
        open_ = statement.among("t.status", OPEN[kind])
        rows = await statement.fetch(f'SELECT t.id FROM "{kind.lower()}" t WHERE {open_} AND ({touched}) ORDER BY t.id')
        found += [(kind, row["id"]) for row in rows]
    return found


def _validity(statement: Statement, first: date, last: date) -> str:
    before = first - timedelta(days=1), last - timedelta(days=1)
    begun = f"t.valid_from >= {statement.bind(first)} AND t.valid_from <= {statement.bind(last)}"
    ended = f"t.valid_to >= {statement.bind(before[0])} AND t.valid_to <= {statement.bind(before[1])}"
    return f"({begun}) OR ({ended})"


def _windows(statement: Statement, kind: ItemKind, first: date, last: date) -> str:
    since, until = clock.midnight(first - timedelta(days=1)), clock.midnight(last)
    reach = timedelta(days=DAYS)
    starts, ends = statement.moment("w.starts_at"), statement.moment("w.ends_at")
    bounds = [statement.moment(statement.bind(each)) for each in (since, until, since + reach, until + reach)]
    over = f"{ends} > {bounds[0]} AND {ends} <= {bounds[1]}"
    near = f"{starts} >= {bounds[2]} AND {starts} < {bounds[3]}"
    column = f"w.{kind.lower()}_id"
    return (
        f"SELECT {column} FROM time_window w WHERE {column} IS NOT NULL AND w.rrule IS NULL AND (({over}) OR ({near}))"
    )


_RENEWED: Final = (
    f"SELECT cl.resource_id {HELD} WHERE cl.resource_id IS NOT NULL AND EXISTS"
    " (SELECT 1 FROM time_window w WHERE w.resource_id = cl.resource_id AND w.rrule IS NOT NULL)"
)
