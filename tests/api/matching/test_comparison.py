"""双向对照: what stands beside an item on other published lists, against the plain answer over whole tables."""

import itertools
from typing import Any

from api.matching.comparison import MOST
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.callers import single
from tests.api.conftest import City
from tests.api.plan.oracle import Oracle, Tables, all_rows
from tests.api.reading import SYSTEM, answer, ask, authoriser
from tests.api.world_documents import Documents

SIDES = {"Need": ("Resource",), "Project": ("Resource",), "Resource": ("Need", "Project")}
LISTED = """match { id score resource { id } need { id } project { id } }
  resourceList { id } needList { id } projectList { id }"""


def asked(kind: str, first: int = 100) -> str:
    return f"""{{ p: {kind.lower()}Lists(first: {first}) {{ nodes {{ id entries(first: 9) {{ nodes {{
        id counterparts {{ {LISTED} }} }} }} }} }} }}"""


def expected(tables: Tables, caller: Principal, kind: str, entry: int) -> list[tuple[str, str]]:
    """Return match and list of each counterpart, in order."""
    oracle = Oracle(tables, authoriser(), caller)
    item = tables.row("ListEntry", entry)[f"{kind.lower()}_id"]
    found: list[tuple[int, int, str]] = []
    for other in SIDES[kind]:
        best: dict[int, Any] = {}
        for match in sorted(tables.rows["Match"].values(), key=lambda row: (-row["score"], row["id"])):
            there = match[f"{other.lower()}_id"]
            if match[f"{kind.lower()}_id"] != item or there is None or match["status"] != "SUGGESTED":
                continue
            holding = [
                each["item_list_id"]
                for each in tables.rows["ListEntry"].values()
                if each[f"{other.lower()}_id"] == there and standing(oracle, each["item_list_id"])
            ]
            if there not in best and holding and oracle.sees("Match", match):
                best[there] = (-match["score"], match["id"], f"{other}List:{max(holding)}")
        found += best.values()
    return [(f"Match:{match}", listed) for _, match, listed in sorted(found)[:MOST]]


def standing(oracle: Oracle, key: int) -> bool:
    row = oracle.tables.row("ItemList", key)
    return row["status"] == "PUBLISHED" and oracle.sees("ItemList", row)


async def test_counterparts_are_the_suggestions_between_published_lists_that_one_may_see(city: City) -> None:
    await Documents(city.world, city.items).build(matches=800, lists=20, prefix="more-")
    tables, shown = await all_rows(), 0
    callers = (ANONYMOUS, SYSTEM, single(city.world, Role.COMMITTEE_STAFF, "QA"))
    for kind, caller in itertools.product(SIDES, callers):
        data = await answer(asked(kind), caller)
        for entry in [each for node in data["p"]["nodes"] for each in node["entries"]["nodes"]]:
            found = [
                (each["match"]["id"], next(each[f"{other}List"]["id"] for other in PLACES if each[f"{other}List"]))
                for each in entry["counterparts"]
            ]
            assert found == expected(tables, caller, kind, int(entry["id"].partition(":")[2])), caller.actor
            shown += len(found)
    assert shown > 100


PLACES = ("resource", "need", "project")


async def test_counterparts_take_as_many_statements_for_many_lists_as_for_one(city: City) -> None:
    one, many = [await ask(asked("Need", first), SYSTEM) for first in (2, 100)]
    assert not many.errors
    assert one.statements == many.statements
