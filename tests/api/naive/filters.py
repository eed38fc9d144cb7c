"""What filters mean, said over plain rows."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tests.api.naive.view import Row, Thing, View

Test = Callable[[View, Thing, Any], bool]
EXACT = ("Need", "Resource")


def path_of(view: View, text: str) -> list[str]:
    """Return the steps of a place given by its code or identifier."""
    (row,) = (each for each in view.tables["Place"].values() if text in (each["code"], f"Place:{each['id']}"))
    return list(filter(None, row["path"].split("/")))


def steps(path: str) -> list[str]:
    return list(filter(None, path.split("/")))


def within(view: View, thing: Thing, value: str) -> bool:
    """Tell whether it lies there, as far as the caller may know where it lies."""
    row = thing.row
    if thing.kind in ("Match", "Claim"):
        kind = "Need" if row["need_id"] else "Project"
        return within(view, Thing(kind, view.row(kind, row[f"{kind.lower()}_id"])), value)
    wanted = path_of(view, value)
    hidden = thing.kind in EXACT and not view.may(thing.kind, f"{thing.kind}.exactPlace", row)
    return steps(row["public_path"] if hidden else row["path"])[: len(wanted)] == wanted


def offer(view: View, thing: Thing) -> Row:
    """Return the row that says what a service item offers."""
    return view.row("Resource", thing.row["resource_id"]) if thing.kind == "ServiceItem" else thing.row


def category(view: View, thing: Thing, value: str) -> bool:
    kind = thing.kind
    row = view.row("RequirementLine", thing.row["line_id"]) if kind == "Match" else offer(view, thing)
    return bool(row["category"].split(".")[: value.count(".") + 1] == value.split("."))


def changed(view: View, thing: Thing, value: str) -> bool:
    return bool(thing.row["decided_at" if thing.kind == "Match" else "updated_at"] >= datetime.fromisoformat(value))


def owner(view: View, thing: Thing, value: str) -> bool:
    names = dict.fromkeys(("Claim", "ServiceItem", "Team", "Registration"), "organisation_id")
    if thing.kind == "Match":
        found = view.row("Resource", thing.row["resource_id"])["owner_organisation_id"]
    elif thing.kind == "Agreement":
        return value in (f"Organisation:{thing.row['committee_id']}", f"Organisation:{thing.row['unit_id']}")
    else:
        found = thing.row[names.get(thing.kind, "owner_organisation_id")]
    return f"Organisation:{found}" == value


def near(view: View, thing: Thing, value: Mapping[str, Any]) -> bool:
    """Tell whether it lies within so many metres on a sphere."""
    row = offer(view, thing)
    if row["longitude"] is None:
        return False
    one, other = (
        [math.cos(math.radians(y)) * math.cos(math.radians(x)), math.cos(math.radians(y)) * math.sin(math.radians(x)),
         math.sin(math.radians(y))]
        for x, y in ((row["longitude"], row["latitude"]), (value["longitude"], value["latitude"]))
    )  # fmt: skip
    chord = math.dist(one, other)
    return bool(2 * 6_371_008.8 * math.asin(chord / 2) <= value["metres"])


TESTS: dict[str, Test] = {
    "within": within, "category": category, "changedSince": changed, "ownerOrganisation": owner, "organisation": owner,
    "near": near,
    "family": lambda view, thing, value: offer(view, thing)["family"] == value,
    "status": lambda view, thing, value: thing.row["status"] in value,
    "targetGroup": lambda view, thing, value: value in offer(view, thing)["target_groups"],
    "kind": lambda view, thing, value: thing.row["kind"] in value,
    "minimumScore": lambda view, thing, value: thing.row["score"] >= value,
    "ruleId": lambda view, thing, value: thing.row["rule_id"] == value,
    "need": lambda view, thing, value: f"Need:{thing.row['need_id']}" == value,
    "project": lambda view, thing, value: f"Project:{thing.row['project_id']}" == value,
}  # fmt: skip


def admitted(view: View, thing: Thing, asked: Mapping[str, Any] | None) -> bool:
    """Tell whether every filter that is given admits a row."""
    return all(TESTS[name](view, thing, value) for name, value in (asked or {}).items() if value is not None)
