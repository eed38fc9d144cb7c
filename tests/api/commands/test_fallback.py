"""托底: who steps in where an estate has no property firm, and what follows for a question of what is served."""

from typing import Any

import pytest

from api.commands.fallback import set_fallback
from api.commands.service_item import create_service_item
from api.errors import Forbidden, InvalidInput, NotFound, StaleVersion, Unauthenticated
from api.models import FallbackProvider, Organisation, Place
from api.queries.fallback import fallback_of, fallbacks_of
from auth.roles import Role
from tests.api.commands.records import actions
from tests.api.reading import answer, counted
from tests.factories import Town

PLACE = """query ($code: String!) { place(code: $code) { fallbackProvider {
    place { code } organisation { nameZh } categories version } } }"""
SERVES = """query ($serves: String!, $class: [PriceClass!], $home: Boolean) {
    serviceItems(filter: {serves: $serves, priceClass: $class, atHome: $home}, first: 20) {
    totalCount nodes { title } } }"""


async def officer_and_firm(town: Town) -> tuple[Any, int]:
    """Return the sub-district's officer and a firm seated in B; estate A2 has no property firm, A1 has one."""
    await Place.filter(code="A2").update(has_property_firm=False)
    await Place.filter(code="A1").update(has_property_firm=True)
    return town.viewer(Role.SUBDISTRICT_OFFICER, "S"), await town.organisation("B", "ENTERPRISE")


async def shown(code: str) -> Any:
    return (await answer(PLACE, code=code))["place"]["fallbackProvider"]


async def served(place: str, **more: Any) -> set[str]:
    found = (await answer(SERVES, serves=place, **more))["serviceItems"]
    assert found["totalCount"] == len(found["nodes"])
    return {node["title"] for node in found["nodes"]}


async def test_nobody_but_those_in_charge_of_the_place_names_anybody(town: Town) -> None:
    officer, firm = await officer_and_firm(town)
    own = town.viewer(Role.UNIT_REPRESENTATIVE, "B", organisation=firm)
    for viewer, error in (
        (town.anonymous(), Unauthenticated), (own, Forbidden), (town.viewer(Role.RESIDENT), Forbidden),
        (town.viewer(Role.COMMITTEE_STAFF, "A"), Forbidden), (town.administrator("B"), Forbidden),
        (town.viewer(Role.AUDITOR, "D"), Forbidden), (town.administrator("A"), Forbidden),
    ):  # fmt: skip
        place = "S" if viewer.principal == town.administrator("A").principal else "A"
        with pytest.raises(error):
            await set_fallback(viewer, town.id(place), firm, [], None)
    for place_id, organisation in ((1, firm), (town.id("S"), 1)):
        with pytest.raises(NotFound):
            await set_fallback(officer, place_id, organisation, [], None)
    await Organisation.filter(id=firm).update(status="SUSPENDED")
    with pytest.raises(InvalidInput):
        await set_fallback(officer, town.id("S"), firm, [], None)
    assert not await FallbackProvider.exists()
    assert await actions() == []


async def test_unknown_categories_and_a_colleague_s_change_are_refused(town: Town) -> None:
    officer, firm = await officer_and_firm(town)
    with pytest.raises(InvalidInput) as refused:
        await set_fallback(officer, town.id("S"), firm, ["life", "nothing"], None)
    assert refused.value.path == ("categories", "1")
    await set_fallback(officer, town.id("S"), firm, ["life"], None)
    other = await town.organisation("B")
    for expected in (None, 2):
        with pytest.raises(StaleVersion) as stale:
            await set_fallback(officer, town.id("S"), other, [], expected)
        (conflict,) = stale.value.conflicts
        assert (conflict.current, conflict.sent) == (f"Organisation:{firm}", f"Organisation:{other}")
    await set_fallback(officer, town.id("S"), other, [], 1)
    assert (await FallbackProvider.get()).version == 2


async def test_the_nearest_that_says_something_decides(town: Town) -> None:
    officer, firm = await officer_and_firm(town)
    other = await town.organisation("A", "ENTERPRISE")
    await set_fallback(officer, town.id("S"), firm, ["life.repair"], None)
    assert await shown("A2") == {
        "place": {"code": "S"}, "organisation": {"nameZh": "ENTERPRISE@B"}, "categories": ["life.repair"], "version": 1
    }  # fmt: skip
    # A1 has a firm; of B1 nobody knows whether it has one.
    assert [await shown(code) for code in ("A1", "B1", "S")] == [None, None, None]
    await set_fallback(town.administrator("A"), town.id("A"), other, [], None)
    assert (await shown("A2"))["place"]["code"] == "A"
    await Place.filter(code="B").update(has_property_firm=False)
    with counted() as statements:
        found = await fallbacks_of([town.path(code) for code in ("A1", "A1b", "A2", "B", "B1")])
    assert {path: each.organisation_id for path, each in found.items()} == {
        town.path("A2"): other, town.path("B"): firm, town.path("B1"): firm
    }  # fmt: skip
    assert len(statements) == 2
    await set_fallback(town.administrator("A"), town.id("A"), None, [], 1)
    assert (await shown("A2"))["place"]["code"] == "S"
    await Organisation.filter(id=firm).update(status="SUSPENDED")
    assert await fallback_of(town.path("A2")) is None
    assert await fallback_of("") is None


async def test_its_service_items_serve_the_estates_without_a_firm(town: Town) -> None:
    officer, firm = await officer_and_firm(town)
    clerk = town.viewer(Role.UNIT_REPRESENTATIVE, "B", organisation=firm)
    for title, category, home in (("上门修水管", "life.repair", True), ("店里理发", "life.haircut", False)):
        values = {"organisation": firm, "title": title, "category": category, "place": town.id("B"), "at_home": home}
        await create_service_item(clerk, {**values, "price_class": "FREE" if home else "MARKET"})
    assert await served("A2") == set()
    await set_fallback(officer, town.id("S"), firm, ["life.repair"], None)
    assert await served("A2") == {"上门修水管"}
    assert await served("A1") == set()
    assert await served("B1") == {"上门修水管", "店里理发"}
    await set_fallback(officer, town.id("S"), firm, [], 1)
    assert await served("A2") == {"上门修水管", "店里理发"}
    assert await served("A2", **{"class": ["MARKET", "LOW_PRICE"]}) == {"店里理发"}
    assert await served("A2", home=True) == {"上门修水管"}
    assert await served("A2", home=True, **{"class": ["MARKET"]}) == set()
