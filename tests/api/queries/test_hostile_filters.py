"""Filters with values that nobody should send: refused with code and path, or no rows; never a fault of ours."""

import json
from typing import Any

from graphql import GraphQLError

from api.errors import DomainError
from tests.api.conftest import City
from tests.api.reading import SYSTEM, answer, ask

LONG = "长" * 100_000
NUL, SURROGATE, CONTROL = "a\x00b", "a\ud800b", "a\x1b[2Jb"
REFUSED: list[tuple[str, str, Any, str, tuple[str, ...]]] = [
    *(
        (field, f"{field[0].upper()}{field[1:-1]}Filter", {key: text}, "INVALID_INPUT", ("filter", key))
        for field, key in (("needs", "category"), ("needs", "targetGroup"), ("organisations", "kind"))
        for text in (NUL, CONTROL, LONG, SURROGATE)
    ),
    *(
        ("matches", "MatchFilter", {key: text}, "INVALID_INPUT", ("filter", key))
        for key in ("category", "ruleId")
        for text in (NUL, CONTROL, LONG, SURROGATE)
    ),
    *(
        ("resources", "ResourceFilter", {key: text}, "NOT_FOUND", ("filter", key))
        for key in ("within", "serves")
        for text in (
            NUL, CONTROL, LONG, SURROGATE, "", "Place:", "Place:01", "Place:-1", "Place:9223372036854775808", "没有",
        )
    ),
    *(
        (field, kind, {key: text}, "NOT_FOUND", ("filter", key))
        for field, kind, key in (
            ("needs", "NeedFilter", "ownerOrganisation"), ("needLists", "ListFilter", "ownerOrganisation"),
            ("matches", "MatchFilter", "organisation"), ("matches", "MatchFilter", "ruleVersion"),
            ("matches", "MatchFilter", "resourceList"),
        )
        for text in ("", "1", "Place:1", "Organisation", "Organisation:x", "Organisation:٣", "RuleVersion:1.0", NUL)
    ),
    *(
        ("needs", "NeedFilter", {"near": {"longitude": x, "latitude": y, "metres": m}}, "INVALID_INPUT", path)
        for x, y, m, path in (
            (116, 40, 0, ("filter", "near", "metres")), (116, 40, -5, ("filter", "near", "metres")),
            (116, 40, 1e300, ("filter", "near", "metres")), (181, 40, 5, ("filter", "near", "longitude")),
            (-1e308, 40, 5, ("filter", "near", "longitude")), (116, 90, 5, ("filter", "near", "latitude")),
            (116, -1e308, 5, ("filter", "near", "latitude")),
        )
    ),
    *(
        ("needs", "NeedFilter", {"availableBetween": {"from": start, "to": end}}, "INVALID_INPUT", path)
        for start, end, path in (
            ("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z", ("filter", "availableBetween")),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", ("filter", "availableBetween")),
            ("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z", ("filter", "availableBetween")),
            ("0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00Z", ("filter", "availableBetween", "from")),
            ("2026-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", ("filter", "availableBetween", "to")),
        )
    ),
    *(
        (field, kind, {"changedSince": moment}, "INVALID_INPUT", ("filter", "changedSince"))
        for field, kind in (("needs", "NeedFilter"), ("matches", "MatchFilter"), ("ruleSets", "RuleSetFilter"))
        for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00")
    ),
]  # fmt: skip


async def test_a_value_that_can_be_none_is_refused_with_its_path(city: City) -> None:
    for field, kind, asked, code, path in REFUSED:
        text = f"query ($f: {kind}) {{ {field}(first: 5, filter: $f) {{ nodes {{ id }} }} }}"
        found = await ask(text, SYSTEM, f=asked)
        assert (found.fault.code, found.fault.path) == (code, path), str(asked)[:80]
        assert found.fault.zh
        assert found.fault.en.isascii(), found.fault.en


async def test_the_same_holds_for_values_written_into_the_question(city: City) -> None:
    for text in ("\\u0000", "\\u001b", "x" * 50_000):
        found = await ask(f'{{ needs(first: 5, filter: {{ category: "{text}" }}) {{ nodes {{ id }} }} }}')
        assert found.fault.path == ("filter", "category")
        found = await ask(f'{{ categories(first: 5, below: "{text}") {{ nodes {{ id }} }} }}')
        assert found.fault.path == ("below",)
        assert await answer(f'{{ place(code: "{text}") {{ id }} }}') == {"place": None}


async def test_a_number_that_is_none_never_reaches_a_statement(city: City) -> None:
    near = "near: { longitude: $x, latitude: 1, metres: 9 }"
    values: list[Any] = [float("nan"), float("inf"), float("-inf"), "1", None, True, [], 10**400]
    text = f"query ($x: Float!) {{ needs(first: 1, filter: {{ {near} }}) {{ nodes {{ id }} }} }}"
    for value in values:
        found = await ask(text, x=value)
        assert found.statements == 0
        (error,) = found.errors
        assert isinstance(error.original_error, GraphQLError | DomainError | None), error.original_error


async def test_an_empty_set_admits_nothing_and_null_asks_nothing(city: City) -> None:
    for field, extra in (("needs", ""), ("resources", ""), ("matches", ""), ("needLists", ""), ("organisations", "")):
        none = await answer(f"{{ p: {field}(first: 9, filter: {{ status: [] {extra} }}) {{ totalCount }} }}", SYSTEM)
        every = await answer(f"{{ p: {field}(first: 9, filter: {{ status: null }}) {{ totalCount }} }}", SYSTEM)
        assert none["p"]["totalCount"] == 0 < every["p"]["totalCount"]
    assert (await answer("{ places(first: 9, filter: { kind: [] }) { totalCount } }"))["places"]["totalCount"] == 0


async def test_what_looks_like_sql_is_text(city: City) -> None:
    for text in ("' OR 1=1 --", '" OR ""="', "life%", "life'; DROP TABLE need; --", "$1", "?1", "life_haircut"):
        for argument in ("category", "targetGroup"):
            quoted = json.dumps(text)
            data = await answer(f"{{ needs(first: 9, filter: {{ {argument}: {quoted} }}) {{ totalCount }} }}", SYSTEM)
            assert data["needs"]["totalCount"] == 0
    assert (await answer("{ needs(first: 1) { totalCount } }", SYSTEM))["needs"]["totalCount"] == len(city.items.needs)


async def test_an_identifier_of_nineteen_digits_is_one_like_any_other(city: City) -> None:
    # Identifiers grow with time and reach nineteen digits in 2027.
    place = city.world.places["QA1b1"]
    await type(place).create(
        id=2**62, code="late", kind="ENTRANCE", name_zh="晚", path=f"{place.path}late/", parent_id=place.id
    )
    within = "places(first: 5, filter: { within: $at }) { nodes { code } }"
    text = f"query ($id: ID!, $at: String) {{ {within} node(id: $id) {{ id }} }}"
    found = await answer(text, id=f"Place:{2**62}", at=f"Place:{2**62}")
    assert found == {"places": {"nodes": [{"code": "late"}]}, "node": {"id": f"Place:{2**62}"}}
