"""Claims."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import ClaimSide, ParticipantStatus
from api.schema.base import Connection, Node, connection, related, value
from api.schema.item import HistoryEntry, RequirementLine
from api.schema.organisation import Organisation
from api.schema.person import Person
from api.schema.place import Place
from api.schema.taxonomy import Category
from api.schema.team import Team
from api.state_machines.claim import ClaimStatus

if TYPE_CHECKING:
    from api.schema.agreement import Agreement, AgreementPromise
    from api.schema.need import Need
    from api.schema.project import Project
    from api.schema.resource import Resource


@strawberry.type(description="What of one requirement line a claim takes")
class ClaimLine(Node):
    """Claim line."""

    line: RequirementLine | None = related("Requirement line; null when the item's lines were written anew since")
    category: Category | None = related("Category that was claimed")
    quantity: float | None = value("How much is claimed; null is all of a line of unknown quantity")
    unit: str | None = value("Code of the unit of measure")
    delivered: float | None = value("How much was delivered, once the claim is completed")
    resource: Annotated["Resource", strawberry.lazy("api.schema.resource")] | None = related(
        "Resource it is taken from"
    )
    promise: Annotated["AgreementPromise", strawberry.lazy("api.schema.agreement")] | None = related(
        "Promise that it keeps, if it is claimed under an agreement"
    )


@strawberry.type(description="组团认领: somebody whom the lead asked to join")
class ClaimParticipant(Node):
    """Participant."""

    organisation: Organisation | None = related("Organisation, if it is one")
    team: Team | None = related("Team, if it is one")
    person: Person | None = related("Person, if it is one and the viewer may see them")
    share: str | None = value("What they bring, as the lead wrote it; for the sides, themselves and those in charge")
    status: ParticipantStatus = value("Whether they said yes")
    version: int = value("Version, for optimistic locking")


@strawberry.type(
    description="互评: what one side of a completed claim says of the other; for the sides and those in charge"
)
class ClaimEvaluation(Node):
    """Evaluation."""

    by_side: ClaimSide = value("Which side speaks")
    score: int = value("1 to 5, of the other side")
    member_score: int | None = value("1 to 5, of the member who did the work")
    text: str | None = value("In words")
    at: datetime = value("When")


@strawberry.type(
    description="双评价: what completed claims and their evaluations sum up to, of those that the viewer may see;"
    " scores are told by the three, so that one person's judgement shows in none"
)
class Evaluation:
    """Sums."""

    completed: int = strawberry.field(description="Completed claims")
    evaluations: int | None = strawberry.field(
        description="Evaluations by those who asked, a multiple of three; null below three"
    )
    average_score: float | None = strawberry.field(description="Their average, 1 to 5; null below three")
    member_evaluations: int | None = strawberry.field(
        description="Evaluations of the member who did the work, a multiple of three; null below three"
    )
    average_member_score: float | None = strawberry.field(description="Their average, 1 to 5; null below three")


@strawberry.type(description="认领: a commitment of a person, team or organisation to a need or project")
class Claim(Node):
    """Claim."""

    status: ClaimStatus = value("How far it is")
    need: Annotated["Need", strawberry.lazy("api.schema.need")] | None = related("Need that is claimed, if it is one")
    project: Annotated["Project", strawberry.lazy("api.schema.project")] | None = related("Project that is claimed")
    organisation: Organisation | None = related("Organisation that claims, if it is one")
    team: Team | None = related("Team that claims, if it is one")
    person: Person | None = related("Person who claims, if it is one and the viewer may see them")
    member: Person | None = related("Member of the organisation who does the work")
    agreement: Annotated["Agreement", strawberry.lazy("api.schema.agreement")] | None = related(
        "Agreement under which it is claimed"
    )
    community: Place | None = related("Community or village of what is claimed")
    lines: list[ClaimLine] = related("What of it is claimed, line by line")
    participants: list[ClaimParticipant] = related(
        "Those who join under the claimant's lead; who has not said yes is shown to the sides and those in charge alone"
    )
    evaluations: list[ClaimEvaluation] = related("What both sides said afterwards")
    note: str | None = value("What the claimant wrote; for the sides and those in charge")
    status_reason: str | None = value("Why it was declined, handed back or ran out")
    proof: str | None = value("What proves that it is done")
    proof_links: list[str] | None = value("Addresses of pictures and papers that prove it")
    contact_open: bool | None = value("Whether the claimant may read the asker's contact now (claimContactReveal)")
    planned_on: date | None = value("Day on which the claimant means to be done")
    due_at: datetime | None = value("When it runs out if nothing happens")
    accepted_at: datetime | None = value("When the committee accepted it")
    completed_at: datetime | None = value("When it was done")
    closed_at: datetime | None = value("When it ended, in whichever way")
    history: Connection[HistoryEntry] = connection("Changes, newest first")
    created_at: datetime = value("When it was made")
    updated_at: datetime = value("When it was last changed")
    version: int = value("Version, for optimistic locking")
