"""Matches, claims, agreements, service items and histories: who sees them, and what their fields tell."""

from typing import Any

from tests.api.naive.items import of_category, of_kind
from tests.api.naive.policy import Facts
from tests.api.naive.register import STAMPS
from tests.api.naive.view import Field, Kind, Row, View, allowed, by_position, column, columns, pages, several, text, to

HISTORIES = {
    "Need": "NEED", "Resource": "RESOURCE", "Project": "PROJECT", "Claim": "CLAIM", "Agreement": "AGREEMENT",
    "ServiceItem": "SERVICE_ITEM",
}  # fmt: skip


def claimed_item(view: View, claim: Row) -> Row:
    return view.row("Need", claim["need_id"]) if claim["need_id"] else view.row("Project", claim["project_id"])


def facts_of_claim(view: View, row: Row, **more: Any) -> Facts:
    sides = {
        "owner_person": row["actor_person_id"], "owner_organisation": row["actor_organisation_id"],
        "party_person": row["asker_person_id"], "party_household": row["asker_household_id"],
        "party_organisation": row["asker_organisation_id"], "visibility": claimed_item(view, row)["visibility"],
    }  # fmt: skip
    return Facts(row["path"], **(sides | more))


def facts_of_participant(view: View, row: Row) -> Facts:
    claim = view.row("Claim", row["claim_id"])
    asked = {"assigned_person": row["actor_person_id"], "assigned_organisation": row["organisation_id"]}
    return facts_of_claim(view, claim, **asked, **({} if row["status"] == "JOINED" else {"visibility": None}))


def facts_of_history(view: View, row: Row) -> Facts:
    kind = {"SERVICE_ITEM": "ServiceItem"}.get(row["item_kind"], row["item_kind"].capitalize())
    of = view.row(kind, row["item_id"])
    if kind == "Claim":
        return Facts(of["path"], of["actor_person_id"], owner_organisation=of["actor_organisation_id"])
    if kind == "Agreement":
        return Facts(of["path"], owner_organisation=of["committee_id"], party_organisation=of["unit_id"])
    if kind == "ServiceItem":
        return Facts(of["path"], owner_organisation=of["organisation_id"])
    return Facts(of["path"], of["owner_person_id"], of["owner_household_id"], of["owner_organisation_id"])


def facts_of_match(view: View, row: Row) -> Facts:
    provider = view.row("Resource", row["resource_id"])["owner_organisation_id"]
    return Facts(row["path"], owner_organisation=provider, visibility="PUBLIC")


def details(name: str) -> Field:
    return allowed("Claim.details", "Claim", column(name))


def contact_open(view: View, row: Row, asked: Any) -> bool:
    return row["status"] == "ACCEPTED" and row["contact_consent_at"] is not None


REASON = columns("ruleId branch") | text("rule_title") | text("because")


def reason(view: View, row: Row, asked: Any) -> Any:
    return {name: read(view, row, {}) for name, read in REASON.items()} | {
        "ruleVersion": f"RuleVersion:{row['rule_version_id']}"
    }


def of_resource(read: Field) -> Field:
    return lambda view, row, asked: read(view, view.row("Resource", row["resource_id"]), asked)


