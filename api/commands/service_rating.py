"""Rating service items, and hiding what should not have been written."""

import re
import unicodedata
from typing import Final

from api import clock, sealing
from api.commands import inputs
from api.commands.permission import require, scope_of
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, Unauthenticated
from api.identifiers import new_id
from api.models import ServiceItem, ServiceRating
from api.plan.viewer import Viewer
from api.state_machines.service_item import ServiceItemStatus
from auth.permissions import Action, Object, Permission
from auth.principal import Principal
from auth.relations import RowScope

BEST: Final = 5
READ: Final = Permission(Object.SERVICE_ITEM, Action.READ)
# A mobile or landline number, an identity number, written with blanks or hyphens perhaps.
_DATE: Final = re.compile(r"\b(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}\b")
_NUMBER: Final = re.compile(r"\d(?:[ -]?\d){6,}")


async def rate_service_item(viewer: Viewer, identifier: int, score: int, text: str | None) -> int:
    """Rate a service item for one's household, or oneself; again in the same month replaces it.

    Raises:
        InvalidInput: no score from 1 to 5, a text with somebody's number, or an item that has ended.
        NotFound, Unauthenticated, Forbidden: also for the own organisation's items.
    """
    if not 1 <= score <= BEST:
        raise InvalidInput(f"评分须为 1 到 {BEST}", f"Must be from 1 to {BEST}", ("score",))
    cleaned = inputs.text(text, ("text",), 500)
    if cleaned is not None and _NUMBER.search(_DATE.sub("", unicodedata.normalize("NFKC", cleaned))):
        raise InvalidInput("评价里请不要写电话、证件号", "Leave out telephone and identity numbers", ("text",))
    async with unit_of_work(viewer) as work:
        service = await _visible(viewer, identifier)
        principal = viewer.principal
        scope = RowScope(path=service.path, owner_person_id=principal.person_id)
        rule = require(viewer, Object.SERVICE_RATING, Action.CREATE, scope, visible=True)
        _refuse_own(principal, service, "评价", "rate")
        if service.status is ServiceItemStatus.RETIRED:
            raise InvalidInput("已停办的服务事项不能再评", "It has ended", ("id",))
        month = f"{clock.today():%Y-%m}"
        row = await ServiceRating.get_or_none(service_item_id=service.id, rater=_rater(principal), month=month)
        former = None if row is None else row.score
        if row is None:
            row = ServiceRating(
                id=new_id(), service_item_id=service.id, rater=_rater(principal), month=month, score=score, text=cleaned
            )
            await row.save(force_create=True)
        else:
            row.score, row.text, row.version, row.updated_at = score, cleaned, row.version + 1, clock.now()
            await row.save(update_fields=["score", "text", "version", "updated_at"])
        action = "service_rating.create" if former is None else "service_rating.update"
        work.record(Done(action, "ServiceRating", row.id, service.path, {"score": [former, score]}, rule))
        work.changed_along("service_item.rate", "ServiceItem", service.id, service.path)
    return int(row.id)


async def hide_rating(viewer: Viewer, identifier: int, reason: str) -> int:
    """Hide the text of a rating, with a reason; its score goes on counting.

    Raises:
        InvalidTransition: it is hidden already.
        InvalidInput: the reason is missing.
        NotFound, Unauthenticated, Forbidden: also for the own organisation's items.
    """
    why = inputs.text(reason, ("reason",), 500, required=True)
    return await _set_hidden(viewer, identifier, Action.WITHDRAW, why)


async def restore_rating(viewer: Viewer, identifier: int) -> int:
    """Show the text of a hidden rating again. Raise as `hide_rating`; InvalidTransition: it is not hidden."""
    return await _set_hidden(viewer, identifier, Action.RESTORE, None)


async def _set_hidden(viewer: Viewer, identifier: int, action: Action, why: str | None) -> int:
    async with unit_of_work(viewer) as work:
        row = await ServiceRating.get_or_none(id=identifier)
        if row is None:
            raise NotFound(path=("id",))
        service = await _visible(viewer, int(row.service_item_id))
        rule = require(viewer, Object.SERVICE_RATING, action, RowScope(path=service.path), visible=True)
        _refuse_own(viewer.principal, service, "隐藏或恢复评价", "hide ratings of")
        hide = action is Action.WITHDRAW
        written = await ServiceRating.filter(id=row.id, hidden_at__isnull=hide).update(
            hidden_at=clock.now() if hide else None, hidden_reason=why, version=row.version + 1, updated_at=clock.now()
        )
        if not written:
            said = ("已经隐藏了", "It is hidden already") if hide else ("没有隐藏", "It is not hidden")
            raise InvalidTransition(*said, ("id",), ("restore",) if hide else ("hide",))
        verb = "hide" if hide else "restore"
        work.record(
            Done(f"service_rating.{verb}", "ServiceRating", row.id, service.path, {"reason": [None, why]}, rule)
        )
        work.changed_along("service_item.rate", "ServiceItem", service.id, service.path)
    return int(row.id)


async def _visible(viewer: Viewer, identifier: int) -> ServiceItem:
    service = await ServiceItem.get_or_none(id=identifier)
    if service is None or not viewer.may(READ, scope_of(service)):
        raise NotFound(path=("id",))
    return service


def _refuse_own(principal: Principal, service: ServiceItem, zh: str, en: str) -> None:
    if service.organisation_id in principal.organisation_ids:
        raise Forbidden(f"不能{zh}自己单位的服务事项", f"You cannot {en} your own organisation's service items")


def _rater(principal: Principal) -> str:
    household = min(principal.household_ids, default=None)
    if household is None and principal.person_id is None:
        raise Unauthenticated("请先登录", "Sign in first")
    mine = f"person:{principal.person_id}" if household is None else f"household:{household}"
    return sealing.lookup_hash("service_rating", mine)
