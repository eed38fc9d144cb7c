"""Mutations that show something once: a contact in clear, a new key."""

from datetime import datetime, timedelta
from typing import Annotated

import strawberry

from api.commands import contact as contact_commands
from api.commands import key as key_commands
from api.context import Info
from api.errors import InvalidInput, NotFound
from api.permissions import ReadAnew, Requires
from api.schema import errors
from api.schema.inputs import identifier, row_id
from api.schema.payload import changed
from api.schema.record import ApiKey
from auth.permissions import Action, Object

LONGEST_DAYS = key_commands.LONGEST_KEY.days
OWNERS = {"Person": "person", "Household": "household", "Organisation": "organisation"}
Errors = errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError


@strawberry.type(description="A contact in clear; each look is in the audit chain and counted, 30 an hour at most")
class ContactReveal:
    """Clear contact."""

    name: str | None = strawberry.field(description="Name")
    phone: str | None = strawberry.field(description="Phone number")
    address: str | None = strawberry.field(description="Address")


@strawberry.type(description="A new key; its token is shown this once")
class IssuedKey:
    """Issued key."""

    token: str = strawberry.field(description="Bearer token, shown this once and stored nowhere")
    key_id: str = strawberry.field(description="Public part of the key")
    expires_at: datetime = strawberry.field(description="When it ends")


ContactRevealResult = Annotated[
    ContactReveal | Errors, strawberry.union("ContactRevealResult", description="The contact, or why it is not shown")
]
IssuedKeyResult = Annotated[
    IssuedKey | Errors, strawberry.union("IssuedKeyResult", description="The key, or what is to be mended")
]
ApiKeyResult = Annotated[
    ApiKey | Errors, strawberry.union("ApiKeyResult", description="The key, or what is to be mended")
]


@strawberry.input(description="A key to issue")
class ApiKeyInput:
    """Key."""

    organisation: strawberry.ID = identifier("Organisation", "Organisation it acts as")
    label: str = strawberry.field(description="What it is for, at most 100 characters")
    scopes: list[str] | None = strawberry.field(
        default=None, description="All that it may do, e.g. need:read; none: a partner's usual ones"
    )
    days: int = strawberry.field(default=365, description="Days until it ends, 1 to 365")


@strawberry.type
class KeyMutation:
    """Mutations."""

    @strawberry.mutation(
        description="Show the contact of a person, household or organisation in clear, for a stated purpose;"
        " needs permission person.contact:read",
        extensions=[Requires(Object.PERSON_CONTACT, Action.READ), ReadAnew()],
    )
    async def contact_reveal(
        self,
        info: Info,
        id: strawberry.ID,
        purpose: str,
    ) -> ContactRevealResult:
        """Reveal."""
        kind = id.partition(":")[0]
        if kind not in OWNERS:
            raise NotFound(path=("id",))
        key = row_id(id, kind, ("id",))
        clear = await contact_commands.reveal_contact(info.context.viewer, OWNERS[kind], key, purpose)
        return ContactReveal(name=clear.name, phone=clear.phone, address=clear.address)

    @strawberry.mutation(
        description="Issue a key to an organisation; needs permission apiKey:issue",
        extensions=[Requires(Object.API_KEY, Action.ISSUE)],
    )
    async def api_key_issue(self, info: Info, input: ApiKeyInput) -> IssuedKeyResult:
        """Issue."""
        organisation = row_id(input.organisation, "Organisation", ("organisation",))
        if not 1 <= input.days <= LONGEST_DAYS:
            raise InvalidInput(f"须在 1 到 {LONGEST_DAYS} 天之间", f"Must be 1 to {LONGEST_DAYS} days", ("days",))
        issued = await key_commands.issue_key(
            info.context.viewer, organisation, input.label, scopes=input.scopes, valid=timedelta(days=input.days)
        )
        return IssuedKey(token=issued.token, key_id=issued.key_id, expires_at=issued.expires_at)

    @strawberry.mutation(
        description="Revoke a key at once; needs permission apiKey:revoke",
        extensions=[Requires(Object.API_KEY, Action.REVOKE)],
    )
    async def api_key_revoke(self, info: Info, id: strawberry.ID) -> ApiKeyResult:
        """Revoke."""
        key = row_id(id, "ApiKey", ("id",))
        return await changed(info, "ApiKey", await key_commands.revoke_key(info.context.viewer, key))
