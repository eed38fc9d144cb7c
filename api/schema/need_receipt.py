"""Receipts: what the short number of a need tells whoever has it."""

from datetime import date
from typing import Annotated

import strawberry

from api.context import Info
from api.identifiers import grouped_number
from api.queries import need_receipt as queries
from api.queries import receipt_words as words
from api.schema import errors
from api.state_machines.need import NeedStatus


@strawberry.type(description="State that a need came into, and when")
class NeedReceiptStep:
    """Step."""

    status: NeedStatus = strawberry.field(description="State")
    label: str = strawberry.field(description="State in the board's words and plain ones, in the caller's language")
    on: date = strawberry.field(description="Day, in local time")


@strawberry.type(description="回执: what a need's number tells, without account, personal data or text of the need")
class NeedReceipt:
    """Receipt."""

    number: str = strawberry.field(description="Number as it is read out, e.g. 382 916 0417")
    status: NeedStatus = strawberry.field(description="State on the public board")
    status_label: str = strawberry.field(description="State in the board's words and plain ones")
    since: date = strawberry.field(description="Day since when it is in this state")
    holder: str = strawberry.field(
        description="Who has it: organisations asked to act or claiming, or the community; never a person"
    )
    next: str = strawberry.field(description="What comes next, in one sentence")
    review_on: date | None = strawberry.field(description="When a deferred one is looked at again")
    reason: str | None = strawberry.field(description="Why it is deferred, where that was written for the public")
    history: list[NeedReceiptStep] = strawberry.field(description="States with their days, the first one first")
    slip: str = strawberry.field(description="Text for a slip printer, 32 columns, in Chinese and English")
    spoken: str = strawberry.field(description="Sentence to read out by telephone")


NeedReceiptResult = Annotated[
    NeedReceipt | errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError,
    strawberry.union("NeedReceiptResult", description="The receipt, or what is to be mended"),
]


@strawberry.type
class NeedReceiptQuery:
    """Root field that asks by number."""

    @strawberry.field(
        description="What the number of a need tells; null for a number that is unknown or tells nothing. "
        "A number that was misheard is INVALID_INPUT; too many that tell nothing are LIMIT_EXCEEDED"
    )
    async def need_receipt(self, info: Info, number: str) -> NeedReceipt | None:
        """Return the receipt."""
        context = info.context
        found = await queries.need_receipt(context.viewer, number, context.tries, context.address)
        return None if found is None else shown(found, context.language)


def shown(receipt: queries.Receipt, language: str) -> NeedReceipt:
    """Return a receipt in the caller's language."""
    return NeedReceipt(
        number=grouped_number(receipt.number),
        status=receipt.status,
        status_label=words.label(receipt.status, language),
        since=receipt.since,
        holder=words.holder(receipt, language),
        next=words.next_step(receipt, language),
        review_on=receipt.review_on,
        reason=receipt.reason,
        history=[
            NeedReceiptStep(status=step.status, label=words.label(step.status, language), on=step.on)
            for step in receipt.history
        ],
        slip=words.slip(receipt),
        spoken=words.spoken(receipt, language),
    )
