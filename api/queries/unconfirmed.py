"""What of the register nobody has confirmed for long: one list over all kinds, of what the viewer may confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from api import clock
from api.errors import InvalidInput
from api.models.choices import OrganisationStatus
from api.plan.global_id import global_id
from api.plan.paging import Page, PageRequest, cursor, page_request
from api.plan.reader import node_selection, read_by_ids
from api.plan.registry import source_named
from api.plan.selection import Selected
from api.plan.source import OLDEST, Row
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import permitted, readable
from api.queries.items import place_path
from api.state_machines.registration import RegistrationStatus
from api.state_machines.service_point import ServicePointStatus
from api.state_machines.team import TeamStatus
from auth.permissions import Action, Object, Permission

A_YEAR = 365
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True, slots=True)
class Kind:
    """What of a kind can grow old, over the alias `t`, and who may confirm it."""

    stands: str
    confirm: Permission


_IN_FORCE = "(t.valid_to IS NULL OR t.valid_to >= {today})"
KINDS: Mapping[str, Kind] = {
    "Membership": Kind(_IN_FORCE, Permission(Object.MEMBERSHIP, Action.UPDATE)),
    "Organisation": Kind(f"t.status = '{OrganisationStatus.ACTIVE}'", Permission(Object.ORGANISATION, Action.CONFIRM)),
    "Team": Kind(f"t.status = '{TeamStatus.ACTIVE}'", Permission(Object.TEAM, Action.CONFIRM)),
    "Registration": Kind(f"t.status = '{RegistrationStatus.ACTIVE}'", Permission(Object.REGISTRATION, Action.CONFIRM)),
    "Pairing": Kind(_IN_FORCE, Permission(Object.PAIRING, Action.CONFIRM)),
    "ServicePoint": Kind(f"t.status = '{ServicePointStatus.OPEN}'", Permission(Object.SERVICE_POINT, Action.CONFIRM)),
}
# Cursors of the list name this source; all kinds have their identifiers from one row of numbers.
_PAGED = "Organisation"


async def unconfirmed(
    viewer: Viewer,
    selection: Selected,
    within: str | None,
    since: date | None,
    kinds: list[str] | None,
    paging: dict[str, Any],
) -> Page:
    """Return a page of entries that stand, were entered before `since` and not confirmed from then on.

    By default that is a year ago. The oldest entry comes first.

    Raises:
        InvalidInput, LimitExceeded, NotFound: with the argument's name.
    """
    path = "" if within is None else await place_path(viewer, within, ("within",))
    day = since or date.fromordinal(clock.today().toordinal() - A_YEAR)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput(
            f"年份须在 {FIRST_YEAR} 到 {LAST_YEAR} 之间", f"The year must be {FIRST_YEAR}–{LAST_YEAR}", ("since",)
        )
    request = page_request(paging, source_named(_PAGED), OLDEST)
    chosen = [name for name in KINDS if kinds is None or name in kinds]
    statement = Statement()
    inner = " UNION ALL ".join(_of_kind(name, viewer, path, day, statement) for name in chosen)
    if not chosen:
        return Page([], [], has_next=False, has_previous=False)
    beyond = "".join(
        f" AND u.id {sign} {statement.bind(keys[0])}"
        for keys, sign in ((request.after, ">"), (request.before, "<"))
        if keys is not None
    )
    direction = "DESC" if request.backward else "ASC"
    found = await statement.fetch(
        f"SELECT u.kind, u.id FROM ({inner}) u WHERE 1 = 1{beyond} ORDER BY u.id {direction} LIMIT {request.size + 1}"
    )
    page = await _page(viewer, selection, request, found)
    if selection.has("totalCount"):
        counting = Statement()
        parts = " UNION ALL ".join(_of_kind(name, viewer, path, day, counting) for name in chosen)
        page.total = (await counting.fetch(f"SELECT COUNT(*) AS n FROM ({parts}) u"))[0]["n"]
    return page


def _of_kind(name: str, viewer: Viewer, path: str, day: date, statement: Statement) -> str:
    source, kind = source_named(name), KINDS[name]
    entered = datetime.combine(day, time.min, tzinfo=clock.LOCAL_ZONE)
    stands = kind.stands
    if "{today}" in stands:
        stands = stands.format(today=statement.bind(clock.today()))
    created = f"{statement.moment('t.created_at')} < {statement.moment(statement.bind(entered))}"
    old = f"(t.confirmed_on < {statement.bind(day)} OR (t.confirmed_on IS NULL AND {created}))"
    if name == "Membership" and viewer.principal.person_id is not None:
        # Nobody confirms their own roles.
        stands += f" AND (t.person_id IS NULL OR t.person_id <> {statement.bind(viewer.principal.person_id)})"
    if name == "Registration":
        stands += _of_others(viewer, statement)
    seen = readable(source, viewer, statement)
    mine = permitted(source, kind.confirm, viewer, statement)
    return (
        f"SELECT '{name}' AS kind, t.id FROM \"{source.table}\" t"
        f" WHERE {statement.under('t.path', path)} AND {stands} AND {old} AND {seen} AND {mine}"
    )


def _of_others(viewer: Viewer, statement: Statement) -> str:
    """Leave out registrations of oneself and of the units one acts for: somebody else confirms them."""
    principal = viewer.principal
    own = f"t.person_id IS NULL AND {statement.among('t.organisation_id', sorted(principal.organisation_ids))}"
    if principal.person_id is not None:
        own = f"({own}) OR COALESCE(t.person_id = {statement.bind(principal.person_id)}, FALSE)"
    return f" AND NOT ({own})"


async def _page(viewer: Viewer, selection: Selected, request: PageRequest, found: list[dict[str, Any]]) -> Page:
    more = len(found) > request.size
    kept = found[: request.size]
    if request.backward:
        kept.reverse()
    nodes = node_selection(selection)
    rows: dict[str, Row] = {}
    for name in KINDS:
        keys = [each["id"] for each in kept if each["kind"] == name]
        if keys:
            read = await read_by_ids(viewer, name, keys, nodes)
            rows |= {global_id(name, key): row for key, row in read.items()}
    present = [each for each in kept if global_id(each["kind"], each["id"]) in rows]
    return Page(
        [rows[global_id(each["kind"], each["id"])] for each in present],
        [cursor(source_named(_PAGED), OLDEST, [each["id"]]) for each in present],
        has_next=request.before is not None if request.backward else more,
        has_previous=more if request.backward else request.after is not None,
    )
