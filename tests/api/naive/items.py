"""Needs, resources, projects and lists: who sees them, and what their fields tell."""

from typing import Any

from tests.api.naive.policy import Facts
from tests.api.naive.register import STAMPS, category, point
from tests.api.naive.view import (
    Field,
    Kind,
    Row,
    View,
    allowed,
    back,
    best,
    by_position,
    column,
    columns,
    pages,
    several,
    text,
    to,
)  # fmt: skip

OWNERS = {
    "ownerOrganisation": to("Organisation", "owner_organisation_id"),
    "ownerPerson": to("Person", "owner_person_id"), "ownerHousehold": to("Household", "owner_household_id"),
}  # fmt: skip
HOLDING = {"PROPOSED", "ACCEPTED", "COMPLETED", "EVALUATED"}


def owned(view: View, row: Row) -> Facts:
    """Return the facts of whatever somebody owns and perhaps somebody was asked to do."""
    return Facts(
        row["path"], row["owner_person_id"], row["owner_household_id"], row["owner_organisation_id"],
        row.get("assigned_person_id"), row.get("assigned_organisation_id"), visibility=row["visibility"],
    )  # fmt: skip


def of_category(view: View, row: Row, asked: Any) -> Any:
    return category(view, row["category"])


def item(kind: str, exact: bool) -> dict[str, Field]:
    """Return the fields that all three kinds of item have."""
    key = f"{kind.lower()}_id"

    def place(view: View, row: Row, asked: Any) -> Any:
        fine = exact or view.may(kind, f"{kind}.exactPlace", row)
        return view.one("Place", row["place_id" if fine else "public_place_id"])

    return {
        **columns("status visibility family source targetGroups validFrom validTo publishedAt"), **STAMPS, **OWNERS,
        **text("title"), **text("text"), "category": of_category, "place": place, "point": point,
        "community": to("Place", "community_id"), "windows": several(f"TimeWindow:{kind}", key),
        "externalIds": several(f"ExternalId:{kind}", "item_id"), "matches": pages("Match", key, best),
        "history": pages(f"HistoryEntry:{kind}", "item_id"),
    }  # fmt: skip


def affair(kind: str, exact: bool) -> dict[str, Field]:
    """Return the fields of needs and projects; a need tells its estimates and its consent to some only."""

    def some(thing: str, read: Field) -> Field:
        return allowed(thing, kind, read) if kind == "Need" else read

    def estimates(view: View, row: Row, asked: Any) -> Any:
        if kind == "Need" and not view.may(kind, "Need.estimates", row):
            return None
        fen, effort = row["estimated_cost_fen"], row["estimated_effort_hours"]
        return None if fen is None and effort is None else {"cost": fen and fen / 100, "effort": effort}

    return item(kind, exact) | columns("urgency statusReason reviewOn") | {
        "estimates": estimates, "concerns": to("Organisation", "concerns_id"),
        "assignedOrganisation": to("Organisation", "assigned_organisation_id"),
        "assignedPerson": to("Person", "assigned_person_id"),
        "onBehalfBy": some("Need.onBehalf", to("Person", "on_behalf_by_id")),
        "consent": some("Need.onBehalf", column("consent")),
        "lines": several("RequirementLine", f"{kind.lower()}_id", by_position),
        "claims": pages("Claim", f"{kind.lower()}_id"),
    }  # fmt: skip


def item_list(kind: str) -> dict[str, Field]:
    name = f"{kind}List"
    return columns("number status visibility family periodFrom periodTo publishedOn submittedOn statusReason") | {
        **text("title"), **STAMPS, **OWNERS, "place": to("Place", "place_id"),
        "community": to("Place", "community_id"), "enteredBy": to("Person", "entered_by_id"),
        "supersedes": to(name, "supersedes_id"), "entries": pages(f"{name}Entry", "item_list_id", by_position),
    }  # fmt: skip


