"""Pairings (包联): create, end. Who may see what stays as it was."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tortoise.expressions import Q

from api import clock
from api.commands import inputs
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.permission import require, scope_of
from api.commands.rematching import rematch_provider
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import Duplicate, InvalidInput
from api.identifiers import new_id
from api.models import Household, Organisation, Pairing, Person, Place
from api.models.choices import OrganisationStatus, PlaceKind, Visibility
from api.plan.viewer import Viewer
from auth.permissions import Action, Object

Values = Mapping[str, Any]
COMMUNITIES = (PlaceKind.COMMUNITY, PlaceKind.VILLAGE)
BELOW = (
    PlaceKind.ESTATE,
    PlaceKind.COURTYARD,
    PlaceKind.LANE,
    PlaceKind.GRID,
    PlaceKind.BUILDING,
    PlaceKind.ENTRANCE,
)


async def create_pairing(viewer: Viewer, values: Values) -> int:
    """Pair a unit with an estate, or a person with a building or household; return the identifier.

    Values: organisation or person, place or household, valid_from (today), valid_to, note.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not pair anybody there.
    """
    async with unit_of_work(viewer) as work:
        columns = await _columns(viewer, values)
        row = Pairing(id=new_id(), confirmed_on=clock.today(), **columns)
        rule = require(viewer, Object.PAIRING, Action.CREATE, scope_of(row), visible=True)
        await _refuse_double(row)
        await row.save(force_create=True)
        work.record(_done("create", row, {}, rule))
        await _rematch(work, row)
    return int(row.id)


async def end_pairing(viewer: Viewer, identifier: int, expected: int, *, last_day: date | None = None) -> int:
    """End a pairing: `last_day` (by default yesterday, so at once) is the last in force.

    Raises:
        StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Pairing, Object.PAIRING, identifier, Action.WITHDRAW)
        end = last_day or date.fromordinal(clock.today().toordinal() - 1)
        inputs.day(end, ("lastDay",))
        if row.valid_to is not None and end > row.valid_to:
            raise InvalidInput("已到期的包联不能这样延长", "An ended pairing is not prolonged so", ("lastDay",))
        refuse_stale(row.version, expected, differences(row, {"valid_to": end}))
        changed = await save(row, {"valid_to": end})
        work.record(_done("end", row, changed, rule))
        await _rematch(work, row)
    return int(row.id)


async def _columns(viewer: Viewer, values: Values) -> dict[str, Any]:
    rows = Rows()
    given = [name for name in ("organisation", "person") if values.get(name) is not None]
    if len(given) != 1:
        raise InvalidInput("须指明一个单位或一个人", "Name one organisation or one person", ("organisation",))
    by = given[0]
    who = await rows.visible(viewer, Organisation if by == "organisation" else Person, values[by], (by,))
    if getattr(who, "status", None) is OrganisationStatus.SUSPENDED:
        raise InvalidInput("该单位已停用", "The organisation is suspended", ("organisation",))
    where = await _where(viewer, values, by, rows)
    start = values.get("valid_from") or clock.today()
    inputs.period(start, values.get("valid_to"), ())
    return where | {
        f"{by}_id": who.id,
        "valid_from": start,
        "valid_to": values.get("valid_to"),
        "note": inputs.text(values.get("note"), ("note",), 500),
    }


async def _where(viewer: Viewer, values: Values, by: str, rows: Rows) -> dict[str, Any]:
    if (values.get("place") is None) == (values.get("household") is None):
        raise InvalidInput("须指明一个地点或一户", "Name one place or one household", ("place",))
    if values.get("household") is not None:
        if by == "organisation":
            raise InvalidInput("户由个人包联", "A household is paired with a person", ("household",))
        home = await rows.visible(viewer, Household, values["household"], ("household",))
        return {
            "household_id": home.id,
            "place_id": home.place_id,
            "path": home.path,
            "visibility": Visibility.ADMINISTRATORS,
        }
    place = await rows.visible(viewer, Place, values["place"], ("place",))
    if place.kind not in (BELOW if by == "person" else (*COMMUNITIES, *BELOW)):
        raise InvalidInput(
            "单位包联社区或小区,个人包联小区、楼栋或楼门",
            "Units are paired with communities or estates, people with estates or buildings",
            ("place",),
        )
    visibility = Visibility.PUBLIC if by == "organisation" else Visibility.MEMBERS
    return {"place_id": place.id, "path": place.path, "visibility": visibility}


async def _refuse_double(row: Pairing) -> None:
    same = {name: getattr(row, name) for name in ("organisation_id", "person_id", "place_id", "household_id")}
    later = Q(valid_to=None) | Q(valid_to__gte=row.valid_from)
    earlier = Q() if row.valid_to is None else Q(valid_from__lte=row.valid_to)
    if await Pairing.filter(later, earlier, **same).exists():
        raise Duplicate("这段时间已经包联", "Paired already at that time", ("place",))


async def _rematch(work: UnitOfWork, row: Pairing) -> None:
    await rematch_provider(work, person=row.person_id, organisation=row.organisation_id, where=row.path)


def _done(verb: str, row: Pairing, change: Changes, rule: str | None) -> Done:
    return Done(f"pairing.{verb}", "Pairing", row.id, row.path, change, rule)
