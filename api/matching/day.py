"""What the passing of days changes by itself: periods of validity, single time windows, capacities that come back."""

from datetime import date, timedelta
from typing import Final

from api import clock
from api.matching.scope import OPEN
from api.matching.windows import DAYS
from api.models.choices import ItemKind
from api.plan.holding import HELD
from api.plan.statement import Statement

MOST_DAYS: Final = 31
KINDS: Final = (ItemKind.NEED, ItemKind.PROJECT, ItemKind.RESOURCE)


async def touched_by_days(first: date, last: date) -> list[tuple[ItemKind, int]]:
    """Return the open items that match otherwise on `last` than they did on the day before `first`.

    Those whose validity began or ended, those with a single time window that is over or has come within
    reach, claimed resources that recur, since the quantity of a new period is whole again, and those of
    whose provider a pairing began or ended or a certificate ran out.
    """
    found: list[tuple[ItemKind, int]] = []
    for kind in KINDS:
        statement = Statement()
        touched = f"{_validity(statement, first, last)} OR t.id IN ({_windows(statement, kind, first, last)})"
        if kind is ItemKind.RESOURCE:
            touched += f" OR t.id IN ({_RENEWED}) OR t.id IN ({_said(statement, first, last)})"
        open_ = statement.among("t.status", OPEN[kind])
        rows = await statement.fetch(f'SELECT t.id FROM "{kind.lower()}" t WHERE {open_} AND ({touched}) ORDER BY t.id')
        found += [(kind, row["id"]) for row in rows]
    return found


def _validity(statement: Statement, first: date, last: date, alias: str = "t") -> str:
    since, until = f"{alias}.valid_from", f"{alias}.valid_to"
    before = first - timedelta(days=1), last - timedelta(days=1)
    begun = f"{since} >= {statement.bind(first)} AND {since} <= {statement.bind(last)}"
    ended = f"{until} >= {statement.bind(before[0])} AND {until} <= {statement.bind(before[1])}"
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


def _said(statement: Statement, first: date, last: date) -> str:
    """Return the resources of providers of whom something else is said since these days."""
    paired = _validity(statement, first, last, "s")
    # The last days of certificates stand as texts in a short list; after a long outage all that have any count.
    days = min((last - first).days + 1, MOST_DAYS)
    ended = [statement.bind(f"%{last - timedelta(days=day + 1)}%") for day in range(days)]
    proof = " OR ".join(f"CAST(s.certificates AS TEXT) LIKE {day}" for day in ended)
    if days == MOST_DAYS:
        proof = "s.certificates IS NOT NULL"
    both = (("person", "person_id"), ("organisation", "organisation_id"))
    owners = {"pairing": both, "registration": both, "team": both[1:]}  # A team's certificate is its unit's alone.
    return " UNION ".join(
        f"SELECT x.id FROM {table} s JOIN resource x ON x.owner_{owner}_id = s.{column}"
        f" WHERE {paired if table == 'pairing' else f'({proof})'}"
        for table, columns in owners.items()
        for owner, column in columns
    )


_RENEWED: Final = (
    f"SELECT cl.resource_id {HELD} WHERE cl.resource_id IS NOT NULL AND EXISTS"
    " (SELECT 1 FROM time_window w WHERE w.resource_id = cl.resource_id AND w.rrule IS NOT NULL)"
)
