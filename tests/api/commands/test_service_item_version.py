"""Each version of a service item stays readable, whole: who reached it, when, and what it said."""

import random
from typing import Any

from api import clock
from api.commands import service_item as commands
from api.errors import DomainError
from api.models import ServiceItemVersion, ServicePoint
from api.models.choices import Visibility
from api.plan.viewer import Viewer
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.reading import answer
from tests.factories import Town

SAID = """titleZh titleEn textZh textEn category { code } priceClass price priceUnit standard standardSource
    servicePoint { id } responseMinutes atHome validFrom validTo visibility status"""
OF_RESOURCE = "quantity unit targetGroups point { longitude latitude }"
NOW = f"""query ($id: ID!) {{ node(id: $id) {{ ... on ServiceItem {{ version {SAID}
    resource {{ {OF_RESOURCE} windows {{ startsAt endsAt rrule }} serviceArea {{ place {{ id }} }} }} }} }} }}"""
THEN = f"""query ($id: ID!, $number: Int!) {{ node(id: $id) {{ ... on ServiceItem {{
    atVersion(number: $number) {{ number by at action {SAID} {OF_RESOURCE} windows serviceArea }} }} }} }}"""
LIST = (
    "query ($id: ID!) { node(id: $id) { ... on ServiceItem { versions(first: 50) { totalCount nodes { number } } } } }"
)
VALUES: dict[str, tuple[Any, ...]] = {
    "title": ("急修", "小修", "入户维修"), "title_en": ("Repairs", None), "text": ("随叫随到", None),
    "category": ("life", "life.repair"), "price_class": ("MARKET", "LOW_PRICE", None), "price": (5.0, 0.8, None),
    "price_unit": ("TIME", "度", None), "standard": ("两小时到", None), "standard_source": ("合同", None),
    "response_minutes": (30, 120, None), "at_home": (True, False, None), "quantity": (2.0, None),
    "unit": ("PIECE", None), "target_groups": (["ELDERLY"], []), "visibility": tuple(Visibility),
}  # fmt: skip


async def made(town: Town) -> tuple[Viewer, int, str]:
    firm = await town.organisation("A1", "PROPERTY_FIRM", name_en="Liuan")
    clerk = town.viewer(Role.PROPERTY_MANAGER, "A1", organisation=firm)
    values = {"organisation": firm, "title": "公共部位报修", "category": "life", "place": town.id("A1")}
    key = await commands.create_service_item(clerk, values)
    return clerk, key, f"ServiceItem:{key}"


async def said(principal: Principal, identifier: str) -> tuple[int, dict[str, Any]]:
    """Return the version and what the item says now, in the form of a version."""
    node = (await answer(NOW, principal, id=identifier))["node"]
    version, resource = node.pop("version"), node.pop("resource")
    area = [each["place"]["id"] for each in resource.pop("serviceArea")]
    return version, node | resource | {"serviceArea": area}


async def test_who_may_not_read_the_history_sees_no_version(town: Town) -> None:
    clerk, key, identifier = await made(town)
    version = await ServiceItemVersion.get(service_item_id=key)
    other = await town.organisation("A1", "PROPERTY_FIRM")
    roles = (Role.RESIDENT, Role.PROPERTY_CLERK, Role.EXPERT, Role.SYSTEM_ADMINISTRATOR)
    strangers = [ANONYMOUS, *(town.viewer(role, "A1", organisation=other).principal for role in roles)]
    for stranger in strangers:
        assert (await answer(LIST, stranger, id=identifier))["node"]["versions"] == {"totalCount": 0, "nodes": []}
        assert (await answer(THEN, stranger, id=identifier, number=1))["node"]["atVersion"] is None
        direct = "query ($id: ID!) { node(id: $id) { __typename } }"
        assert (await answer(direct, stranger, id=f"ServiceItemVersion:{version.id}"))["node"] is None
    await commands.update_service_item(clerk, key, {"visibility": Visibility.ADMINISTRATORS}, 1)
    for stranger in strangers:
        assert (await answer(LIST, stranger, id=identifier))["node"] is None


async def test_every_version_says_exactly_what_was_there(town: Town) -> None:
    clerk, key, identifier = await made(town)
    chance = random.Random("versions")
    point = await ServicePoint.create(
        name_zh="柳园服务站", level="COMMUNITY", status="OPEN", place_id=town.id("A"), path=town.path("A")
    )
    kept = {}
    for _ in range(15):
        version, kept_now = await said(clerk.principal, identifier)
        kept[version] = kept_now
        names = chance.sample(sorted(VALUES), chance.randrange(1, 4))
        changes: dict[str, Any] = {name: chance.choice(VALUES[name]) for name in names}
        if chance.random() < 0.5:
            changes["service_area"] = [town.id(code) for code in chance.sample(["A", "A1", "A2", "B1"], 2)]
            start = clock.now()
            end = start.replace(year=start.year + 1)
            changes["windows"] = chance.choice(([], [{"starts_at": start, "ends_at": end, "rrule": None}]))
        if chance.random() < 0.5:
            changes["service_point"] = chance.choice((point.id, None))
        step = chance.choice((commands.pause_service_item, commands.resume_service_item, None, None))
        try:
            if step is None:
                await commands.update_service_item(clerk, key, changes, version)
            else:
                await step(clerk, key, version)
        except DomainError:
            # A price beside FREE, a pause of what rests: refused, and no version.
            continue
    version, kept[version] = await said(clerk.principal, identifier)
    assert len(kept) > 5
    for number, then in kept.items():
        found = (await answer(THEN, clerk.principal, id=identifier, number=number))["node"]["atVersion"]
        assert {name: found[name] for name in then if name != "windows"} == {
            name: text for name, text in then.items() if name != "windows"
        }
        assert [each["rrule"] for each in found["windows"]] == [each["rrule"] for each in then["windows"]]
        assert [each["startsAt"][:19] for each in found["windows"]] == [
            each["startsAt"][:19] for each in then["windows"]
        ]
        assert found["number"] == number
    listed = (await answer(LIST, clerk.principal, id=identifier))["node"]["versions"]
    assert [each["number"] for each in listed["nodes"]] == sorted(kept, reverse=True)
    assert (await answer(THEN, clerk.principal, id=identifier, number=99))["node"]["atVersion"] is None


async def test_a_version_names_role_and_organisation_and_no_person(town: Town) -> None:
    clerk, key, identifier = await made(town)
    person = await town.person("A1b")
    await town.contact(person_id=person, name="张三", phone="13812345678")
    firm = next(iter(clerk.principal.organisation_ids))
    colleague = town.viewer(Role.PROPERTY_CLERK, "A1", organisation=firm, person=person)
    await commands.update_service_item(colleague, key, {"title": "急修"}, 1)
    found = (await answer(THEN, clerk.principal, id=identifier, number=2))["node"]["atVersion"]
    assert (found["by"], found["action"]) == ("PROPERTY_FIRM@A1 · 物业(管家)办事员", "service_item.update")
    version = await ServiceItemVersion.get(service_item_id=key, number=2)
    assert version.by_en == "Liuan · property firm clerk"
    assert str(person) not in str(found)
