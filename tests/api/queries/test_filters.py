"""Every filter of every root field, alone and together, against the naive answer over all rows."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from api.search.indexing import SEARCHED, index_all
from api.state_machines.collection_round import CollectionRoundStatus
from api.state_machines.item_list import ListStatus
from api.state_machines.match import MatchStatus
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from api.state_machines.resource import ResourceStatus
from api.state_machines.service_item import ServiceItemStatus
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.callers import single
from tests.api.conftest import City
from tests.api.plan.oracle import all_rows
from tests.api.queries.naive import Naive
from tests.api.reading import LISTS, SYSTEM, answer, authoriser
from tests.api.world import CATEGORIES, GROUPS, KINDS, NOW

Draw = Callable[[], Any]
INPUTS = {"Need": "NeedFilter", "Resource": "ResourceFilter", "Project": "ProjectFilter",
          "ServiceItem": "ServiceItemFilter", "NeedList": "ListFilter", "ResourceList": "ListFilter",
          "ProjectList": "ListFilter", "Match": "MatchFilter",
          "Organisation": "OrganisationFilter", "RuleSet": "RuleSetFilter", "Place": "PlaceFilter",
          "CollectionRound": "CollectionRoundFilter", "CollectionInvitation": "CollectionInvitationFilter"}  # fmt: skip
# What the texts of the city are made of (tests.api.world).
WORDS = {"Need": ("事", "文", "need", "proj", "事 文"), "List": ("单", "单 need", "单resource", "2", "3"),
         "Organisation": ("单位Q", "QAB", "Property of", "介绍"), "Place": ("地", "QA", "地QC")}  # fmt: skip
STATES = {"Need": NeedStatus, "Resource": ResourceStatus, "Project": ProjectStatus, "ServiceItem": ServiceItemStatus}


def filters(name: str, city: City, chance: random.Random) -> dict[str, Draw]:  # noqa: C901  a table, with what it draws
    """Return how to draw a value of each filter that the root field has."""
    world = city.world

    def place() -> str:
        found = chance.choice(list(world.places.values()))
        return chance.choice((found.code, f"Place:{found.id}"))

    def instant() -> str:
        return (NOW - timedelta(hours=chance.randrange(500))).isoformat()

    def interval() -> dict[str, str]:
        start = NOW + timedelta(hours=chance.randrange(-1000, 1000))
        return {"from": start.isoformat(), "to": (start + timedelta(hours=chance.randrange(1, 100))).isoformat()}

    def organisation() -> str:
        return f"Organisation:{chance.choice(world.organisations).id}"

    def collection() -> str:
        return f"CollectionRound:{chance.choice(city.documents.rounds).id}"

    def on(kind: str) -> str:
        lists = [each for each in city.documents.lists if each.kind == kind]
        return f"{kind.capitalize()}List:{chance.choice(lists).id}"

    def states(kind: Any) -> Draw:
        return lambda: [str(each) for each in chance.sample(list(kind), chance.randrange(1, 4))]

    def centre() -> dict[str, Any]:
        return {"longitude": 116.3 + chance.random() * 0.03, "latitude": 40 + chance.random() * 0.03,
                "metres": chance.choice((100.0, 700.0, 1500.0))}  # fmt: skip

    def words() -> str:
        return chance.choice((*WORDS.get(name, WORDS["List"] if name.endswith("List") else WORDS["Need"]), "电梯"))

    common: dict[str, Draw] = {"within": place, "changedSince": instant, "search": words}
    owned = {"family": lambda: chance.choice(list(filter(None, KINDS.values()))), "ownerOrganisation": organisation}
    if name in STATES:
        found = common | owned | {
            "category": lambda: chance.choice((*CATEGORIES, "lif", "none")), "status": states(STATES[name]),
            "targetGroup": lambda: chance.choice((*GROUPS, "NOBODY")), "availableBetween": interval, "near": centre,
        }  # fmt: skip
        return found | {"serves": place} if name in ("Resource", "ServiceItem") else found
    if name.endswith("List"):
        return common | owned | {"status": states(ListStatus), "round": collection}
    if name == "CollectionRound":
        return {"within": place, "changedSince": instant, "status": states(CollectionRoundStatus)}
    if name == "CollectionInvitation":
        answered: Draw = lambda: chance.random() < 0.5  # noqa: E731  one line among many of its kind
        return {"within": place, "round": collection, "organisation": organisation, "answered": answered,
                "overdue": answered}  # fmt: skip
    if name == "Organisation":
        more: dict[str, Draw] = {"kind": lambda: chance.choice((*KINDS, "NONE")), "status": lambda: ["ACTIVE"]}
        return common | more | {"family": owned["family"]}
    if name == "Place":
        return {"within": place, "search": words, "kind": lambda: chance.sample(("ESTATE", "BUILDING", "COMMUNITY"), 2)}
    if name == "Match":
        return {
            "within": place, "changedSince": instant,
            "status": states(MatchStatus), "category": lambda: chance.choice(CATEGORIES), "ruleId": lambda: "near",
            "minimumScore": lambda: chance.choice((-1, 0, 10, 35, 100)), "organisation": organisation,
            "ruleVersion": lambda: f"RuleVersion:{chance.choice(city.documents.rule_versions).id}",
            "resourceList": lambda: on("RESOURCE"), "needList": lambda: on("NEED"),
            "projectList": lambda: on("PROJECT"),
        }  # fmt: skip
    return {"within": place, "changedSince": instant}


@pytest.fixture(autouse=True)
async def searchable(city: City, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["name"] in SEARCHED:
        await index_all()


async def found(name: str, caller: Principal, asked: dict[str, Any]) -> set[str]:
    text = (
        f"query ($f: {INPUTS[name]}) {{ p: {LISTS[name]}(first: 100, filter: $f) {{ totalCount nodes {{ id }} }}"
        f" q: {LISTS[name]}(last: 100, filter: $f) {{ nodes {{ id }} }} }}"
    )
    data = await answer(text, caller, f=asked)
    assert data["p"]["totalCount"] == len(data["p"]["nodes"])
    assert data["p"]["nodes"] == data["q"]["nodes"]
    return {node["id"] for node in data["p"]["nodes"]}


@pytest.mark.parametrize("name", INPUTS)
async def test_a_filter_alone_admits_what_it_says(name: str, city: City) -> None:
    chance, tables = random.Random(name), await all_rows()
    for caller in (SYSTEM, ANONYMOUS):
        naive = Naive(tables, authoriser(), caller)
        every = naive.ids(name, {})
        for key, draw in filters(name, city, chance).items():
            sizes = set()
            for _ in range(12):
                asked = {key: draw()}
                expected = naive.ids(name, asked)
                assert await found(name, caller, asked) == expected, (caller.actor, asked)
                sizes.add(len(expected))
            assert caller is ANONYMOUS or key == "ruleId" or len(sizes) > 1 or sizes != {len(every)}, key


@pytest.mark.parametrize("name", INPUTS)
async def test_filters_together_admit_what_each_admits(name: str, city: City) -> None:
    chance, tables = random.Random(name), await all_rows()
    roles = (Role.GRID_WORKER, Role.PROPERTY_CLERK)
    callers = [SYSTEM, ANONYMOUS, *(single(city.world, role, "QA") for role in roles)]
    draws = filters(name, city, chance)
    hits = 0
    for _ in range(40):
        caller = chance.choice(callers)
        keys = chance.sample(sorted(draws), min(len(draws), chance.randrange(2, 4)))
        asked = {key: draws[key]() for key in keys}
        expected = Naive(tables, authoriser(), caller).ids(name, asked)
        assert await found(name, caller, asked) == expected, (caller.actor, asked)
        hits += bool(expected)
    assert hits > (2 if len(draws) > 2 else 0)


@pytest.mark.parametrize("name", ["AuditEntry", "Job", "ApiKey"])
async def test_records_are_filtered_by_place(name: str, city: City) -> None:
    tables = await all_rows()
    naive = Naive(tables, authoriser(), SYSTEM)
    for place in city.world.places.values():
        text = f'{{ p: {LISTS[name]}(first: 100, within: "{place.code}") {{ nodes {{ id }} }} }}'
        data = await answer(text, SYSTEM)
        rows = tables.rows["BearerKey" if name == "ApiKey" else name]
        # A person's key belongs to no place.
        placed = {f"{name}:{key}": row for key, row in rows.items() if name != "ApiKey" or row["organisation_id"]}
        expected = {
            each for each in naive.ids(name, {}) & placed.keys() if naive.within(name, placed[each], place.code)
        }
        assert {node["id"] for node in data["p"]["nodes"]} == expected
