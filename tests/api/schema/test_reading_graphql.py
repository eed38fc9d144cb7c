"""GraphQL itself over the reader: fragments, aliases, directives, variables, identifiers, languages."""

from typing import Any

import pytest

from auth.principal import Principal
from tests.api.callers import in_english
from tests.api.conftest import City
from tests.api.reading import SYSTEM, answer, ask, level_by_level


def identifier(row: Any) -> str:
    return f"{type(row).__name__}:{row.id}"


async def test_a_fragment_on_an_interface_applies_to_every_type_that_has_it(city: City) -> None:
    need, resource = city.items.needs[0], city.items.resources[0]
    item_list, place = city.documents.lists[0], city.world.places["QA"]
    text = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ...I
      ... on Affair { estimates { cost } lines { quantity } }
      ... on ItemList { number community { name } } ... on Node { id } ... on Place { code } ... on Need { number } } }
      fragment I on Item { title category { ...L } ... on Item { titleZh } ... on Resource { unit } }
      fragment L on Category { label }"""
    ids = [identifier(need), identifier(resource), f"NeedList:{item_list.id}", identifier(place)]
    first, second, third, fourth = (await answer(text, SYSTEM, ids=ids))["nodes"]

    assert (first["__typename"], first["number"], first["estimates"]) == ("Need", need.number, {"cost": 1234.0})
    assert first["titleZh"] == need.title_zh
    assert first["category"] == {"label": f"类{need.category}"}
    assert (second["__typename"], second["unit"], second["titleZh"]) == ("Resource", "HOUR", resource.title_zh)
    assert "estimates" not in second
    assert (third["__typename"], third["number"]) == ("NeedList", item_list.number)
    assert fourth == {"__typename": "Place", "id": identifier(place), "code": "QA"}


async def test_two_aliases_of_one_relation_keep_their_own_arguments_and_selections(city: City) -> None:
    resource = await most_matched()
    text = """query ($id: ID!, $n: Int!) { node(id: $id) { ... on Resource {
      one: matches(first: 1) { nodes { score } } many: matches(first: $n) { totalCount nodes { id score } }
      back: matches(last: 1) { nodes { id } } title: titleZh matches: title
      category { label } category { code } } } }"""
    node = (await answer(text, SYSTEM, id=resource, n=50))["node"]

    assert len(node["one"]["nodes"]) == 1 < len(node["many"]["nodes"]) == node["many"]["totalCount"]
    assert node["one"]["nodes"][0] == {"score": node["many"]["nodes"][0]["score"]}
    assert node["back"]["nodes"] == [{"id": node["many"]["nodes"][-1]["id"]}]
    assert node["matches"] == node["title"]
    assert set(node["category"]) == {"label", "code"}


async def test_one_response_key_means_two_things_through_nodes_and_through_edges(city: City) -> None:
    text = """{ needs(first: 50) { nodes { m: matches(first: 1) { nodes { id } } x: title c: category { code } }
      edges { node { m: matches(first: 9) { totalCount nodes { id score } } x: status c: place { code } } }
      again: nodes { m: ownerOrganisation { name } } } }"""
    page = (await answer(text, SYSTEM))["needs"]

    longer = 0
    for node, edge, again in zip(page["nodes"], page["edges"], page["again"], strict=True):
        few, many = node["m"]["nodes"], edge["node"]["m"]["nodes"]
        assert few == [{"id": each["id"]} for each in many[:1]]
        assert edge["node"]["m"]["totalCount"] == len(many)
        assert node["x"].startswith("事need") or node["x"].startswith("need")
        assert edge["node"]["x"].isupper()
        assert set(again) == {"m"}
        longer += len(many) > len(few)
    assert longer > 0


async def test_a_fragment_shared_by_nodes_and_edges_is_read_once(city: City) -> None:
    shared = "fragment F on Need { id matches(first: 2) { nodes { id } } }"
    once = await ask(f"{{ needs(first: 9) {{ nodes {{ ...F }} }} }} {shared}", SYSTEM)
    both = await ask(f"{{ needs(first: 9) {{ nodes {{ ...F }} edges {{ node {{ ...F }} }} }} }} {shared}", SYSTEM)
    assert both.statements == once.statements == 1
    assert [edge["node"] for edge in both.data["needs"]["edges"]] == both.data["needs"]["nodes"]


@pytest.mark.parametrize("on", [True, False])
async def test_skip_and_include_decide_what_is_read_also_within_fragments(on: bool, city: City) -> None:
    text = """query ($on: Boolean!, $off: Boolean = true) { needs(first: 3) {
      totalCount @include(if: $on) nodes { id title @skip(if: $on) ...F @include(if: $on)
        ... on Need @skip(if: $off) { place { code } } matches(first: 1) @include(if: $on) { nodes { id } } } } }
      fragment F on Need { category @include(if: $on) { code label @skip(if: $on) } status }"""
    found = await ask(text, SYSTEM, on=on)

    assert not found.errors
    for node in found.data["needs"]["nodes"]:
        assert set(node) == ({"id", "category", "status", "matches"} if on else {"id", "title"})
        assert not on or set(node["category"]) == {"code"}
    assert ("totalCount" in found.data["needs"]) is on
    assert found.statements == 1
    with level_by_level():
        assert (await ask(text, SYSTEM, on=on)).statements == (4 if on else 1)


async def test_spreads_within_spreads_do_not_multiply(city: City) -> None:
    chain = " ".join(f"fragment F{n} on Need {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    text = f"{{ needs(first: 2) {{ nodes {{ ...F0 }} }} }} {chain} fragment F60 on Need {{ id place {{ code }} }}"
    found = await ask(text, SYSTEM)
    assert not found.errors
    assert found.statements == 1


async def test_a_variable_reaches_arguments_at_every_level(city: City) -> None:
    text = """query ($n: Int = 1, $m: Int!, $c: String, $f: NeedFilter) { needs(first: $n, filter: $f) { nodes {
      status lines { matches(first: $m, after: $c) { nodes { resource { matches(last: $m) {
      nodes { score } } } } } } } } }"""
    asked = {"status": ["REQUESTED"], "category": None}
    data = await answer(text, SYSTEM, m=3, f=asked, n=80)
    assert {node["status"] for node in data["needs"]["nodes"]} == {"REQUESTED"}
    assert len((await answer(text, SYSTEM, m=3))["needs"]["nodes"]) == 1


async def test_identifiers_of_any_kind_come_back_in_their_order_or_as_null(city: City) -> None:
    items = city.items
    rows = [items.needs[3], city.world.places["QC"], items.lines[0], city.documents.matches[0], items.projects[1]]
    good = [identifier(row) for row in rows]
    bad = ["", ":", "Need", "Need:", "Need:x", "Need:-1", "Need:0", "Need:9223372036854775808", "Need:" + "9" * 5000,
           "Nope:1", f"Project:{rows[0].id}", f"Need:0{rows[0].id}", f"Need:{rows[0].id} ", "Contact:person:1",
           "HistoryEntry:Need:1",
           "Query:1", "Node:1", "需求:1", "Need:\x00", "Need:٣", "Need:1\ud800"]  # fmt: skip
    mixed = [each for pair in zip(bad, good * 5, strict=False) for each in pair]
    nodes = (await answer("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", SYSTEM, ids=mixed))["nodes"]

    assert [node and node["id"] for node in nodes] == [None if each in bad else each for each in mixed]
    for each in bad:
        assert await answer("query ($id: ID!) { node(id: $id) { id } }", SYSTEM, id=each) == {"node": None}
    assert await answer("{ nodes(ids: []) { id } }") == {"nodes": []}


async def test_more_than_a_hundred_identifiers_are_refused(city: City) -> None:
    found = await ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", SYSTEM, ids=["Need:1"] * 101)
    assert (found.fault.code, found.fault.path) == ("LIMIT_EXCEEDED", ("ids",))


async def test_every_object_can_be_fetched_again_by_its_identifier(city: City) -> None:
    text = """{ needs(first: 20) { nodes { id windows { id startsAt } externalIds { id value } lines { id note }
      history(first: 1) { nodes { id action } } ownerOrganisation { id contact { id name } kind { id code } }
      ownerHousehold { id contact { id name } } ownerPerson { id contact { id name } } category { id code } } } }"""
    found: dict[str, dict[str, Any]] = {}
    collect(await answer(text, SYSTEM), found)
    kinds = {each.partition(":")[0] for each in found}
    assert kinds >= {"TimeWindow", "ExternalId", "RequirementLine", "HistoryEntry", "Contact", "PartyKind", "Category"}

    fragments = """... on TimeWindow { startsAt } ... on ExternalId { value } ... on RequirementLine { note }
      ... on HistoryEntry { action } ... on Contact { name } ... on PartyKind { code } ... on Category { code }"""
    plain = {each: node for each, node in found.items() if not any(isinstance(v, dict) for v in node.values())}
    ids = [each for each, node in plain.items() if len(node) == 2]
    for start in range(0, len(ids), 100):
        some = ids[start : start + 100]
        data = await answer(f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id {fragments} }} }}", SYSTEM, ids=some)
        assert data["nodes"] == [found[each] for each in some]


def collect(value: Any, found: dict[str, dict[str, Any]]) -> None:
    if isinstance(value, list):
        for each in value:
            collect(each, found)
    elif isinstance(value, dict):
        if "id" in value:
            found[value["id"]] = value
        for each in value.values():
            collect(each, found)


@pytest.mark.parametrize("caller", [SYSTEM, in_english(SYSTEM)], ids=["zh", "en"])
async def test_texts_come_in_the_viewers_language_or_else_in_the_other(caller: Principal, city: City) -> None:
    text = """{ viewer { language }
      needs(first: 100) { nodes { title titleZh titleEn text category { label labelZh labelEn } } }
      organisations(first: 100) { nodes { name text } } places(first: 100) { nodes { name nameZh nameEn } }
      matches(first: 1) { nodes { reason { ruleTitle because conditions { sentence } } } } }"""
    english = caller.language == "en"
    data = await answer(text, caller)

    assert data["viewer"]["language"] == caller.language
    titles = data["needs"]["nodes"]
    assert {node["titleEn"] is None for node in titles} == {True, False}
    for node in titles:
        assert node["title"] == ((node["titleEn"] or node["titleZh"]) if english else node["titleZh"])
        assert node["category"]["label"] == node["category"]["labelEn" if english else "labelZh"]
    for node in data["places"]["nodes"]:
        assert node["name"] == ((node["nameEn"] or node["nameZh"]) if english else node["nameZh"])
    (match,) = data["matches"]["nodes"]
    assert match["reason"]["ruleTitle"] == ("Near" if english else "就近")
    assert match["reason"]["conditions"] == [{"sentence": "the same community" if english else "同一社区"}]


async def test_a_text_in_english_alone_is_shown_to_readers_of_chinese_too(city: City) -> None:
    need = city.items.need(text_zh=None, text_en="Only English")
    await need.save(force_create=True)
    data = await answer(f'{{ node(id: "{identifier(need)}") {{ ... on Need {{ text textZh textEn }} }} }}', SYSTEM)
    assert data["node"] == {"text": "Only English", "textZh": None, "textEn": "Only English"}


async def most_matched() -> str:
    text = "{ resources(first: 100) { nodes { id matches(first: 0) { totalCount } } } }"
    nodes = (await answer(text, SYSTEM))["resources"]["nodes"]
    found: str = max(nodes, key=lambda node: int(node["matches"]["totalCount"]))["id"]
    return found
