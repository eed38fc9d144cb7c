"""Pages: whoever walks them meets a row that was there throughout exactly once, whatever else happens."""

import base64
import random
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.models import Match, Need
from tests.api.conftest import City
from tests.api.reading import LISTS, PAGE, SYSTEM, answer, ask
from tests.api.world import NOW, write

YEAR = timedelta(days=365)


class Walk:
    """A walk over the pages of one connection, from either end.

    `text` is the selection, with ARGUMENTS where the paging goes and PAGE where the page is selected;
    `path` leads from the answer to the page.
    """

    def __init__(self, text: str, *path: str, forward: bool = True) -> None:
        self.text, self.path, self.forward = text, path, forward
        self.cursor: str | None = None
        self.ids: list[str] = []
        self.done = False

    async def page(self, size: int) -> dict[str, Any]:
        """Fetch the next page of so many."""
        end, beyond = ("first", "after") if self.forward else ("last", "before")
        selected = self.text.replace("ARGUMENTS", f"{end}: {size}, {beyond}: $cursor").replace("PAGE", f"{{ {PAGE} }}")
        page: dict[str, Any] = await answer(f"query ($cursor: String) {{ {selected} }}", SYSTEM, cursor=self.cursor)
        for step in self.path:
            page = page[step]
        found, info = [node["id"] for node in page["nodes"]], page["pageInfo"]
        self.ids = self.ids + found if self.forward else found + self.ids
        self.done = not info["hasNextPage" if self.forward else "hasPreviousPage"]
        self.cursor = info["endCursor" if self.forward else "startCursor"] or self.cursor
        return page


