"""Which rows a caller may know of, worked out row by row with casbin alone: no SQL, no predicate.

The sources tell which tables are served, and nothing else.
"""

from dataclasses import dataclass
from typing import Any

from api import models
from api.plan.registry import all_sources
from auth.enforcement import Authoriser
from auth.permissions import Action, Object, Permission
from auth.principal import Principal
from auth.relations import RowScope, Visibility

Row = dict[str, Any]
OWNED = (
    "owner_person_id",
    "owner_household_id",
    "owner_organisation_id",
    "assigned_person_id",
    "assigned_organisation_id",
    "party_person_id",
    "party_household_id",
    "party_organisation_id",
)
CHILD_OF = {
    "RequirementLine": ("Need", "Project"),
    "TimeWindow": ("Need", "Resource", "Project"),
    "ServiceArea": ("Resource",),
    "Contact": ("Person", "Household", "Organisation"),
    "ListEntry": ("ItemList", "Need", "Resource", "Project"),
    "ClaimLine": ("Claim",),
    "ServiceRating": ("ServiceItem",),
    "FallbackProvider": ("Place",),
    "AgreementPromise": ("Agreement",),
    "AgreementSignature": ("Agreement",),
}

# Columns that are not the parent's name in small letters.
COLUMN = {"ItemList": "item_list", "ServiceItem": "service_item"}
SERVED_AS = {"BearerKey": "ApiKey", "WebhookEndpoint": "Webhook", "NeedConsent": "OnBehalf"}
OF_SOMEBODY = {"owner_person_id": "person_id", "owner_organisation_id": "organisation_id"}
OF_A_UNIT = {"owner_organisation_id": "organisation_id"}
# Where a table says in other words who somebody is to its rows.
STANDS_FOR = {
    "Organisation": {"owner_organisation_id": "id"},
    "Person": {"owner_person_id": "id"},
    "Household": {"owner_household_id": "id"},
    "Agreement": {"owner_organisation_id": "committee_id", "party_organisation_id": "unit_id"},
    "Team": {"owner_person_id": "lead_person_id", "owner_organisation_id": "organisation_id"},
    "Pairing": OF_SOMEBODY | {"party_household_id": "household_id"},
    "Membership": OF_SOMEBODY,
    "BearerKey": OF_SOMEBODY,
    "Registration": OF_SOMEBODY,
    "ServiceItem": OF_A_UNIT,
    "WebhookEndpoint": OF_A_UNIT,
    "ServicePoint": OF_A_UNIT,
    "ItemList": {"assigned_person_id": "entered_by_id"},
}
# A key and a webhook lie where their organisation does.
AT_THE_ORGANISATION = {"BearerKey", "WebhookEndpoint"}


@dataclass(frozen=True, slots=True)
class Tables:
    """All rows of all tables, by model name and key."""

    rows: dict[str, dict[int, Row]]

    def row(self, name: str, key: int) -> Row:
        return self.rows[name][key]


async def all_rows() -> Tables:
    """Read every table whole that serves a type: a new one is judged as soon as it is there."""
    served = {source.table for source in all_sources().values()}
    of_models = [getattr(models, name) for name in models.__all__]
    found = {model.__name__: await model.all().values() for model in of_models if model._meta.db_table in served}
    return Tables({name: {row["id"]: row for row in rows} for name, rows in found.items()})


