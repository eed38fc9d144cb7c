"""What a row means beside what is stored: new, changed, unchanged, or a fault.

A cell counts as changed only if it says something else than the version it was downloaded with.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from api.errors import NotFound
from api.imports.cells import as_text, one_line
from api.imports.problems import CellFault
from api.imports.workbook.columns import BY_KEY, ID, PLACE, SAID, STATUS, VERSION, title_of
from api.imports.workbook.known import Known, KnownItem
from api.imports.workbook.merging import merge
from api.imports.workbook.plan import Kind, Plan, Told
from api.imports.workbook.reading_cells import read_cell, same
from api.imports.workbook.sheet import Sheet, SheetRow
from api.imports.workbook.writing_cells import cell
from api.plan.global_id import row_id
from api.state_machines.service_item import ServiceItemStatus


def plans_of(sheet: Sheet, known: Known) -> list[Plan]:
    """Return what each row of a sheet asks for."""
    plans = [_plan(row, known) for row in sheet.rows]
    twice = Counter(plan.item.identifier for plan in plans if plan.item)
    titles = Counter(_same_as(plan.values) for plan in plans if plan.kind is Kind.CREATE)
    for plan in plans:
        if plan.item and twice[plan.item.identifier] > 1:
            plan.faults.append(
                CellFault(None, "同一服务事项在表里出现了两次", "The same service item stands here twice")
            )
        if plan.kind is Kind.CREATE and titles[_same_as(plan.values)] > 1:
            plan.faults.append(CellFault(title_of("title"), "表里有两行同名的新事项", "Two new rows share a name"))
    return plans


def named_versions(sheet: Sheet) -> list[tuple[int, int]]:
    """Return the pairs of item and version that the rows name, as far as they can be read."""
    found = []
    for row in sheet.rows:
        try:
            identifier, version = _identifier(row), _version(row)
        except CellFault:
            continue
        if identifier is not None and version is not None:
            found.append((identifier, version))
    return found


def _plan(row: SheetRow, known: Known) -> Plan:
    plan = Plan(row)
    try:
        identifier, version = _identifier(row), _version(row)
        if identifier is None:
            _new(plan, known)
            return plan
        plan.item = known.items.get(identifier)
        if plan.item is None:
            raise CellFault(title_of(ID), "没有找到这个编号的服务事项", "No service item of that number was found")
        if version is None or (version != plan.item.version and version not in plan.item.former):
            raise CellFault(title_of(VERSION), "版本号被改过,请重新下载", "The version was altered; download anew")
    except CellFault as fault:
        plan.faults.append(fault)
        return plan
    stale = version != plan.item.version
    base = plan.item.former[version] if stale else plan.item.cells
    _compare(plan, known, base)
    if stale:
        merge(plan, plan.item, base)
    return plan


def _new(plan: Plan, known: Known) -> None:
    _compare(plan, known, {})
    plan.kind = Kind.CREATE
    status = plan.values.pop(STATUS, None)
    if status not in (None, ServiceItemStatus.LISTED):
        plan.faults.append(CellFault(title_of(STATUS), "新事项请先按“在办”录入", "A new item begins as listed"))
    if plan.values.get("visibility", "") is None:
        del plan.values["visibility"]
    for key in ("title", "category", PLACE):
        if plan.values.get(key) is None and not any(fault.column == title_of(key) for fault in plan.faults):
            plan.faults.append(CellFault(title_of(key), "新事项要填这一格", "A new item needs this"))
    twin = next((item for item in known.items.values() if _is_twin(item, plan, known)), None)
    if twin is None or plan.faults:
        return
    if all(told.new == twin.cells[told.key] for told in plan.told if told.key != STATUS):
        # Sent once more after it went in: nothing new.
        plan.kind, plan.told, plan.values = Kind.UNCHANGED, [], {}
    else:
        plan.faults.append(
            CellFault(
                title_of("title"),
                "这个地点已有同名的服务事项;要改它,请用下载的表里它那一行",
                "There is an item of this name at this place; to change it, use its own row",
            )
        )


def _same_as(values: Mapping[str, Any]) -> tuple[Any, Any]:
    return one_line(str(values.get("title") or "")), values.get(PLACE)


def _is_twin(item: KnownItem, plan: Plan, known: Known) -> bool:
    here = cell(PLACE, plan.values.get(PLACE), known.choices)
    same_name = one_line(item.cells["title"]) == one_line(str(plan.values.get("title") or ""))
    return item.status is not ServiceItemStatus.RETIRED and same_name and item.cells[PLACE] == here


def _compare(plan: Plan, known: Known, base: Mapping[str, str]) -> None:
    """Note the values of the cells that say something else than `base`."""
    values: dict[str, Any] = {}
    for column in SAID:
        raw = plan.row.cells.get(column.key)
        if column.key not in plan.row.cells or same(raw, base.get(column.key, "")):
            continue
        try:
            read = read_cell(column.key, raw, known.choices)
        except CellFault as fault:
            plan.faults.append(fault)
            continue
        values[column.key] = read.pop(column.key)
        for key, value in read.items():
            _say_along(plan, key, value, known, values)
    for key, value in values.items():
        former, said = base.get(key, ""), cell(key, value, known.choices)
        if said != former:
            plan.values[key] = value
            plan.told.append(Told(key, former, said))
    if plan.item is not None and PLACE in plan.values:
        plan.faults.append(CellFault(title_of(PLACE), "地点不能改;要换地点请新增一行", "The place cannot be changed"))
    if plan.values:
        plan.kind = Kind.CHANGE


def _say_along(plan: Plan, key: str, value: Any, known: Known, values: dict[str, Any]) -> None:
    """Take what a price says of its unit or class, unless the cell of that itself says something else."""
    shown, own = cell(key, value, known.choices), _canonical(plan.row.cells.get(key), key, known)
    if own not in ("", shown):
        plan.faults.append(
            CellFault(
                title_of("price"),
                f"价格里写了“{shown}”,{BY_KEY[key].title}一格写的是“{own}”",
                f"The price says “{shown}”, the other cell “{own}”",
            )
        )
        return
    values[key] = value


def _canonical(raw: Any, key: str, known: Known) -> str:
    try:
        return cell(key, read_cell(key, raw, known.choices)[key], known.choices)
    except CellFault:
        # Its own column tells what is wrong with it.
        return ""


def _identifier(row: SheetRow) -> int | None:
    text = as_text(row.cells.get(ID), title_of(ID))
    if text is None:
        return None
    try:
        return row_id(one_line(text), "ServiceItem", (ID,))
    except NotFound as fault:
        raise CellFault(title_of(ID), "编号被改过,请重新下载", "The number was altered; download anew") from fault


def _version(row: SheetRow) -> int | None:
    found = read_cell(VERSION, row.cells.get(VERSION), {})[VERSION]
    return None if found is None else int(found)
