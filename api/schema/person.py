"""People, households, memberships, and masked contacts."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import Family
from api.schema.base import Connection, Node, connection, related, value
from api.schema.place import Place

if TYPE_CHECKING:
    from api.schema.claim import Evaluation
    from api.schema.organisation import Organisation


@strawberry.type(description="Name, phone and address, always masked here; contactReveal shows them, audited")
class Contact(Node):
    """Contact."""

    name: str | None = value("Masked name, e.g. 张*")
    phone: str | None = value("Masked phone number, e.g. 138****5678")
    address: str | None = value("Masked address")


@strawberry.type(description="户: a household; nobody without the right sees a place finer than its estate")
class Household(Node):
    """Household."""

    place: Place | None = related("Building or entrance")
    contact: Contact | None = related("Masked contact")
    people: Connection[Annotated["Person", strawberry.lazy("api.schema.person")]] = connection("Its people")
    version: int = value("Version, for optimistic locking")


@strawberry.type(description="个人: a person; what identifies them stands in `contact`, masked")
class Person(Node):
    """Person."""

    place: Place | None = related("Where they are registered")
    household: Household | None = related("Their household")
    contact: Contact | None = related("Masked contact")
    memberships: Connection[Annotated["Membership", strawberry.lazy("api.schema.person")]] = connection("Their roles")
    evaluation: Annotated["Evaluation", strawberry.lazy("api.schema.claim")] = related(
        "双评价: what their claims came to"
    )
    version: int = value("Version, for optimistic locking")


@strawberry.type(description="成员: a person or organisation holds a role at a place for a time")
class Membership(Node):
    """Membership."""

    role: str = value("Role, e.g. PROPERTY_CLERK")
    family: Family | None = value("Family")
    person: Person | None = related("Person who holds it")
    organisation: Annotated["Organisation", strawberry.lazy("api.schema.organisation")] | None = related(
        "Organisation that holds it or for which it is held"
    )
    place: Place | None = related("Place within which it is in force")
    valid_from: date = value("First day")
    valid_to: date | None = value("Last day")
    confirmed_on: date | None = value("Day on which somebody last confirmed it")
    version: int = value("Version, for optimistic locking")
