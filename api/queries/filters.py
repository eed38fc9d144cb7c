"""Filters of the root fields: checked values in, one SQL condition out; all of them combine with AND."""

from dataclasses import dataclass
from datetime import datetime

from api.errors import InvalidInput
from api.plan.geography import Circle
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import permitted
from auth.permissions import Permission


@dataclass(frozen=True, slots=True)
class Interval:
    """From (included) to (excluded)."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What can be asked of needs, resources, projects, lists and service items; None asks nothing.

    `within` and `serves` are place paths, `recurring` the ids of recurring windows that touch `available`
    (found by `api.queries.availability`), `exact` the permission to know an exact place.
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
    exact: Permission | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a source keeps what the filters ask for; None: the filter does not exist there."""

    path: str = "t.path"
    public_path: str | None = "t.public_path"
    family: str | None = "t.family"
    status: str | None = "t.status"
    category: str | None = "t.category"
    target_groups: str | None = "t.target_groups"
    changed: str | None = "t.updated_at"
    latitude: str | None = "t.latitude"
    longitude: str | None = "t.longitude"
    owner_organisation: str | None = "t.owner_organisation_id"
    window: str | None = None
    window_target: str = "t.id"
    resource: str | None = None


def condition(
    asked: ItemFilter, columns: Columns, viewer: Viewer, source: str, statement: Statement
) -> str:
    """Return the SQL condition of a filter, over the alias `t`."""
    parts = ["1 = 1"]
    if asked.within is not None:
        parts.append(_within(asked, columns, viewer, source, statement))
    for value, column in (
        (asked.family, columns.family),
        (asked.owner_organisation, columns.owner_organisation),
    ):
        if value is not None and column:
            parts.append(f"{column} = {statement.bind(value)}")
    if asked.status is not None and columns.status:
        parts.append(statement.among(columns.status, list(asked.status)))
    if asked.category is not None and columns.category:
        parts.append(statement.below_category(columns.category, asked.category))
    if asked.target_group is not None and columns.target_groups:
        parts.append(_contains(columns.target_groups, asked.target_group, statement))
    if asked.changed_since is not None and columns.changed:
        parts.append(f"{columns.changed} >= {statement.bind(asked.changed_since)}")
    if asked.near is not None and columns.latitude and columns.longitude:
        parts.append(asked.near.condition(columns.longitude, columns.latitude, statement.bind))
    if asked.available is not None and columns.window:
        parts.append(
            _available(
                asked, asked.available, f"{columns.window} = {columns.window_target}", statement
            )
        )
    if asked.serves is not None and columns.resource:
        parts.append(_serves(asked.serves, columns.resource, columns.path, statement))
    return " AND ".join(parts)


def _within(
    asked: ItemFilter, columns: Columns, viewer: Viewer, source: str, statement: Statement
) -> str:
    assert asked.within is not None
    exact = statement.under(columns.path, asked.within)
    if columns.public_path is None or asked.exact is None:
        return exact
    # Whoever may not know the exact place must not find it out by filtering either.
    allowed = permitted(source_named(source), asked.exact, viewer, statement)
    return f"({statement.under(columns.public_path, asked.within)} OR ({exact} AND {allowed}))"


def _contains(column: str, code: str, statement: Statement) -> str:
    if statement.postgres:
        return f"{column} @> jsonb_build_array({statement.bind(code)}::text)"
    return f"EXISTS (SELECT 1 FROM json_each({column}) g WHERE g.value = {statement.bind(code)})"


def _available(asked: ItemFilter, interval: Interval, key: str, statement: Statement) -> str:
    """Return: no window at all (always), a single one that overlaps, or a recurring one found before."""
    start, end = statement.bind(interval.start), statement.bind(interval.end)
    recurring = statement.among("w.id", list(asked.recurring)) if asked.recurring else "1 = 0"
    return (
        f"(NOT EXISTS (SELECT 1 FROM time_window w WHERE {key}) OR EXISTS (SELECT 1 FROM time_window w"
        f" WHERE {key} AND ((w.rrule IS NULL AND w.starts_at < {end} AND w.ends_at > {start})"
        f" OR {recurring})))"
    )


def _serves(path: str, resource: str, own_path: str, statement: Statement) -> str:
    codes = [code for code in path.split("/") if code]
    above = ["/".join(codes[: depth + 1]) + "/" for depth in range(len(codes))]
    covers = statement.among("a.path", above)
    own = statement.among(own_path, above)
    return (
        f"(EXISTS (SELECT 1 FROM service_area a WHERE a.resource_id = {resource} AND {covers})"
        f" OR (NOT EXISTS (SELECT 1 FROM service_area a WHERE a.resource_id = {resource}) AND {own}))"
    )


def interval(start: datetime | None, end: datetime | None) -> Interval | None:
    """Return a checked interval. Raise InvalidInput when it is empty, open-ended or too long."""
    if start is None or end is None:
        raise InvalidInput("须同时给出起止时间", "Give both ends", ("filter", "availableBetween"))
    if not start < end or (end - start).days > 366:
        raise InvalidInput(
            "时间段须不为空且不超过 366 天", "Must not be empty nor longer than 366 days",
            ("filter", "availableBetween"),
        )  # fmt: skip
    return Interval(start, end)
