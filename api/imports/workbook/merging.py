"""A row that a colleague has overtaken: both values told, and the row as it could be sent again."""

from collections.abc import Mapping
from typing import Final

from api.imports.problems import CellFault
from api.imports.workbook.columns import ID, SAID, VERSION, title_of
from api.imports.workbook.known import KnownItem
from api.imports.workbook.plan import Kind, Plan
from api.plan.global_id import global_id

EMPTY: Final = "(空)"


def merge(plan: Plan, item: KnownItem, base: Mapping[str, str]) -> None:
    """Refuse a stale row with both values; the merged row keeps the clerk's where the clerk changed something."""
    told = [each for each in plan.told if each.new != item.cells[each.key]]
    if not told:
        # What the clerk changed, a colleague has changed alike; what the clerk left alone stays the colleague's.
        plan.kind, plan.values, plan.told = Kind.UNCHANGED, {}, []
        return
    mine = {each.key: each for each in told}
    theirs = [column.key for column in SAID if item.cells[column.key] != base[column.key]]
    both = frozenset(key for key in theirs if key in mine)
    parts_zh, parts_en = [], []
    for key in dict.fromkeys([*mine, *theirs]):
        title, current = title_of(key), item.cells[key] or EMPTY
        if key in mine:
            sent = mine[key].new or EMPTY
            parts_zh.append(f"{title}:现在是“{current}”,您写的是“{sent}”" + ("(都改过)" if key in both else ""))
            parts_en.append(f"{title}: now “{current}”, you wrote “{sent}”")
        else:
            parts_zh.append(f"{title}:同事已改为“{current}”,已替您填上")
            parts_en.append(f"{title}: a colleague made it “{current}”")
    head_zh = f"已被同事改到第 {item.version} 版,请核对后再传。"
    plan.faults.append(
        CellFault(
            None,
            head_zh + ";".join(parts_zh),
            f"A colleague has changed it to version {item.version}; compare and send again. " + "; ".join(parts_en),
        )
    )
    plan.conflicts = both
    broken = {fault.column for fault in plan.faults}
    merged = {key: mine[key].new if key in mine else text for key, text in item.cells.items()}
    plan.merged = {key: text for key, text in merged.items() if title_of(key) not in broken}
    plan.merged |= {ID: global_id("ServiceItem", item.identifier), VERSION: str(item.version)}