class Oracle:
    """One caller's view of all tables."""

    def __init__(self, tables: Tables, authoriser: Authoriser, caller: Principal) -> None:
        self.tables, self.authoriser, self.caller = tables, authoriser, caller

    def ids(self) -> set[str]:
        """Return the global identifiers of all rows that the caller may know of."""
        return {
            self.global_id(name, row)
            for name, rows in self.tables.rows.items()
            for row in rows.values()
            if self.sees(name, row)
        }

    def global_id(self, name: str, row: Row) -> str:
        if name in ("ItemList", "ListEntry"):
            kind = row if name == "ItemList" else self.tables.row("ItemList", row["item_list_id"])
            name = f"{kind['kind'].capitalize()}{'List' if name == 'ItemList' else 'ListEntry'}"
        return f"{SERVED_AS.get(name, name)}:{row['id']}"

    def may(self, object_: Object, scope: RowScope) -> bool:
        return self.authoriser.ask(self.caller, Permission(object_, Action.READ), scope)

    def sees(self, name: str, row: Row) -> bool:
        """Tell whether the caller may know that a row exists."""
        if name in CHILD_OF:
            return all(self.sees(parent, found) for parent, found in self.parents(name, row))
        if name in ("PartySeat", "PartyKind", "TargetGroup", "UnitOfMeasure"):
            return True
        if name in ("ExternalId", "HistoryEntry"):
            return self.sees_beside(name, row)
        if name == "ServiceItemVersion":
            return self.sees_beside(name, row | {"item_kind": "SERVICE_ITEM", "item_id": row["service_item_id"]})
        if name == "Match":
            return self.sees_match(row)
        if name == "NeedConsent":
            return self.may(Object.NEED_ON_BEHALF, self.scope("Need", self.tables.row("Need", row["need_id"])))
        if name in ("Claim", "ClaimParticipant", "ClaimEvaluation"):
            return self.sees_claim(name, row)
        if name == "WebhookDelivery":
            shown = row["status"] != "SKIPPED" and (row["attempts"] > 0 or row["by_hand"])
            return shown and self.sees("WebhookEndpoint", self.tables.row("WebhookEndpoint", row["endpoint_id"]))
        return self.may(self.object_of(name, row), self.scope(name, row))

    def parents(self, name: str, row: Row) -> list[tuple[str, Row]]:
        keys = {parent: f"{COLUMN.get(parent, parent.lower())}_id" for parent in CHILD_OF[name]}
        return [(parent, self.tables.row(parent, row[key])) for parent, key in keys.items() if row[key] is not None]

    def sees_beside(self, name: str, row: Row) -> bool:
        parent = {"SERVICE_ITEM": "ServiceItem"}.get(row["item_kind"], row["item_kind"].capitalize())
        item = self.tables.row(parent, row["item_id"])
        if not self.sees(parent, item):
            return False
        if name == "ExternalId":
            return True
        facts = {fact: item.get(fact) for fact in OWNED[:3]}
        if parent == "Claim":
            facts = {"owner_person_id": item["actor_person_id"], "owner_organisation_id": item["actor_organisation_id"]}
        if parent == "Agreement":
            facts = {"owner_organisation_id": item["committee_id"], "party_organisation_id": item["unit_id"]}
        if parent == "ServiceItem":
            facts["owner_organisation_id"] = item["organisation_id"]
        return self.may(Object.HISTORY, RowScope(path=item["path"], **facts))

    def sees_match(self, row: Row) -> bool:
        resource = self.tables.row("Resource", row["resource_id"])
        demand = ("Need", "need_id") if row["need_id"] else ("Project", "project_id")
        return (
            self.may(
                Object.MATCH,
                RowScope(
                    path=row["path"],
                    owner_organisation_id=resource["owner_organisation_id"],
                    visibility=Visibility.PUBLIC,
                ),
            )
            and self.sees("Resource", resource)
            and self.sees(demand[0], self.tables.row(demand[0], row[demand[1]]))
        )

    def sees_claim(self, name: str, row: Row) -> bool:
        claim = row if name == "Claim" else self.tables.row("Claim", row["claim_id"])
        item = self.tables.row(*(("Need", claim["need_id"]) if claim["need_id"] else ("Project", claim["project_id"])))
        facts = {
            "owner_person_id": claim["actor_person_id"], "owner_organisation_id": claim["actor_organisation_id"],
            "party_person_id": claim["asker_person_id"], "party_household_id": claim["asker_household_id"],
            "party_organisation_id": claim["asker_organisation_id"],
        }  # fmt: skip
        visibility = Visibility(item["visibility"])
        if name == "Claim":
            return self.may(Object.CLAIM, RowScope(path=claim["path"], visibility=visibility, **facts))
        if name == "ClaimParticipant":
            facts |= {
                "assigned_person_id": row["actor_person_id"], "assigned_organisation_id": row["organisation_id"],
                "visibility": visibility if row["status"] == "JOINED" else Visibility.ADMINISTRATORS,
            }  # fmt: skip
            return self.may(Object.CLAIM, RowScope(path=claim["path"], **facts))
        return self.may(Object.CLAIM_DETAILS, RowScope(path=claim["path"], **facts))

    def object_of(self, name: str, row: Row) -> Object:
        if name == "ItemList":
            return Object(f"{row['kind'].capitalize()}List")
        return Object(SERVED_AS.get(name, name))

    def scope(self, name: str, row: Row) -> RowScope:
        facts: Row = {fact: row.get(fact) for fact in OWNED}
        facts |= {fact: row[column] for fact, column in STANDS_FOR.get(name, {}).items()}
        path = row.get("path") or ""
        if name in AT_THE_ORGANISATION and row["organisation_id"]:
            path = self.tables.row("Organisation", row["organisation_id"])["path"]
        visibility = row.get("visibility")
        if (name == "ItemList" and row["published_on"] is None) or (
            name == "Registration" and row["confirmed_on"] is None
        ):
            visibility = "ADMINISTRATORS"
        return RowScope(path=path, visibility=Visibility(visibility) if visibility else None, **facts)
