"""Filters of the root fields: checked values in, one SQL condition out; all of them combine with AND."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.errors import InvalidInput
from api.plan.geography import Circle
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import aliased, permitted
from api.queries.commitments import Promised, asks_what_is_promised, claimed
from api.queries.fallback import Fallback
from api.queries.pairing import paired_with
from api.search.asking import has_all
from api.search.cutting import Word
from auth.permissions import Action, Object, Permission

LONGEST = 100
"""Characters of a code; no column for codes is wider."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From (included) to (excluded)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What can be asked of needs, resources, projects, lists and the rest; None asks nothing.

    `within` and `serves` are place paths, `recurring` the ids of recurring windows that touch `available`
    (found by `api.queries.availability`), `only` the rows that are looked at at all, `fallback` is who steps in at
    the place of `serves`.
    """

    within: str | None = None
    family: str | None = None
    status: tuple[str, ...] | None = None
    category: str | None = None
    target_group: str | None = None
    available: Interval | None = None
    recurring: tuple[int, ...] = ()
    serves: str | None = None
    near: Circle | None = None
    changed_since: datetime | None = None
    owner_organisation: int | None = None
    claimed_by_me: bool | None = None
    kind: str | None = None
    only: tuple[int, ...] | None = None
    promised: Promised | None = None
    paired_with_me: bool | None = None
    price_class: tuple[str, ...] | None = None
    at_home: bool | None = None
    fallback: Fallback | None = None
    round: int | None = None
    search: tuple[Word, ...] | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a source keeps what the filters ask for; the filters of the schema ask for nothing it lacks.

    `public_path` is the place that everybody may know, where it differs from the exact one.
    """

    path: str = "t.path"
    public_path: str | None = None
    family: str = "t.family"
    status: str = "t.status"
    category: str = "t.category"
    target_groups: str = "t.target_groups"
    changed: str = "t.updated_at"
    latitude: str = "t.latitude"
    longitude: str = "t.longitude"
    owner_organisation: str = "t.owner_organisation_id"
    kind: str = "t.kind_id"
    window: str = ""
    claims: str = ""
    window_target: str = "t.id"
    resource: str = "t.id"
    line: str = ""
    price_class: str = "t.price_class"
    at_home: str = "t.at_home"


EXACT = {
    "Need": Permission(Object.NEED_EXACT_PLACE, Action.READ),
    "Resource": Permission(Object.RESOURCE_EXACT_PLACE, Action.READ),
}


def condition(asked: ItemFilter, columns: Columns, viewer: Viewer, source: str, statement: Statement) -> str:
    """Return the SQL condition of a filter, over the alias `t`."""
    parts = _of_columns(asked, columns, statement)
    if asked.within is not None:
        parts.append(lies_within(viewer, source, asked.within, columns, statement))
    if asked.near is not None:
        parts.append(asked.near.condition(columns.longitude, columns.latitude, statement.bind))
    if asked.available is not None:
        parts.append(_available(asked, asked.available, columns, statement))
    if asked.claimed_by_me:
        parts.append(claimed(viewer, columns.claims, statement))
    if asked.serves is not None:
        serves = _serves(asked.serves, columns, statement)
        parts.append(
            serves if asked.fallback is None else f"({serves} OR {_steps_in(asked.fallback, columns, statement)})"
        )
    if asked.promised is not None:
        parts.append(lies_within(viewer, source, asked.promised.path, columns, statement))
        parts.append(asks_what_is_promised(asked.promised, columns.line, statement))
    if asked.paired_with_me is not None:
        met = paired_with(viewer, source, columns, statement, EXACT.get(source))
        parts.append(met if asked.paired_with_me else f"NOT {met}")
    return " AND ".join(parts) or "1 = 1"


