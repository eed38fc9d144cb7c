"""Webhooks of organisations: register, change, enable, disable, retire; secrets shown once and rotated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from api import clock
from api.commands.editing import refuse_stale, save
from api.commands.field_names import differences
from api.commands.membership import may_grant
from api.commands.permission import require, scope_of
from api.commands.standing import organisation_principal
from api.commands.unit_of_work import Done, unit_of_work
from api.commands.webhook_inputs import checked_columns
from api.errors import Forbidden, InvalidInput, LimitExceeded, NotFound
from api.identifiers import new_id
from api.models import Organisation, WebhookDelivery, WebhookEndpoint
from api.models.choices import OrganisationStatus
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from api.state_machines.webhook import TRANSITIONS, WAITING, DisabledReason, WebhookStatus
from api.webhooks.signing import new_secret
from auth.permissions import Action, Object

MOST: Final = 10
USUAL_OVERLAP: Final = timedelta(hours=24)
LONGEST_OVERLAP: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A secret just made; it is shown this once."""

    id: int
    secret: str = field(repr=False)


async def register_webhook(viewer: Viewer, values: Mapping[str, Any]) -> IssuedSecret:
    """Register an address of an organisation's server; events are sent to it from now on.

    Values: organisation, url, kinds (None: all), place (None: everywhere).

    Raises:
        InvalidInput: the URL may not be called, a kind or place cannot be asked for, the organisation is suspended.
        LimitExceeded: the organisation has 10 already.
        Forbidden: also when the organisation holds a role that the viewer's office could not give.
        NotFound.
    """
    await _allowed(viewer, values["organisation"], Action.CREATE)
    columns = await checked_columns(viewer, values)
    async with unit_of_work(viewer) as work:
        organisation, rule = await _allowed(viewer, values["organisation"], Action.CREATE)
        if organisation.status is not OrganisationStatus.ACTIVE:
            raise InvalidInput("该单位已停用", "The organisation is suspended", ("organisation",))
        live = WebhookEndpoint.filter(organisation_id=organisation.id).exclude(status=WebhookStatus.RETIRED)
        if await live.count() >= MOST:
            raise LimitExceeded(f"一个单位最多 {MOST} 个", f"At most {MOST} for an organisation", ("organisation",))
        secret = new_secret()
        row = WebhookEndpoint(
            id=new_id(), organisation_id=organisation.id, secret=secret, secret_created_at=clock.now(), **columns
        )
        await row.save(force_create=True)
        work.record(_done("register", row, organisation, _shown(columns), rule))
    return IssuedSecret(row.id, secret)


async def update_webhook(viewer: Viewer, identifier: int, changes: Mapping[str, Any], expected: int) -> int:
    """Change address, kinds or place; what was not sent yet goes to the new address.

    Raises:
        StaleVersion, InvalidInput, InvalidTransition: it is retired.
        NotFound, Forbidden.
    """
    await load_webhook(viewer, identifier, Action.UPDATE)
    columns = await checked_columns(viewer, changes)
    async with unit_of_work(viewer) as work:
        row, organisation, rule = await load_webhook(viewer, identifier, Action.UPDATE)
        await _refuse_excess(viewer, organisation)
        refuse_stale(row.version, expected, differences(row, columns))
        refuse_retired(row)
        changed = await save(row, columns)
        work.record(_done("update", row, organisation, changed, rule))
    return identifier


async def rotate_secret(viewer: Viewer, identifier: int, overlap: timedelta = USUAL_OVERLAP) -> IssuedSecret:
    """Make a new secret; the present one signs beside it until the overlap ends, an earlier one no longer.

    Raises:
        InvalidInput: the overlap is not between nothing and 7 days.
        InvalidTransition, NotFound, Forbidden.
    """
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        longest = LONGEST_OVERLAP // timedelta(hours=1)
        raise InvalidInput(f"须在 0 到 {longest} 小时之间", f"Must be 0 to {longest} hours", ("keepFormerHours",))
    async with unit_of_work(viewer) as work:
        row, organisation, rule = await load_webhook(viewer, identifier, Action.ISSUE)
        await _refuse_excess(viewer, organisation)
        refuse_retired(row)
        secret, moment = new_secret(), clock.now()
        kept = overlap > timedelta()
        await save(
            row,
            {
                "secret": secret,
                "secret_created_at": moment,
                "former_secret": row.secret if kept else None,
                "former_secret_expires_at": moment + overlap if kept else None,
            },
        )
        work.record(_done("rotate", row, organisation, {}, rule))
    return IssuedSecret(identifier, secret)


