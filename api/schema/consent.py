"""How somebody agreed that another enters their need: as it is read, and as it is given."""

from datetime import date, datetime

import strawberry

from api.models.choices import Consent, Recorder
from api.schema.base import Node, related, value
from api.schema.inputs import identifier
from api.schema.person import Person


@strawberry.type(description="代填: who entered it, and how the other agreed; for those in charge and the owner")
class OnBehalf(Node):
    """Consent."""

    by: Person | None = related("Who entered it")
    recorder: Recorder = value("What that person is to the other")
    consent: Consent = value("Way of the consent")
    words: str = value("Consent in words, e.g. 本人口头同意, 儿子代填")
    given_on: date = value("Day of the consent")
    sheet_at: str | None = value("Where the signed sheet is kept")
    recorded_at: datetime = value("When it was entered")
    confirmed_by: Person | None = related("Who made sure of it with the other")
    confirmed_at: datetime | None = value("When somebody in charge made sure; null: it waits for that")


@strawberry.input(description="Somebody without account, found by telephone and name or registered with this")
class NamedPersonInput:
    """A person."""

    name: str = strawberry.field(description="Name")
    phone: str | None = strawberry.field(default=None, description="Telephone by which the person can be asked")
    address: str | None = strawberry.field(default=None, description="Address as people say it")
    place: strawberry.ID | None = identifier(
        "Place", "Where the person lives; by default the need's place", default=None
    )


@strawberry.input(description="How somebody else agreed that their need is entered")
class OnBehalfInput:
    """Consent."""

    consent: Consent = strawberry.field(description="ORAL or PAPER")
    person: NamedPersonInput | None = strawberry.field(
        default=None, description="Whose need it is, when they are named and not given as `owner`"
    )
    recorder: Recorder | None = strawberry.field(
        default=None, description="What you are to that person; by default your office"
    )
    words: str | None = strawberry.field(
        default=None, description="Consent in words; by default 本人口头同意 or 本人书面同意"
    )
    given_on: date | None = strawberry.field(default=None, description="Day of the consent; by default today")
    sheet_at: str | None = strawberry.field(
        default=None, description="Where the signed sheet is kept; required with PAPER"
    )
