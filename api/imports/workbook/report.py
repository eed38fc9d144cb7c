"""What a workbook does, or did, as JSON for a program and for the page that asks for confirmation."""

from collections.abc import Sequence
from typing import Any

from api.imports.cells import as_text
from api.imports.problems import CellFault
from api.imports.workbook.plan import Kind, Plan
from api.plan.global_id import global_id


def outcome_of(plans: Sequence[Plan]) -> dict[str, Any]:
    """Return the rows that are created, changed and left alone, former and new texts beside each other."""
    good = [plan for plan in plans if not plan.faults]
    return {
        "created": [_row(plan) for plan in good if plan.kind is Kind.CREATE],
        "changed": [_row(plan) for plan in good if plan.kind is Kind.CHANGE],
        "unchanged": sum(plan.kind is Kind.UNCHANGED for plan in good),
        "faults": [
            {"row": plan.row.number, "title": _title(plan), "column": fault.column, "zh": fault.zh, "en": fault.en}
            for plan in plans
            for fault in plan.faults
        ],
    }


def in_language(outcome: dict[str, Any], language: str) -> dict[str, Any]:
    """Return an outcome whose faults have one message, in the reader's language."""
    faults = [
        {name: value for name, value in fault.items() if name not in ("zh", "en")}
        | {"message": fault["en" if language == "en" else "zh"]}
        for fault in outcome["faults"]
    ]
    return outcome | {"faults": faults}


def _row(plan: Plan) -> dict[str, Any]:
    changes = [{"column": told.title, "field": told.key, "from": told.former, "to": told.new} for told in plan.told]
    told = {"row": plan.row.number, "title": _title(plan), "changes": changes}
    return told if plan.item is None else {"id": global_id("ServiceItem", plan.item.identifier), **told}


def _title(plan: Plan) -> str:
    try:
        return (as_text(plan.row.cells.get("title"), None) or "")[:200]
    except CellFault:
        return ""
