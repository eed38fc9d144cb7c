"""What needs and projects share in the schema."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import Consent, Urgency
from api.schema.base import Connection, connection, related, value
from api.schema.item import Item, RequirementLine
from api.schema.organisation import Organisation
from api.schema.person import Person

if TYPE_CHECKING:
    from api.schema.claim import Claim


@strawberry.type(description="What something would cost")
class Estimates:
    """Estimates."""

    cost: float | None = value("Estimated cost in yuan; null is unknown")
    effort: float | None = value("Estimated effort in person-hours; null is unknown")


@strawberry.interface(description="A need or a project")
class Affair(Item):
    """Affair."""

    urgency: Urgency = value("How soon it is needed")
    estimates: Estimates | None = related("Estimated cost and effort, for those who may know")
    lines: list[RequirementLine] = related("What it asks for, thing by thing")
    claims: Connection[Annotated["Claim", strawberry.lazy("api.schema.claim")]] = connection(
        "Claims of it, newest first"
    )
    concerns: Organisation | None = related("Organisation it is about")
    assigned_organisation: Organisation | None = related("Organisation asked to act")
    assigned_person: Person | None = related("Person asked to act")
    on_behalf_by: Person | None = related("Who entered it for somebody else")
    consent: Consent | None = value("How the other agreed")
    status_reason: str | None = value("Reason of the last move, e.g. why it is deferred")
    review_on: date | None = value("When a deferred one is looked at again")
