"""What a list holds, what `node(id)` answers and what casbin says row by row are the same, for everybody."""

from typing import Any

import pytest

from auth.principal import ANONYMOUS, Principal
from tests.api.callers import everybody
from tests.api.conftest import City
from tests.api.plan.oracle import Oracle, Tables, all_rows
from tests.api.reading import LISTS, answer, authoriser

ROOTS = " ".join(f"{name}: {field}(first: 100) {{ totalCount nodes {{ id }} }}" for name, field in LISTS.items())


async def listed(caller: Principal) -> dict[str, set[str]]:
    """Return the identifiers of every root field's rows; all of them fit on one page."""
    data = await answer(f"{{ {ROOTS} }}", caller)
    for page in data.values():
        assert page["totalCount"] == len(page["nodes"])
    return {name: {node["id"] for node in page["nodes"]} for name, page in data.items()}


async def answered(caller: Principal, ids: list[str]) -> set[str]:
    """Return those of the identifiers for which `nodes` answers."""
    found: set[str] = set()
    for start in range(0, len(ids), 100):
        data = await answer("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", caller, ids=ids[start : start + 100])
        found |= {node["id"] for node in data["nodes"] if node}
    return found


def some_of_each(tables: Tables, most: int) -> list[str]:
    """Return the identifiers of all rows of the root fields' types, and of some of every other type."""
    oracle = Oracle(tables, authoriser(), ANONYMOUS)
    ids: list[str] = []
    for name, rows in tables.rows.items():
        of_type = sorted(oracle.global_id(name, row) for row in rows.values())
        whole = of_type[0].partition(":")[0] in LISTS or name == "ItemList"
        ids += of_type if whole else of_type[:: max(1, len(of_type) // most)]
    return ids


@pytest.mark.timeout(300)
async def test_a_list_holds_what_node_answers_and_what_casbin_allows_for_every_role(city: City) -> None:
    tables = await all_rows()
    ids = some_of_each(tables, 30)
    shown: dict[str, set[str]] = {}

    for caller in everybody(city.world, mixtures=15):
        allowed = Oracle(tables, authoriser(), caller).ids()
        nodes = await answered(caller, ids)
        assert nodes == allowed & set(ids), caller.actor
        for name, found in (await listed(caller)).items():
            assert found == {each for each in allowed if each.startswith(f"{name}:")}, (caller.actor, name)
        for each in ids:
            shown.setdefault(each.partition(":")[0], set()).add("seen" if each in nodes else "hidden")

    public = {"Place", "Category", "Organisation", "PartySeat", "PartyKind", "CollectionRound"}
    public |= {"FallbackProvider", "Team", "ServicePoint", "TargetGroup", "UnitOfMeasure"}
    assert {name for name, answers in shown.items() if answers == {"seen"}} == public
    assert {name for name, answers in shown.items() if answers == {"hidden"}} == set()


async def test_the_made_up_city_has_rows_of_every_type(city: City) -> None:
    empty = [name for name, rows in (await all_rows()).rows.items() if not rows]
    assert empty == [], "nobody judges who sees these: a file tests/api/world_….py must write some"


async def test_a_nested_relation_never_shows_what_node_refuses(city: City) -> None:
    tables = await all_rows()
    for caller in everybody(city.world, mixtures=6)[::3]:
        allowed = Oracle(tables, authoriser(), caller).ids()
        data = await answer(NESTED, caller)
        assert identifiers(data) <= allowed, (caller.actor, identifiers(data) - allowed)


async def test_a_nested_total_never_counts_what_is_hidden(city: City) -> None:
    tables = await all_rows()
    for caller in everybody(city.world, mixtures=6)[::2]:
        allowed = Oracle(tables, authoriser(), caller).ids()
        data = await answer(COUNTS, caller)
        for need in data["needs"]["nodes"]:
            key = int(need["id"].partition(":")[2])
            for name, column, rows in (
                ("Match", "need_id", need["matches"]),
                ("HistoryEntry", "item_id", need["history"]),
            ):
                mine = [row["id"] for row in tables.rows[name].values() if row[column] == key]
                assert rows["totalCount"] == len({f"{name}:{each}" for each in mine} & allowed), caller.actor


def identifiers(value: Any) -> set[str]:
    """Return every identifier anywhere in an answer."""
    if isinstance(value, list):
        return set().union(*(identifiers(each) for each in value))
    if not isinstance(value, dict):
        return set()
    own = {value["id"]} if isinstance(value.get("id"), str) else set()
    return own.union(*(identifiers(each) for each in value.values()))


ITEM = """id ownerPerson { id household { id people(first: 9) { nodes { id } } } memberships(first: 3) { nodes { id } }
  contact { id } } ownerHousehold { id contact { id } people(first: 9) { nodes { id } } }
  ownerOrganisation { id contact { id } memberships(first: 9) { nodes { id person { id } } }
  resources(first: 9) { nodes { id history(first: 3) { nodes { id } } } }
  serviceItems(first: 9) { nodes { id history(first: 3) { nodes { id } } } } }
  place { id children(first: 3) { nodes { id } } } windows { id } externalIds { id } history(first: 3) { nodes { id } }
  matches(first: 9) { nodes { id resource { id } need { id } project { id } line { id }
  ruleVersion { id ruleSet { id } } } }"""
AFFAIR = f"""{ITEM} lines {{ id matches(first: 5) {{ nodes {{ id resource {{ id }} }} }} }}
  assignedPerson {{ id }} onBehalfBy {{ id }}"""
NESTED = f"""{{
  needs(first: 50) {{ nodes {{ {AFFAIR} }} }}
  projects(first: 20) {{ nodes {{ {AFFAIR} }} }}
  resources(first: 40) {{ nodes {{ {ITEM} serviceArea {{ id }} serviceItem {{ id }} }} }}
  collectionRounds(first: 20) {{ nodes {{ id invitations(first: 20) {{ nodes {{ id household {{ id contact {{ id }} }}
    organisation {{ id }} needLists(first: 5) {{ nodes {{ id enteredBy {{ id }} }} }}
    resourceLists(first: 5) {{ nodes {{ id }} }} }} }} }} }}
  needLists(first: 100) {{ nodes {{ id supersedes {{ id }} entries(first: 9) {{ nodes {{ id need {{ id }} }} }}
    usedBy {{ resourceList {{ id entries(first: 9) {{ nodes {{ id }} }} }} }} }} }}
  resourceLists(first: 100) {{ nodes {{ id coverage {{ needList {{ id }} projectList {{ id }} }} }} }}
}}"""
COUNTS = """{ needs(first: 100) { nodes { id matches(first: 1) { totalCount } history(first: 0) { totalCount } } } }"""