def forged(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


BAD_PAGES = [
    ("", "INVALID_INPUT", "first"),
    ("first: null", "INVALID_INPUT", "first"),
    ("first: 1, last: 1", "INVALID_INPUT", "first"),
    ("first: 101", "LIMIT_EXCEEDED", "first"),
    ("last: 101", "LIMIT_EXCEEDED", "last"),
    ("first: -1", "LIMIT_EXCEEDED", "first"),
    ("first: 2147483647", "LIMIT_EXCEEDED", "first"),
    *(
        (f"{end}: 1, {side}: {orjson.dumps(cursor).decode()}", "INVALID_INPUT", side)
        for end, side in (("first", "after"), ("last", "before"), ("first", "before"))
        for cursor in (
            "", "x", "!!!!", "====", "地", "\u0000", "W10", "A" * 100_000, forged(), forged("Need"),
            forged("Need", "newest"),
            forged("Need", "newest", "1"), forged("Need", "newest", 1.5), forged("Need", "newest", True),
            forged("Need", "newest", 2**63), forged("Need", "newest", -(2**63)), forged("Need", "newest", None),
            forged("Need", "newest", [1]), forged("Need", "newest", 1, 2), forged("Need", "oldest", 1),
            forged("Resource", "newest", 1), forged("Need", "newest", 1) + "!", forged("Need", "newest", 1) + "=",
            base64.urlsafe_b64encode(b"\xff\xfe").decode(), base64.urlsafe_b64encode(b"[" * 300).decode(),
            base64.urlsafe_b64encode(b'{"Need": 1}').decode(),
            base64.urlsafe_b64encode(b'["Need","newest", 1]').decode(),
        )
    ),
]  # fmt: skip


async def test_paging_arguments_out_of_range_and_cursors_not_of_ours_are_refused_with_their_path(city: City) -> None:
    for arguments, code, path in BAD_PAGES:
        found = await ask(f"{{ needs({arguments}) {{ nodes {{ id }} }} }}".replace("()", ""), SYSTEM)
        assert (found.fault.code, found.fault.path) == (code, (path,)), arguments[:80]
        assert "地" not in found.fault.en
        assert found.fault.zh != found.fault.en


async def test_a_nested_page_is_refused_with_the_path_to_it_even_where_there_are_no_rows(city: City) -> None:
    for narrow in ("", 'filter: { category: "none" }, '):
        for arguments, code, path in BAD_PAGES:
            if "Need" in arguments or "100_000" in arguments:
                continue
            below = f"found: matches({arguments}) {{ nodes {{ id }} }}".replace("()", "")
            text = f"{{ needs({narrow}first: 2) {{ nodes {{ lines {{ {below} }} }} }} }}"
            found = await ask(text, SYSTEM)
            assert (found.fault.code, found.fault.path) == (code, ("lines", "found", path)), arguments[:80]


async def test_a_forged_cursor_beyond_a_columns_range_is_a_place_like_any_other(city: City) -> None:
    for score in (-(2**62), 2**62):
        cursor = forged("Match", "score", score, 2**62)
        data = await answer("query ($c: String) { matches(first: 100, after: $c) { nodes { id } } }", SYSTEM, c=cursor)
        assert len(data["matches"]["nodes"]) == (len(city.documents.matches) if score > 0 else 0)


async def test_a_page_says_where_it_lies(city: City) -> None:
    ids = [f"Need:{need.id}" for need in sorted(city.items.needs, key=lambda each: -each.id)]
    for size in (1, 7, 40, 79, 80, 81):
        for forward in (True, False):
            walk, pages = Walk("needs(ARGUMENTS) PAGE", "needs", forward=forward), 0
            while not walk.done:
                page = await walk.page(size)
                info, first = page["pageInfo"], pages == 0
                assert info["hasPreviousPage" if forward else "hasNextPage"] is (not first)
                pages += 1
                assert info["hasNextPage" if forward else "hasPreviousPage"] is (pages * size < len(ids))
            assert walk.ids == ids
            assert pages == -(-len(ids) // size)


async def test_edges_and_nodes_are_the_same_page_with_its_first_and_last_cursor(city: City) -> None:
    info = "pageInfo { startCursor endCursor }"
    text = f"{{ needs(first: 7) {{ edges {{ cursor node {{ id }} }} nodes {{ id }} {info} totalCount }} }}"
    page = (await answer(text, SYSTEM))["needs"]
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    assert page["pageInfo"] == {"startCursor": page["edges"][0]["cursor"], "endCursor": page["edges"][6]["cursor"]}
    assert page["totalCount"] == len(city.items.needs)

    empty = (await answer(f"{{ needs(first: 0) {{ {PAGE} totalCount }} }}", SYSTEM))["needs"]
    assert empty["nodes"] == []
    assert empty["totalCount"] == len(city.items.needs)
    assert empty["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


async def test_between_two_cursors_lies_what_lies_between_them(city: City) -> None:
    edge = "edges { cursor node { id } }"
    text = f"query ($a: String, $b: String) {{ needs(first: 100, after: $a, before: $b) {{ {edge} }} }}"
    edges = (await answer(text, SYSTEM))["needs"]["edges"]
    for start, end in ((0, 1), (0, 2), (10, 30), (30, 10)):
        found = await answer(text, SYSTEM, a=edges[start]["cursor"], b=edges[end]["cursor"])
        assert found["needs"]["edges"] == edges[start + 1 : end]


@pytest.mark.parametrize("field", LISTS.values())
async def test_every_root_field_walks_all_its_rows_in_pages_of_three(field: str, city: City) -> None:
    whole = (await answer(f"{{ p: {field}(first: 100) {{ {PAGE} totalCount }} }}", SYSTEM))["p"]
    walk = Walk(f"p: {field}(ARGUMENTS) PAGE", "p")
    while not walk.done:
        await walk.page(3)

    assert walk.ids == [node["id"] for node in whole["nodes"]]
    assert len(set(walk.ids)) == whole["totalCount"] == len(walk.ids) > 0


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(), st.booleans(), st.sampled_from(["NEWEST", "OLDEST"]))
async def test_a_need_present_throughout_appears_exactly_once(city: City, seed: int, forward: bool, order: str) -> None:
    chance = random.Random(seed)
    present = {need.id for need in await Need.all()}
    walk = Walk(f"needs(ARGUMENTS, orderBy: {order}) PAGE", "needs", forward=forward)
    while not walk.done:
        await walk.page(chance.randrange(1, 40))
        for _ in range(chance.randrange(4)):
            await write([city.items.need()])
        changed = chance.choice(sorted(present))
        await Need.filter(id=changed).update(
            title_zh="改", status="CLEARED", category="care", version=2, public_path="CN/", updated_at=NOW + YEAR
        )  # fmt: skip
        gone = chance.choice(sorted(present))
        await Need.filter(id=gone).update(path="ELSEWHERE/", visibility="ADMINISTRATORS")
        present.discard(gone)

    assert len(walk.ids) == len(set(walk.ids))
    kept = [each for each in walk.ids if int(each.partition(":")[2]) in present]
    expected = [f"Need:{key}" for key in sorted(present, reverse=order == "NEWEST")]
    assert [each for each in kept if each in expected] == expected


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(), st.booleans(), st.booleans())
async def test_a_match_present_throughout_appears_exactly_once_also_below_its_resource(
    city: City, seed: int, forward: bool, nested: bool
) -> None:
    chance = random.Random(seed)
    wanted = {each.id: each for each in [*city.items.needs, *city.items.projects]}
    resource = city.items.resources[0]
    lines = list(city.items.lines)
    chance.shuffle(lines)
    await Match.filter(resource_id=resource.id).delete()
    make = city.documents.match
    first = [make(lines.pop(), resource, wanted) for _ in range(25)]
    await write(first)
    walk = Walk("matches(ARGUMENTS) PAGE", "matches", forward=forward)
    if nested:
        below = f'node(id: "Resource:{resource.id}") {{ ... on Resource {{ matches(ARGUMENTS) PAGE }} }}'
        walk = Walk(below, "node", "matches", forward=forward)
    while not walk.done:
        await walk.page(chance.randrange(1, 12))
        if lines:
            await write([make(lines.pop(), resource, wanted)])
        await Match.filter(id=chance.choice(first).id).update(status="DISMISSED", status_reason="不合适")

    assert len(walk.ids) == len(set(walk.ids))
    ordered = sorted(first, key=lambda each: (-each.score, -each.id))
    mine = {f"Match:{each.id}" for each in first}
    assert [each for each in walk.ids if each in mine] == [f"Match:{each.id}" for each in ordered]
