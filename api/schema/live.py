"""Subscriptions: needs that open, matches that are suggested, claims and service items that change."""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import strawberry

from api.context import Info
from api.live.following import Followed, follow
from api.plan.answering import Answer
from api.plan.ready import Ready
from api.plan.selection import Selected, selected
from api.plan.viewer import Viewer
from api.queries import claim as claims
from api.queries import items
from api.queries import match as matches
from api.queries.filters import ItemFilter
from api.queries.items import ItemOrder
from api.queries.match import MatchOrder
from api.schema.claim import Claim
from api.schema.claim_root import ClaimFilter
from api.schema.filters import item_filter
from api.schema.inputs import given
from api.schema.match import Match, MatchFilter
from api.schema.need import Need, NeedFilter
from api.schema.service_item import ServiceItem
from api.schema.service_item_inputs import ServiceItemFilter
from api.state_machines.match import MatchStatus
from api.state_machines.need import MATCHABLE

# A need entered for somebody is shown only once their consent was made sure of.
OPENED: Final = frozenset({"need.submit", "need.requested", "need.confirm"})
SUGGESTED: Final = frozenset({"match.suggest"})
Pages = Callable[[Viewer, Selected, list[int], dict[str, Any]], Awaitable[Answer]]

MOST_SELECTIONS: Final = 500
_connections: dict[int, Selected] = {}


@strawberry.type(description="What can be followed; everybody gets what they may see at that moment, from now on")
class Subscription:
    """Root fields; each subscriber gets what it may see at that moment, and nothing of what it missed."""

    @strawberry.subscription(
        description="Needs, as they are submitted, opened again or confirmed; with the filter of `needs`"
    )
    async def need_opened(self, info: Info, filter: NeedFilter | None = None) -> AsyncIterator[Need]:
        """Follow needs."""

        async def pages(viewer: Viewer, selection: Selected, only: list[int], paging: dict[str, Any]) -> Answer:
            asked = await _item_filter(viewer, filter, only)
            if asked.status is None:
                asked = dataclasses.replace(asked, status=tuple(MATCHABLE))
            return await items.page(viewer, "Need", selection, asked, ItemOrder.OLDEST, paging)

        async for row in _rows(info, "Need", pages, OPENED):
            yield row

    @strawberry.subscription(description="Matches, as they are suggested; with the filter of `matches`")
    async def match_suggested(self, info: Info, filter: MatchFilter | None = None) -> AsyncIterator[Match]:
        """Follow matches."""
        asked = {"status": [MatchStatus.SUGGESTED]} | (given(filter, ("filter",)) if filter else {})

        def pages(viewer: Viewer, selection: Selected, only: list[int], paging: dict[str, Any]) -> Awaitable[Answer]:
            return matches.matches(viewer, selection, asked | {"only": only}, MatchOrder.BEST, paging)

        async for row in _rows(info, "Match", pages, SUGGESTED):
            yield row

    @strawberry.subscription(description="Claims, whenever anything of them changes; with the filter of `claims`")
    async def claim_changed(self, info: Info, filter: ClaimFilter | None = None) -> AsyncIterator[Claim]:
        """Follow claims."""
        asked = given(filter, ("filter",)) if filter else {}

        def pages(viewer: Viewer, selection: Selected, only: list[int], paging: dict[str, Any]) -> Awaitable[Answer]:
            return claims.claims(viewer, selection, asked | {"only": only}, ItemOrder.OLDEST, paging)

        async for row in _rows(info, "Claim", pages):
            yield row

    @strawberry.subscription(
        description="Service items, whenever anything of them changes; with the filter of `serviceItems`"
    )
    async def service_item_changed(
        self, info: Info, filter: ServiceItemFilter | None = None
    ) -> AsyncIterator[ServiceItem]:
        """Follow service items."""

        async def pages(viewer: Viewer, selection: Selected, only: list[int], paging: dict[str, Any]) -> Answer:
            asked = await _item_filter(viewer, filter, only)
            return await items.page(viewer, "ServiceItem", selection, asked, ItemOrder.OLDEST, paging)

        async for row in _rows(info, "ServiceItem", pages):
            yield row


async def _item_filter(viewer: Viewer, asked: Any, only: list[int]) -> ItemFilter:
    # What it names is looked up each time: a place may be gone by then, and a promise kept.
    found = await item_filter(viewer, asked) if asked is not None else ItemFilter()
    return dataclasses.replace(found, only=tuple(only))


def _rows(info: Info, name: str, pages: Pages, kinds: frozenset[str] | None = None) -> AsyncIterator[Any]:
    """Return the rows that pass the filter, as the root field of the same type would read them.

    What is read hangs on the question, the viewer and the objects alone, not on who began to follow and when.
    """
    selection = _connection(selected(info._raw_info))

    async def read(viewer: Viewer, only: list[int]) -> list[Any]:
        answer = await pages(viewer, selection, only, {"first": 100})
        return [Ready(node) for node in answer.value["nodes"]] if isinstance(answer, Ready) else list(answer.rows)

    key = str(info.path.key)
    return follow(info.context, Followed(name, key, read, lambda found: kinds is None or bool(found & kinds)))


def _connection(of_node: Selected) -> Selected:
    """Return the selection of the root field, which is a connection of such rows; the same for the same selection.

    What was compiled is known by the selection's address.
    """
    known = _connections.get(id(of_node))
    if known is None or known.children[0].children is not of_node.children:
        if len(_connections) >= MOST_SELECTIONS:
            _connections.clear()
        nodes = dataclasses.replace(of_node, name="nodes", key="nodes")
        known = _connections[id(of_node)] = dataclasses.replace(of_node, children=[nodes])
    return known
