"""Organisations."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import Family, OrganisationStatus
from api.schema.base import Connection, Node, connection, related, value
from api.schema.person import Contact, Membership
from api.schema.place import Place
from api.schema.taxonomy import PartyKind

if TYPE_CHECKING:
    from api.schema.agreement import Agreement, PromiseSummary
    from api.schema.claim import Claim, Evaluation
    from api.schema.pairing import Pairing
    from api.schema.registration import Registration
    from api.schema.resource import Resource
    from api.schema.service_item import ServiceItem
    from api.schema.team import Team


@strawberry.type(description="单位: an organisation of one of the five families")
class Organisation(Node):
    """Organisation."""

    name: str = value("Name in the caller's language")
    name_zh: str = value("Chinese name")
    name_en: str | None = value("English name")
    kind: PartyKind | None = related("Kind of organisation")
    family: Family | None = value("Family it belongs to; null for a mixed body")
    text: str | None = value("About it, in the caller's language")
    status: OrganisationStatus = value("Whether it takes part")
    place: Place | None = related("Where it is located")
    contact: Contact | None = related("Name, phone and address, masked")
    memberships: Connection[Membership] = connection("Roles held by or for it")
    service_items: Connection[Annotated["ServiceItem", strawberry.lazy("api.schema.service_item")]] = connection(
        "Service items it keeps"
    )
    resources: Connection[Annotated["Resource", strawberry.lazy("api.schema.resource")]] = connection(
        "Resources it offers"
    )
    agreements: Connection[Annotated["Agreement", strawberry.lazy("api.schema.agreement")]] = connection(
        "Agreements in which it promises"
    )
    promise_summary: Annotated["PromiseSummary", strawberry.lazy("api.schema.agreement")] = related(
        "How its promises stand"
    )
    teams: Connection[Annotated["Team", strawberry.lazy("api.schema.team")]] = connection("Its teams")
    registrations: Connection[Annotated["Registration", strawberry.lazy("api.schema.registration")]] = connection(
        "Where it and its people are registered"
    )
    pairings: Connection[Annotated["Pairing", strawberry.lazy("api.schema.pairing")]] = connection(
        "Estates it is paired with"
    )
    confirmed_on: date | None = value("Day on which somebody last confirmed the entry")
    claims: Connection[Annotated["Claim", strawberry.lazy("api.schema.claim")]] = connection("Claims it made")
    evaluation: Annotated["Evaluation", strawberry.lazy("api.schema.claim")] = related(
        "双评价: what its claims came to"
    )
    version: int = value("Version, for optimistic locking")
    created_at: datetime = value("When it was registered")
    updated_at: datetime = value("When it was last changed")
