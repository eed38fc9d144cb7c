"""Agreements (共驻共建协议): what was promised, who signed, what became of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.models.choices import Visibility
from api.schema.base import Connection, Node, connection, related, value
from api.schema.item import HistoryEntry
from api.schema.person import Person
from api.schema.place import Place
from api.schema.taxonomy import Category
from api.state_machines.agreement import AgreementStatus, PromiseState

if TYPE_CHECKING:
    from api.schema.organisation import Organisation

LazyOrganisation = Annotated["Organisation", strawberry.lazy("api.schema.organisation")]

strawberry.enum(
    AgreementStatus,
    description="State of an agreement: 草稿, 送签, 双方已签待生效, 生效, 履约完, 到期, 解除",
)
strawberry.enum(PromiseState, description="State of a promise: 待兑现, 已兑现, 未兑现, 已补上")


@strawberry.type(description="How far a promise is kept today, worked out from the claims made under it")
class PromiseProgress:
    """Progress."""

    state: PromiseState = value("What became of it")
    kept: float = value("Quantity delivered by completed claims, in the promise's unit of measure")
    used: float = value("Quantity that claims hold, those still being worked on included")
    left: float | None = value("Quantity that can still be claimed; null for a promise of any quantity")
    made_good_on: date | None = value("Day on which a broken promise was made good")


@strawberry.type(description="承诺: one promise of an agreement")
class AgreementPromise(Node):
    """Promise."""

    position: int = value("Order in the agreement, from 0")
    category: Category | None = related("What is promised")
    text: str | None = value("Promise in words, in Chinese")
    quantity: float | None = value("How much; null: by hours, or without limit")
    unit: str | None = value("Code of the unit of measure")
    hours: float | None = value("Hours of work; what is measured where no quantity is given")
    due_on: date | None = value("Last day to keep it; null: the agreement's last day")
    progress: PromiseProgress = related("How far it is kept today")
    remedy: str | None = value("How it was made good after it had been broken, as the committee noted it")
    remedied_on: date | None = value("Day of that note")


@strawberry.type(description="签署: one side's signature")
class AgreementSignature(Node):
    """Signature."""

    organisation: LazyOrganisation | None = related("Side that signed")
    person: Person | None = related("Person who signed; null for an organisation's program")
    digest: str = value("SHA-256 of the text and the promises that were signed; hex")
    signed_at: datetime = value("When")


@strawberry.type(description="共驻共建协议: an agreement of a community's committee with a unit")
class Agreement(Node):
    """Agreement."""

    number: str = value("Number of the document, given when it is proposed; digits without meaning before")
    title: str = value("Title in the caller's language")
    title_zh: str = value("Chinese title")
    title_en: str | None = value("English title")
    text: str | None = value("Text in Chinese")
    status: AgreementStatus = value("State")
    status_reason: str | None = value("Why it was ended")
    visibility: Visibility = value("Who may see it now; until both have signed the two sides and the staff")
    signed_visibility: Visibility = value("Who may see it once both have signed")
    place: Place | None = related("Place it is about; what lies there can be claimed under it")
    community: Place | None = related("Community or village it belongs to")
    committee: LazyOrganisation | None = related("Body of the community")
    unit: LazyOrganisation | None = related("Unit that promises")
    valid_from: date = value("First day")
    valid_to: date = value("Last day")
    in_force_on: date | None = value("Day on which it came into force; null: not yet, or never")
    ended_on: date | None = value("Day on which it was ended or fulfilled before its last day")
    promises: list[AgreementPromise] = related("Promises in their order")
    signatures: list[AgreementSignature] = related("Signatures, of each side one")
    version: int = value("Version, for optimistic locking")
    created_at: datetime = value("When it was drafted")
    updated_at: datetime = value("When it was last changed")
    history: Connection[HistoryEntry] = connection("Changes, newest first")


@strawberry.type(description="How many promises of a unit stand how, in the agreements that the viewer may see")
class PromiseSummary:
    """Summary."""

    kept: int = value("Kept in time")
    left: int = value("Still to keep")
    broken: int = value("Not kept in time")
    made_good: int = value("Not kept in time, and made good since")
