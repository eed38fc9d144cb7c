"""Which rows can take part in matching, as SQL: open, valid today, within the scope, of kindred category.

The scope of a version is the place of its rule set (blueprint of the rules, "one scope at
a time"): demands located in it; resources located in it or whose service area touches it,
that is, lies at, above or below it. A resource without a service area serves its own place.
Visibility is not asked here: a match is seen by whoever may see both of its sides.
"""

from dataclasses import dataclass

from api import clock
from api.matching.places import prefixes
from api.models.choices import ItemKind, OrganisationStatus
from api.plan.statement import Statement
from api.state_machines import need, project, resource
from api.state_machines.service_item import ServiceItemStatus

OPEN: dict[ItemKind, list[str]] = {
    ItemKind.NEED: sorted(status.value for status in need.MATCHABLE),
    ItemKind.PROJECT: sorted(status.value for status in project.MATCHABLE),
    ItemKind.RESOURCE: sorted(status.value for status in resource.MATCHABLE),
}


@dataclass(frozen=True, slots=True)
class DemandScope:
    """Open needs and projects at or below any of `paths`.

    `community` with `in_community` narrows to those of one community, or with None to
    those in no community; `item` to one need or project; `categories` are those of lines.
    """

    paths: tuple[str, ...]
    in_community: bool = False
    community: int | None = None
    item: tuple[ItemKind, int] | None = None
    categories: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ResourceScope:
    """Open resources that lie in `path` or serve a place at, above or below it.

    The path "" is everywhere; `item` narrows to one resource.
    """

    path: str
    item: int | None = None
    categories: frozenset[str] | None = None


def demand_condition(statement: Statement, scope: DemandScope, kind: ItemKind, alias: str) -> str:
    """Return the condition on a need's or project's row."""
    parts = [_open(statement, kind, alias)]
    below = [statement.under(f"{alias}.path", path) for path in scope.paths]
    parts.append(f"({' OR '.join(below)})" if below else "1 = 0")
    if scope.in_community:
        column = f"{alias}.community_id"
        known = scope.community is not None
        parts.append(f"{column} = {statement.bind(scope.community)}" if known else f"{column} IS NULL")
    if scope.item is not None:
        wanted, identifier = scope.item
        parts.append(f"{alias}.id = {statement.bind(identifier)}" if wanted is kind else "1 = 0")
    return " AND ".join(parts)


def line_condition(statement: Statement, scope: DemandScope, alias: str) -> str:
    """Return the condition on a requirement line's row."""
    return _kindred(statement, scope.categories, alias)


def resource_condition(statement: Statement, scope: ResourceScope, alias: str) -> str:
    """Return the condition on a resource's row; one behind a service item must be listed."""
    listed = statement.bind(ServiceItemStatus.LISTED.value)
    parts = [
        f"{alias}.id = {statement.bind(scope.item)}" if scope.item is not None else "1 = 1",
        f"{alias}.id IN ({_touching(statement, scope.path)})" if scope.path else "1 = 1",
        _open(statement, ItemKind.RESOURCE, alias),
        f"NOT EXISTS (SELECT 1 FROM organisation o WHERE o.id = {alias}.owner_organisation_id"
        f" AND o.status <> {statement.bind(OrganisationStatus.ACTIVE.value)})",
        f"NOT EXISTS (SELECT 1 FROM service_item s WHERE s.resource_id = {alias}.id AND s.status <> {listed})",
        _kindred(statement, scope.categories, alias),
    ]
    return " AND ".join(parts)


def _touching(statement: Statement, path: str) -> str:
    # Four look-ups by index; one condition with OR would read every resource of the city.
    above = prefixes(path)
    return (
        f"SELECT id FROM resource WHERE {statement.under('path', path)}"
        f" UNION SELECT resource_id FROM service_area WHERE {statement.under('path', path)}"
        f" UNION SELECT resource_id FROM service_area WHERE {statement.among('path', above)}"
        f" UNION SELECT x.id FROM resource x WHERE {statement.among('x.path', above)}"
        " AND NOT EXISTS (SELECT 1 FROM service_area a WHERE a.resource_id = x.id)"
    )


def _open(statement: Statement, kind: ItemKind, alias: str) -> str:
    status = statement.among(f"{alias}.status", OPEN[kind])
    day = statement.bind(clock.today())
    since = f"({alias}.valid_from IS NULL OR {alias}.valid_from <= {day})"
    until = f"({alias}.valid_to IS NULL OR {alias}.valid_to >= {day})"
    return f"{status} AND {since} AND {until}"


def _kindred(statement: Statement, categories: frozenset[str] | None, alias: str) -> str:
    if categories is None:
        return "1 = 1"
    return statement.among(f"{alias}.category", sorted(categories)) if categories else "1 = 0"