async def enable_webhook(viewer: Viewer, identifier: int) -> int:
    """Send events again, first those that were waiting. Raise as `update_webhook`."""
    moment = clock.now()
    columns = {"disabled_reason": None, "disabled_at": None, "failing_since": None}
    await _move(viewer, identifier, WebhookStatus.ENABLED, Action.UPDATE, columns, due=moment)
    return identifier


async def disable_webhook(viewer: Viewer, identifier: int, reason: DisabledReason = DisabledReason.BY_HAND) -> int:
    """Send nothing until it is enabled; what waits goes on waiting. Raise as `update_webhook`."""
    columns = {"disabled_reason": reason, "disabled_at": clock.now()}
    await _move(viewer, identifier, WebhookStatus.DISABLED, Action.UPDATE, columns, due=None)
    return identifier


async def retire_webhook(viewer: Viewer, identifier: int) -> int:
    """Take a webhook off for good and forget its secrets; its log stays until it is pruned.

    Raises:
        InvalidTransition: it is retired already.
        NotFound, Forbidden.
    """
    columns = {"secret": None, "former_secret": None, "former_secret_expires_at": None}
    await _move(viewer, identifier, WebhookStatus.RETIRED, Action.WITHDRAW, columns, due=None)
    return identifier


async def load_webhook(
    viewer: Viewer, identifier: int, action: Action
) -> tuple[WebhookEndpoint, Organisation, str | None]:
    """Return a webhook, its organisation and the policy rule that allows the action.

    Raises:
        NotFound, Forbidden.
    """
    row = await WebhookEndpoint.get_or_none(id=identifier).select_related("organisation")
    if row is None:
        raise NotFound(path=("id",))
    return row, row.organisation, require(viewer, Object.WEBHOOK, action, scope_of(row.organisation))


def refuse_retired(row: WebhookEndpoint) -> None:
    """Raise InvalidTransition when the webhook was taken off for good."""
    if row.status is WebhookStatus.RETIRED:
        check_move(TRANSITIONS, row.status, WebhookStatus.ENABLED, "回调")


async def _allowed(viewer: Viewer, organisation_id: int, action: Action) -> tuple[Organisation, str | None]:
    organisation = await Organisation.get_or_none(id=organisation_id)
    if organisation is None:
        raise NotFound(path=("organisation",))
    rule = require(viewer, Object.WEBHOOK, action, scope_of(organisation), visible=True)
    await _refuse_excess(viewer, organisation)
    return organisation, rule


async def _refuse_excess(viewer: Viewer, organisation: Organisation) -> None:
    # As with keys: what is told follows all roles of the organisation, which may lie above the viewer's own place.
    if organisation.id in viewer.principal.organisation_ids:
        return
    principal = await organisation_principal(organisation, frozenset())
    for held in principal.held:
        if not may_grant(viewer, held.role, held.scope):
            raise Forbidden(
                f"该单位还有您的职务不能授予的角色 {held.role},请由上级或该单位登记",
                f"The organisation holds a role that your office does not give: {held.role}",
                ("organisation",),
            )


async def _move(
    viewer: Viewer, identifier: int, to: WebhookStatus, action: Action, columns: dict[str, Any], *, due: Any
) -> None:
    async with unit_of_work(viewer) as work:
        row, organisation, rule = await load_webhook(viewer, identifier, action)
        check_move(TRANSITIONS, row.status, to, "回调")
        changed = await save(row, columns | {"status": to})
        # Only what is due is looked for, every few seconds: what must wait for people is not due.
        await WebhookDelivery.filter(endpoint_id=row.id, status__in=list(WAITING)).update(next_attempt_at=due)
        verb = {S.ENABLED: "enable", S.DISABLED: "disable", S.RETIRED: "retire"}[to]
        work.record(_done(verb, row, organisation, _shown(changed), rule))


S = WebhookStatus
SECRET: Final = ("secret", "former_secret", "formerSecret")


def _shown(change: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name not in SECRET}


def _done(verb: str, row: Any, organisation: Organisation, change: dict[str, Any], rule: str | None) -> Done:
    return Done(f"webhook.{verb}", "Webhook", row.id, organisation.path, change, rule)


__all__ = [
    "IssuedSecret",
    "disable_webhook",
    "enable_webhook",
    "load_webhook",
    "refuse_retired",
    "register_webhook",
    "retire_webhook",
    "rotate_secret",
    "update_webhook",
]
