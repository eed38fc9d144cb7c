"""Mutations of webhooks."""

from datetime import timedelta
from typing import Annotated

import strawberry

from api.commands import webhook as commands
from api.commands import webhook_delivery as deliveries
from api.context import Info
from api.errors import InvalidInput
from api.permissions import Requires
from api.plan.reader import read_by_ids
from api.plan.selection import selected
from api.schema import errors
from api.schema.inputs import given, identifier, row_id
from api.schema.payload import changed
from api.schema.webhook import Webhook, WebhookDelivery
from auth.permissions import Action, Object

UNSET = strawberry.UNSET
USUAL_HOURS = commands.USUAL_OVERLAP // timedelta(hours=1)
LONGEST_HOURS = commands.LONGEST_OVERLAP // timedelta(hours=1)
Errors = errors.NotFoundError | errors.ForbiddenError | errors.InvalidInputError | errors.InvalidTransitionError


@strawberry.type(description="A webhook's new secret, shown this once")
class IssuedWebhookSecret:
    """Issued secret."""

    row_key: strawberry.Private[int]
    secret: str = strawberry.field(description="Secret for verifying signatures (whsec_…), shown this once")

    @strawberry.field(description="Webhook that it belongs to; null for whoever may not see it")
    async def webhook(self, info: Info) -> Webhook | None:
        """Return the webhook."""
        rows = await read_by_ids(info.context.viewer, "Webhook", [self.row_key], selected(info._raw_info))
        return rows.get(self.row_key)  # type: ignore[return-value]  # a row is what the type's fields read


@strawberry.input(description="A webhook to register")
class WebhookInput:
    """Webhook."""

    organisation: strawberry.ID = identifier("Organisation", "Organisation whose server it is")
    url: str = strawberry.field(description="https address, port 443 or 1024 and above, at most 1,000 characters")
    kinds: list[str] | None = strawberry.field(
        default=None, description="Kinds of event, e.g. need.submit or need.*, at most 50; none: all of them"
    )
    place: strawberry.ID | None = identifier(
        "Place", "Only events at this place and below, no finer than an estate; none: everywhere", default=None
    )


@strawberry.input(description="Fields of a webhook to change; what is not given stays")
class WebhookChanges:
    """Changes."""

    url: str | None = strawberry.field(default=UNSET, description="https address")
    kinds: list[str] | None = strawberry.field(default=UNSET, description="All kinds of event anew; null: all")
    place: strawberry.ID | None = identifier("Place", "Place, or null for everywhere", default=UNSET)


WebhookResult = Annotated[
    Webhook | Errors | errors.StaleVersionError,
    strawberry.union("WebhookResult", description="The webhook, or what is to be mended"),
]
WebhookSecretResult = Annotated[
    IssuedWebhookSecret | Errors,
    strawberry.union("WebhookSecretResult", description="The secret, or what is to be mended"),
]
WebhookDeliveryResult = Annotated[
    WebhookDelivery | Errors,
    strawberry.union("WebhookDeliveryResult", description="The delivery, or what is to be mended"),
]


@strawberry.type
class WebhookMutation:
    """Mutations."""

    @strawberry.mutation(
        description="Register a webhook of an organisation and show its secret, once; needs permission webhook:create",
        extensions=[Requires(Object.WEBHOOK, Action.CREATE)],
    )
    async def webhook_register(self, info: Info, input: WebhookInput) -> WebhookSecretResult:
        """Register."""
        issued = await commands.register_webhook(info.context.viewer, given(input))
        return IssuedWebhookSecret(row_key=issued.id, secret=issued.secret)

    @strawberry.mutation(
        description="Change address, kinds or place of a webhook; needs permission webhook:update",
        extensions=[Requires(Object.WEBHOOK, Action.UPDATE)],
    )
    async def webhook_update(
        self, info: Info, id: strawberry.ID, changes: WebhookChanges, expected_version: int
    ) -> WebhookResult:
        """Update."""
        key = row_id(id, "Webhook", ("id",))
        done = await commands.update_webhook(info.context.viewer, key, given(changes), expected_version)
        return await changed(info, "Webhook", done)

    @strawberry.mutation(
        description=f"Make a new secret and show it, once; the present one signs beside it for {USUAL_HOURS} hours,"
        f" or `keepFormerHours` (0 to {LONGEST_HOURS}); needs permission webhook:issue",
        extensions=[Requires(Object.WEBHOOK, Action.ISSUE)],
    )
    async def webhook_secret_rotate(
        self, info: Info, id: strawberry.ID, keep_former_hours: int = USUAL_HOURS
    ) -> WebhookSecretResult:
        """Rotate."""
        if not 0 <= keep_former_hours <= LONGEST_HOURS:
            raise InvalidInput(
                f"须在 0 到 {LONGEST_HOURS} 小时之间", f"Must be 0 to {LONGEST_HOURS} hours", ("keepFormerHours",)
            )
        key = row_id(id, "Webhook", ("id",))
        issued = await commands.rotate_secret(info.context.viewer, key, timedelta(hours=keep_former_hours))
        return IssuedWebhookSecret(row_key=issued.id, secret=issued.secret)

    @strawberry.mutation(
        description="Send events to a disabled webhook again, those that waited first; needs permission webhook:update",
        extensions=[Requires(Object.WEBHOOK, Action.UPDATE)],
    )
    async def webhook_enable(self, info: Info, id: strawberry.ID) -> WebhookResult:
        """Enable."""
        key = row_id(id, "Webhook", ("id",))
        return await changed(info, "Webhook", await commands.enable_webhook(info.context.viewer, key))

    @strawberry.mutation(
        description="Send nothing to a webhook until it is enabled again; needs permission webhook:update",
        extensions=[Requires(Object.WEBHOOK, Action.UPDATE)],
    )
    async def webhook_disable(self, info: Info, id: strawberry.ID) -> WebhookResult:
        """Disable."""
        key = row_id(id, "Webhook", ("id",))
        return await changed(info, "Webhook", await commands.disable_webhook(info.context.viewer, key))

    @strawberry.mutation(
        description="Take a webhook off for good; needs permission webhook:withdraw",
        extensions=[Requires(Object.WEBHOOK, Action.WITHDRAW)],
    )
    async def webhook_remove(self, info: Info, id: strawberry.ID) -> WebhookResult:
        """Remove."""
        key = row_id(id, "Webhook", ("id",))
        return await changed(info, "Webhook", await commands.retire_webhook(info.context.viewer, key))

    @strawberry.mutation(
        description="Send an event of the log once more, under the same id; needs permission webhook:run",
        extensions=[Requires(Object.WEBHOOK, Action.RUN)],
    )
    async def webhook_delivery_resend(self, info: Info, id: strawberry.ID) -> WebhookDeliveryResult:
        """Resend."""
        key = row_id(id, "WebhookDelivery", ("id",))
        return await changed(info, "WebhookDelivery", await deliveries.resend_delivery(info.context.viewer, key))

    @strawberry.mutation(
        description="Send an event webhook.test to a webhook; needs permission webhook:run",
        extensions=[Requires(Object.WEBHOOK, Action.RUN)],
    )
    async def webhook_test(self, info: Info, id: strawberry.ID) -> WebhookDeliveryResult:
        """Test."""
        key = row_id(id, "Webhook", ("id",))
        return await changed(info, "WebhookDelivery", await deliveries.send_test(info.context.viewer, key))
