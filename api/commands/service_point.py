"""Service points (阵地): create, update, close, open again; and which of them a service item may name."""

from collections.abc import Callable, Mapping
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.editing import Changes, load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item import CHECKS as ITEM_CHECKS
from api.commands.item import require_inputs
from api.commands.item_children import window_rows
from api.commands.item_update import refuse_uneditable
from api.commands.permission import require, scope_of
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import InvalidInput, NotFound
from api.identifiers import new_id
from api.models import Organisation, Place, ServicePoint, TimeWindow
from api.models.choices import OrganisationStatus, ServicePointLevel
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from api.state_machines.service_point import EDITABLE, TRANSITIONS, ServicePointStatus
from auth.permissions import Action, Object, Permission

Values = Mapping[str, Any]
S = ServicePointStatus


async def create_service_point(viewer: Viewer, values: Values) -> int:
    """Enter a service point; return its identifier.

    Values: name, name_en, level, place, point, organisation, phone (an office's), services, windows.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: the viewer may not enter service points there.
    """
    async with unit_of_work(viewer) as work:
        require_inputs(values, ("name", "level", "place"))
        place = await Rows().visible(viewer, Place, values["place"], ("place",))
        where = {"place_id": place.id, "path": place.path}
        row = ServicePoint(id=new_id(), status=S.OPEN, **where, **await _columns(viewer, values))
        rule = require(viewer, Object.SERVICE_POINT, Action.CREATE, scope_of(row), visible=True)
        row.confirmed_on = clock.today()
        windows = window_rows({"service_point_id": row.id}, values.get("windows"))
        await row.save(force_create=True)
        await TimeWindow.bulk_create(windows)
        work.record(_done("create", row, {}, rule))
    return int(row.id)


async def update_service_point(viewer: Viewer, identifier: int, changes: Values, expected: int) -> int:
    """Change the given fields of a service point; given windows replace all.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Forbidden.
    """
    if "place" in changes:
        raise InvalidInput("搬了地方请另建阵地", "One that moves is entered anew", ("place",))
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, ServicePoint, Object.SERVICE_POINT, identifier, Action.UPDATE)
        columns = await _columns(viewer, changes)
        refuse_stale(row.version, expected, differences(row, columns))
        refuse_uneditable(row.status, EDITABLE)
        changed = await save(row, columns)
        # Who may keep it for one organisation must not give it to another.
        require(viewer, Object.SERVICE_POINT, Action.UPDATE, scope_of(row), visible=True)
        if "windows" in changes:
            windows = window_rows({"service_point_id": row.id}, changes["windows"])
            await TimeWindow.filter(service_point_id=row.id).delete()
            await TimeWindow.bulk_create(windows)
            changed["windows"] = [None, len(windows)]
        work.record(_done("update", row, changed, rule))
    return int(row.id)


async def close_service_point(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """Close a service point; its service items stay and are offered elsewhere or retired by their own.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=True)
    return await _move(viewer, identifier, S.CLOSED, why, expected)


async def reopen_service_point(viewer: Viewer, identifier: int, expected: int) -> int:
    """Open a closed service point again. Raise as `close_service_point`."""
    return await _move(viewer, identifier, S.OPEN, None, expected)


async def service_point_of(
    viewer: Viewer, values: Values, organisation_id: int, community_id: int | None
) -> dict[str, Any]:
    """Return the column of a service item that names where it is given.

    Raises:
        NotFound: the viewer may not see the service point.
        InvalidInput: it is closed, or lies elsewhere and belongs to somebody else.
    """
    if "service_point" not in values:
        return {}
    if values["service_point"] is None:
        return {"service_point_id": None}
    here = ("servicePoint",)
    row = await ServicePoint.get_or_none(id=values["service_point"])
    if row is None or not viewer.may(Permission(Object.SERVICE_POINT, Action.READ), scope_of(row)):
        raise NotFound(path=here)
    if row.status is not S.OPEN:
        raise InvalidInput("这个阵地已关闭", "The service point is closed", here)
    community = await Place.get_or_none(id=community_id)
    near = community is not None and (row.path.startswith(community.path) or community.path.startswith(row.path))
    if row.organisation_id != organisation_id and not near:
        raise InvalidInput("这个阵地不在本社区,也不是本单位的", "Neither here nor the organisation's own", here)
    return {"service_point_id": row.id}


async def _move(viewer: Viewer, identifier: int, to: S, reason: str | None, expected: int) -> int:
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, ServicePoint, Object.SERVICE_POINT, identifier, Action.RETIRE)
        sent = {"status": to, "status_reason": reason}
        refuse_stale(row.version, expected, differences(row, sent))
        check_move(TRANSITIONS, row.status, to, "阵地")
        work.record(_done("close" if to is S.CLOSED else "reopen", row, await save(row, sent), rule))
    return int(row.id)


async def _columns(viewer: Viewer, values: Values) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, check in CHECKS.items():
        if name in values:
            columns |= check(values[name])
    if "point" in values:
        columns |= ITEM_CHECKS["point"](values["point"], None)  # type: ignore[arg-type]  # a point looks at no reference
    if "organisation" in values:
        columns["organisation_id"] = await _organisation(viewer, values["organisation"])
    return columns


async def _organisation(viewer: Viewer, identifier: int | None) -> int | None:
    if identifier is None:
        return None
    row = await Rows().visible(viewer, Organisation, identifier, ("organisation",))
    if row.status is OrganisationStatus.SUSPENDED:
        raise InvalidInput("该单位已停用", "The organisation is suspended", ("organisation",))
    return int(row.id)


CHECKS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "name": lambda value: {"name_zh": inputs.line(value, ("name",), 100)},
    "name_en": lambda value: {"name_en": inputs.text(value, ("nameEn",), 200)},
    "level": lambda value: {"level": inputs.choice(value or "", ServicePointLevel, ("level",))},
    "phone": lambda value: {"phone": inputs.text(value, ("phone",), 30)},
    "services": lambda value: {"services_zh": inputs.text(value, ("services",), 1000)},
}


def _done(verb: str, row: ServicePoint, change: Changes, rule: str | None) -> Done:
    return Done(f"service_point.{verb}", "ServicePoint", row.id, row.path, change, rule)