def facts_of_list(view: View, row: Row) -> Facts:
    return Facts(
        row["path"], row["owner_person_id"], row["owner_household_id"], row["owner_organisation_id"],
        assigned_person=row["entered_by_id"], visibility=row["visibility"] if row["published_on"] else None,
    )  # fmt: skip


def held(view: View, row: Row) -> list[Row]:
    """Return the claim lines that hold something of a requirement line, whoever may see them."""
    claims = view.tables["Claim"]
    return [
        each for each in view.tables["ClaimLine"].values()
        if each["line_id"] == row["id"] and claims[each["claim_id"]]["status"] in HOLDING
    ]  # fmt: skip


def amount(line: Row) -> float | None:
    found: float | None = line["quantity"] if line["delivered"] is None else line["delivered"]
    return found


def claimed(view: View, row: Row, asked: Any) -> float:
    return float(sum(amount(each) or 0 for each in held(view, row)))


def left(view: View, row: Row, asked: Any) -> float | None:
    if any(amount(each) is None for each in held(view, row)):
        return 0.0
    return None if row["quantity"] is None else max(0.0, row["quantity"] - claimed(view, row, asked))


OFFER = columns("unit priceClass priceUnit quantity responseMinutes atHome") | {"price": column("price_fen", 100)}


def named(kind: str) -> Any:
    """Return which rows of a table of several kinds name a row of this one."""
    return lambda row: row[f"{kind.lower()}_id"] is not None


def of_kind(name: str, column: str = "item_kind") -> Any:
    """Return which rows of a table of several kinds are of this one."""
    return lambda row: row[column] == name


def below(kind: str) -> dict[str, Kind]:
    """Return what belongs to an item and to lists of such."""
    key, item_list_ = f"{kind.lower()}_id", f"{kind}List"
    windows = Kind("TimeWindow", columns("startsAt endsAt rrule"), parents=((kind, key),), among=named(kind))
    numbers = Kind("ExternalId", columns("system value"), parents=((kind, "item_id"),), among=of_kind(kind.upper()))
    lists = Kind("ItemList", item_list(kind), item_list_, facts_of_list, among=of_kind(kind.upper(), "kind"))
    fields = columns("position") | {kind.lower(): to(kind, key)}
    entries = Kind("ListEntry", fields, parents=((item_list_, "item_list_id"), (kind, key)), among=named(kind))
    return {
        f"TimeWindow:{kind}": windows, f"ExternalId:{kind}": numbers, item_list_: lists, f"{item_list_}Entry": entries
    }  # fmt: skip


KINDS = {
    "Need": Kind("Need", affair("Need", False) | columns("number") | {"onBehalf": back("OnBehalf", "need_id")},
                 "Need", owned),
    "Project": Kind("Project", affair("Project", True), "Project", owned),
    "Resource": Kind("Resource", item("Resource", False) | OFFER | columns("kind") | {
        "serviceArea": several("ServiceArea", "resource_id"), "serviceItem": back("ServiceItem", "resource_id"),
    }, "Resource", owned),
    "OnBehalf": Kind("NeedConsent", columns("recorder words givenOn sheetAt recordedAt confirmedAt") | {
        "by": to("Person", "recorded_by_id"), "confirmedBy": to("Person", "confirmed_by_id"),
        "consent": lambda view, row, asked: view.row("Need", row["need_id"])["consent"],
    }, "Need.onBehalf", lambda view, row: owned(view, view.row("Need", row["need_id"]))),
    "RequirementLine": Kind("RequirementLine", columns("kind unit note skills position quantity") | {
        "category": of_category, "matches": pages("Match", "line_id", best), "claimed": claimed, "left": left,
    }, parents=(("Need", "need_id"), ("Project", "project_id"))),
    "ServiceArea": Kind("ServiceArea", {"place": to("Place", "place_id")}, parents=(("Resource", "resource_id"),)),
    **below("Need"), **below("Resource"), **below("Project"),
}  # fmt: skip