def _of_columns(asked: ItemFilter, columns: Columns, statement: Statement) -> list[str]:
    equal = {
        columns.family: asked.family,
        columns.owner_organisation: asked.owner_organisation,
        columns.at_home: asked.at_home,
    }
    parts = [] if asked.only is None else [looked_at(asked.only, statement)]
    parts += [f"{column} = {statement.bind(value)}" for column, value in equal.items() if value is not None]
    for column, values in ((columns.status, asked.status), (columns.price_class, asked.price_class)):
        if values is not None:
            parts.append(statement.among(column, list(values)))
    if asked.kind is not None:
        kind = f"(SELECT k.id FROM party_kind k WHERE k.code = {statement.bind(asked.kind)})"
        parts.append(f"{columns.kind} = {kind}")
    if asked.search is not None:
        parts.append(has_all(asked.search, statement))
    if asked.round is not None:
        of_round = f"SELECT i.id FROM collection_invitation i WHERE i.round_id = {statement.bind(asked.round)}"
        parts.append(f"t.invitation_id IN ({of_round})")
    if asked.category is not None:
        parts.append(statement.below_category(columns.category, asked.category))
    if asked.target_group is not None:
        parts.append(_contains(columns.target_groups, asked.target_group, statement))
    if asked.changed_since is not None:
        parts.append(f"{columns.changed} >= {statement.bind(asked.changed_since)}")
    return parts


def looked_at(only: Sequence[int] | None, statement: Statement) -> str:
    """Return: the row is one of those that are looked at; None are all."""
    return "1 = 1" if only is None else statement.among("t.id", list(only))


def lies_within(
    viewer: Viewer, source: str, path: str, columns: Columns, statement: Statement, alias: str = "t"
) -> str:
    """Return: a row lies at a place or below it.

    Whoever may not know the exact place must not find it out by filtering either.
    """
    exact = statement.under(aliased(columns.path, alias), path)
    if columns.public_path is None:
        return exact
    public = statement.under(aliased(columns.public_path, alias), path)
    allowed = permitted(source_named(source), EXACT[source], viewer, statement, alias)
    return f"({public} OR ({exact} AND {allowed}))"


def _contains(column: str, code: str, statement: Statement) -> str:
    if statement.postgres:
        return f"{column} @> jsonb_build_array({statement.bind(code)}::text)"
    return f"EXISTS (SELECT 1 FROM json_each({column}) g WHERE g.value = {statement.bind(code)})"


def _available(asked: ItemFilter, interval: Interval, columns: Columns, statement: Statement) -> str:
    """Return: no window at all (always), a single one that overlaps, or a recurring one found before."""
    key = f"{columns.window} = {columns.window_target}"
    starts, ends = statement.moment("w.starts_at"), statement.moment("w.ends_at")
    start = statement.moment(statement.bind(interval.start))
    end = statement.moment(statement.bind(interval.end))
    recurring = statement.among("w.id", list(asked.recurring))
    return (
        f"(NOT EXISTS (SELECT 1 FROM time_window w WHERE {key}) OR EXISTS (SELECT 1 FROM time_window w"
        f" WHERE {key} AND ((w.rrule IS NULL AND {starts} < {end} AND {ends} > {start}) OR {recurring})))"
    )


def _serves(path: str, columns: Columns, statement: Statement) -> str:
    """Return: a service area at the place or above it; without any area, the resource's own place."""
    codes = [code for code in path.split("/") if code]
    above = ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
    covers = statement.among("a.path", above)
    own = statement.among(columns.public_path or columns.path, above)
    areas = f"SELECT 1 FROM service_area a WHERE a.resource_id = {columns.resource}"
    return f"(EXISTS ({areas} AND {covers}) OR (NOT EXISTS ({areas}) AND {own}))"


def _steps_in(fallback: Fallback, columns: Columns, statement: Statement) -> str:
    """Return: it is offered by whoever steps in there, in one of the categories for which they do."""
    theirs = f"{columns.owner_organisation} = {statement.bind(fallback.organisation_id)}"
    below = [statement.below_category(columns.category, category) for category in fallback.categories]
    return f"({theirs} AND ({' OR '.join(below)}))" if below else theirs


def interval(start: datetime, end: datetime) -> Interval:
    """Return a checked interval. Raise InvalidInput when it is empty or too long."""
    if not start < end or (end - start).days > 366:
        raise InvalidInput(
            "时间段须不为空且不超过 366 天",
            "Must not be empty nor longer than 366 days",
            ("filter", "availableBetween"),
        )
    return Interval(start, end)


def code(text: str, path: tuple[str, ...]) -> str:
    """Return a code such as a category's. Raise InvalidInput when no code can look like that."""
    if len(text) > LONGEST or not text.isprintable():
        raise InvalidInput("不是有效的代码", "Not a code", path)
    return text
