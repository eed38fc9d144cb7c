"""What the reason of a match tells, and whom."""

from typing import Any

from api.plan.reasons import CONDITION, known_conditions
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.factories import Town

FIELDS = ("demand.category", "demand.estimatedCost", "pair.metres", "pair.sameBuilding")


def told(viewer: Viewer, town: Town, *, need: int | None) -> list[str]:
    conditions = [dict.fromkeys((*CONDITION, "zh", "en")) | {"field": field} for field in FIELDS]
    reason: dict[str, Any] = {"need": need, "path": town.path("A1b"), "conditions": conditions}
    return [condition["field"] for condition in known_conditions(viewer, reason)]


async def test_a_stranger_learns_neither_estimates_nor_in_which_building_a_need_or_an_offer_is(town: Town) -> None:
    for viewer in (town.anonymous(), town.viewer(Role.GRID_WORKER, "B"), town.viewer(Role.RESIDENT)):
        assert told(viewer, town, need=1) == ["demand.category", "pair.metres"]
        # A project tells of itself where it stands and what it costs, but not where its neighbour's offer does.
        assert told(viewer, town, need=None) == ["demand.category", "demand.estimatedCost", "pair.metres"]


async def test_who_may_know_both_exact_places_learns_the_whole_reason(town: Town) -> None:
    for role in (Role.GRID_WORKER, Role.COMMITTEE_STAFF, Role.AUDITOR):
        for need in (1, None):
            assert told(town.viewer(role), town, need=need) == list(FIELDS)


async def test_who_may_know_where_needs_are_but_not_where_offers_are_learns_nothing_of_the_pair(town: Town) -> None:
    head = town.viewer(Role.BUILDING_HEAD, "A1b")
    assert told(head, town, need=1) == ["demand.category", "demand.estimatedCost", "pair.metres"]
