"""What a webhook may ask for: an address that may be called, known kinds of event, a place no finer than an estate."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.commands.item_place import INNER
from api.commands.rows import Rows
from api.errors import InvalidInput
from api.models import Place
from api.plan.registry import all_sources
from api.plan.viewer import Viewer
from api.webhooks.guard import AddressRefused, Guard

Columns = dict[str, Any]
MOST_KINDS: Final = 50
RESOLVE_SECONDS: Final = 5.0
_KIND: Final = re.compile(r"([a-z][A-Za-z]{0,29}(?:_[a-z]{1,20})*)\.(?:\*|[a-z][A-Za-z_]{0,29})", re.ASCII)


async def checked_columns(viewer: Viewer, values: Mapping[str, Any]) -> Columns:
    """Return the columns of what was given (url, kinds, place).

    It may ask the domain name system, so it is called before a transaction is open.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
    """
    columns: Columns = {}
    if "kinds" in values:
        columns["kinds"] = _kinds(values["kinds"])
    if "place" in values:
        columns |= await _place(viewer, values["place"])
    if "url" in values:
        columns["url"] = await _url(viewer, values["url"] or "")
    return columns


async def _url(viewer: Viewer, text: str) -> str:
    guard = Guard(viewer.runtime.settings.webhook_allow_private)
    try:
        url = guard.url(text.strip())
        async with asyncio.timeout(RESOLVE_SECONDS):
            await guard.addresses(url)
    except AddressRefused as refused:
        raise InvalidInput(refused.zh, refused.en, ("url",)) from None
    except TimeoutError:
        raise InvalidInput("找不到这个主机", "The host has no address", ("url",)) from None
    return str(url)


def _kinds(given: Sequence[str] | None) -> list[str] | None:
    if given is None:
        return None
    if not given or len(given) > MOST_KINDS:
        raise InvalidInput(
            f"须为 1 到 {MOST_KINDS} 种;不填为全部", f"Must be 1 to {MOST_KINDS}; none given: all kinds", ("kinds",)
        )
    known = {_bare(name) for name in all_sources()}
    for index, kind in enumerate(given):
        form = _KIND.fullmatch(kind)
        if form is None or _bare(form[1]) not in known:
            raise InvalidInput(
                "没有这种事件,写法如 need.submit 或 need.*",
                "Unknown kind of event; e.g. need.submit or need.*",
                ("kinds", str(index)),
            )
    return list(dict.fromkeys(given))


def _bare(name: str) -> str:
    # Kinds are written service_item.pause and ruleVersion.publish, types ServiceItem and RuleVersion.
    return name.replace("_", "").lower()


async def _place(viewer: Viewer, identifier: int | None) -> Columns:
    if identifier is None:
        return {"place_id": None, "within": None}
    place = await Rows().visible(viewer, Place, identifier, ("place",))
    if place.kind in INNER:
        # Which building a need lies in is not for everybody, and must not be found out by asking for it.
        raise InvalidInput("地点不能细于小区", "No finer place than an estate", ("place",))
    return {"place_id": place.id, "within": place.path}