SERVICE_ITEM = columns("status visibility standardSource") | STAMPS | {
    "standard": column("standard_zh"), "organisation": to("Organisation", "organisation_id"),
    "resource": to("Resource", "resource_id"), "history": pages("HistoryEntry:ServiceItem", "item_id"),
    **{name: of_resource(read) for name, read in (
        text("title") | text("text") | columns("priceClass priceUnit responseMinutes atHome validFrom validTo") | {
            "category": of_category, "place": to("Place", "place_id"), "price": column("price_fen", 100),
        }
    ).items()},
}  # fmt: skip
CLAIM = columns("status plannedOn dueAt acceptedAt completedAt closedAt") | STAMPS | {
    "need": to("Need", "need_id"), "project": to("Project", "project_id"), "person": to("Person", "person_id"),
    "organisation": to("Organisation", "organisation_id"), "member": to("Person", "member_person_id"),
    "team": to("Team", "team_id"), "agreement": to("Agreement", "agreement_id"),
    "community": to("Place", "community_id"), "lines": several("ClaimLine", "claim_id"),
    "participants": several("ClaimParticipant", "claim_id"), "evaluations": several("ClaimEvaluation", "claim_id"),
    **{name: details(key) for name, key in (
        ("note", "note"), ("statusReason", "status_reason"), ("proof", "proof"), ("proofLinks", "proof_links"),
    )},
    "contactOpen": allowed("Claim.details", "Claim", contact_open), "history": pages("HistoryEntry:Claim", "item_id"),
}  # fmt: skip
AGREEMENT = columns("number status statusReason visibility signedVisibility validFrom validTo inForceOn endedOn") | {
    **text("title"), **STAMPS, "text": column("text_zh"), "place": to("Place", "place_id"),
    "community": to("Place", "community_id"), "committee": to("Organisation", "committee_id"),
    "unit": to("Organisation", "unit_id"), "history": pages("HistoryEntry:Agreement", "item_id"),
    "promises": several("AgreementPromise", "agreement_id", by_position),
    "signatures": several("AgreementSignature", "agreement_id"),
}  # fmt: skip


def history(kind: str, name: str) -> Kind:
    """Return the kind of the entries of one kind of item."""
    fields = columns("actor action version at changes")
    return Kind("HistoryEntry", fields, "History", facts_of_history, ((kind, "item_id"),), of_kind(name))


KINDS = {
    "Match": Kind("Match", columns("status statusReason score decidedAt") | {
        "need": to("Need", "need_id"), "project": to("Project", "project_id"), "line": to("RequirementLine", "line_id"),
        "resource": to("Resource", "resource_id"), "reason": reason,
    }, "Match", facts_of_match, (("Need", "need_id"), ("Project", "project_id"), ("Resource", "resource_id"))),
    "Claim": Kind("Claim", CLAIM, "Claim", facts_of_claim),
    "ClaimLine": Kind("ClaimLine", columns("unit quantity delivered") | {
        "line": to("RequirementLine", "line_id"), "category": of_category, "resource": to("Resource", "resource_id"),
        "promise": to("AgreementPromise", "promise_id"),
    }, parents=(("Claim", "claim_id"),)),
    "ClaimParticipant": Kind("ClaimParticipant", columns("status version") | {
        "share": allowed("Claim.details", "ClaimParticipant", column("share")),
        "organisation": to("Organisation", "organisation_id"), "person": to("Person", "person_id"),
        "team": to("Team", "team_id"),
    }, "Claim", facts_of_participant),
    "ClaimEvaluation": Kind("ClaimEvaluation", columns("bySide score memberScore at") | {"text": column("text_zh")},
                            "Claim.details", lambda view, row: facts_of_claim(
                                view, view.row("Claim", row["claim_id"]), visibility=None)),
    "Agreement": Kind("Agreement", AGREEMENT, "Agreement", lambda view, row: Facts(
        row["path"], owner_organisation=row["committee_id"], party_organisation=row["unit_id"],
        visibility=row["visibility"],
    )),
    "AgreementPromise": Kind("AgreementPromise", columns("unit remedy position quantity hours dueOn remediedOn") | {
        "category": of_category, "text": column("text_zh"),
    }, parents=(("Agreement", "agreement_id"),)),
    "AgreementSignature": Kind("AgreementSignature", columns("digest signedAt") | {
        "organisation": to("Organisation", "organisation_id"), "person": to("Person", "person_id"),
    }, parents=(("Agreement", "agreement_id"),)),
    "ServiceItem": Kind("ServiceItem", SERVICE_ITEM, "ServiceItem", lambda view, row: Facts(
        row["path"], owner_organisation=row["organisation_id"], visibility=row["visibility"],
    )),
    **{f"HistoryEntry:{kind}": history(kind, name) for kind, name in HISTORIES.items()},
}  # fmt: skip
