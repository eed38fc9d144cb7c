"""The whole story: the articles' counts, all five families, every state, and no text told twice."""

import re
from collections import Counter, defaultdict
from typing import Any

import pytest

from api.models.choices import Family
from api.state_machines.claim import ClaimStatus
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from seeds.files import entries
from seeds.story import told

Row = dict[str, Any]
ITEMS = ("resources", "needs", "projects", "service_items")
URBAN = ("140881001", "140881002", "140881003")
QINGHE = {"智学苑": "110108017034", "毛纺北": "110108017018", "美和园": "110108017014", "海清园": "110108017026"}
RUN = 12


def items() -> list[Row]:
    return [row for name in ITEMS for row in told(name)]


def rounds() -> list[Row]:
    """Return the collection rounds and the lists that answer them and are not published."""
    found = entries("collection_rounds")
    return [*found, *(answer for row in found for answer in row["answers"])]


def above(place: str) -> list[str]:
    parents, line = {row["key"]: row["parent"] for row in told("places")}, [place]
    while (parent := parents[line[-1]]) is not None:
        line.append(parent)
    return line


def community(place: str) -> str:
    kinds = {row["key"]: row["kind"] for row in told("places")}
    return next(each for each in above(place) if kinds[each] in ("COMMUNITY", "VILLAGE"))


def communities() -> set[str]:
    return {row["key"] for row in told("places") if row["parent"] in URBAN and row["kind"] == "COMMUNITY"}


def test_yongji_has_its_22_communities_and_as_many_lists_as_the_article_counts() -> None:
    assert len(communities()) == 22
    lists = [row for row in told("lists") if "140881" in above(row["place"])]
    assert Counter(row["kind"] for row in lists) == {"RESOURCE": 110, "NEED": 89, "PROJECT": 45}


def test_every_community_of_yongji_has_five_four_and_two_lists_and_one_agreement() -> None:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in told("lists"):
        found[community(row["place"])][row["kind"]] += 1
    plain = {"RESOURCE": 5, "NEED": 4, "PROJECT": 2}
    other = {key: dict(found[key]) for key in communities() if found[key] != plain}
    assert other == {"140881001008": plain | {"NEED": 5}, "140881001005": plain | {"PROJECT": 3}}
    assert Counter(row["place"] for row in told("agreements")) == dict.fromkeys(communities(), 1)


def test_every_agreement_names_committee_unit_period_and_what_is_promised_until_when() -> None:
    parties = {row["key"]: row for row in told("organisations")}
    categories = {row["code"] for row in told("categories")}
    units = {row["code"] for row in told("units")}
    for row in told("agreements"):
        assert parties[row["committee"]["organisation"]]["kind"] == "RESIDENTS_COMMITTEE", row["key"]
        assert parties[row["unit"]["organisation"]]["family"] == "UNITS", row["key"]
        assert parties[row["unit"]["organisation"]]["invented"], row["key"]
        assert row["from"] < row["to"], row["key"]
        assert len(row["promises"]) >= 2, row["key"]
        for promise in row["promises"]:
            assert promise["category"] in categories, row["key"]
            assert promise["quantity"] > 0, row["key"]
            assert promise["unit"] in units, row["key"]
            assert row["from"] <= promise["dueOn"] <= row["to"], (row["key"], promise)


def test_87_public_bodies_registered_and_are_paired_and_the_others_come_on_top() -> None:
    parties, places = {row["key"]: row for row in told("organisations")}, {row["key"] for row in told("places")}
    units = [row for row in told("registrations") if "person" not in row["by"]]
    registered = [row["by"]["organisation"] for row in units]
    assert len(registered) == len(set(registered)) == 87
    assert {parties[key]["kind"] for key in registered} == {"GOVERNMENT_OFFICE", "PUBLIC_INSTITUTION"}
    pairings = {row["key"]: row for row in told("pairings")}
    for row in units:
        paired = pairings.pop(f"pairing-{row['by']['organisation']}")
        assert row["place"] in communities()
        assert paired["place"] in places
        assert row["place"] in above(paired["place"])
    # A firm of the story is paired besides, with two whole communities.
    assert {row["by"]["organisation"] for row in pairings.values()} == {"org-pujin-grain"}
    others = Counter(row["kind"] for row in told("organisations") if "140881" in above(row["place"]))
    for kind in ("PROPERTY_FIRM", "RESIDENTS_COMMITTEE", "MERCHANT", "ENTERPRISE", "VOLUNTEER_TEAM"):
        assert others[kind] >= 5, kind
    assert others["RESIDENTS_COMMITTEE"] >= 22


@pytest.mark.parametrize("name", QINGHE)
def test_all_five_families_own_something_at_the_four_communities_of_qinghe(name: str) -> None:
    here = [row for row in items() if QINGHE[name] in above(row["place"])]
    assert {row["family"] for row in here} >= set(Family)


def test_niujie_yangzhuang_laohuaizhuang_and_moshikou_have_lists_of_each_kind() -> None:
    for place in ("110102018", "110112012", "110112117209", "110107006024"):
        kinds = {row["kind"] for row in told("lists") if place in above(row["place"])}
        assert kinds == {"RESOURCE", "NEED", "PROJECT"}, place


def test_lists_belong_to_all_five_families_and_to_households() -> None:
    assert {row["family"] for row in told("lists")} == set(Family)
    assert sum("household" in row["owner"] for row in told("lists")) >= 30
    assert sum("person" in row["owner"] for row in told("needs")) >= 60


def test_rounds_ask_units_and_households_and_are_answered_by_those_alone_who_were_asked() -> None:
    lists, owners = {row["key"]: row for row in told("lists")}, {row["key"]: row for row in items()}
    residents = {row["household"]: {"person": row["key"]} for row in told("people") if row["household"]}
    found = entries("collection_rounds")
    assert len({row["place"] for row in found} & communities()) == len(found) >= 2
    for row in found:
        named = (("organisation", row["organisations"]), ("household", row["households"]))
        asked = [{name: key} for name, keys in named for key in keys]
        answers = [*row["answers"], *(lists[key] for key in row["published"])]
        assert row["published"]
        assert row["organisations"]
        assert row["households"]
        for answer in answers:
            assert answer["owner"] in asked, row["key"]
            assert answer["kind"] in row["collects"], row["key"]
        # Some of both have not answered yet.
        waiting = [each for each in asked if each not in [answer["owner"] for answer in answers]]
        assert {next(iter(each)) for each in waiting} == {"organisation", "household"}
        for answer in row["answers"]:
            theirs = (answer["owner"], residents.get(answer["owner"].get("household")))
            assert all(owners[item]["owner"] in theirs for item in answer["items"]), answer["title"]
            assert row["openedOn"] <= answer["on"] <= "2026-11-22"


def test_every_list_has_two_items_or_more_of_its_place_and_none_stands_on_two() -> None:
    places = {row["key"]: row for row in items()}
    for row in told("lists"):
        assert len(row["items"]) >= 2, row["key"]
        if row["kind"] != "RESOURCE":
            assert all(row["place"] in above(places[item]["place"]) for item in row["items"]), row["key"]
    assert max(Counter(item for row in told("lists") for item in row["items"]).values()) == 1


def test_needs_and_projects_are_met_in_every_state() -> None:
    assert {row["status"] for row in told("needs")} == set(NeedStatus)
    assert {row["status"] for row in told("projects")} == set(ProjectStatus)
    for row in (*told("needs"), *told("projects")):
        if row["status"] in ("WITHDRAWN", "MERGED", "DEFERRED", "SUSPENDED", "CANCELLED"):
            assert row["statusReason"], row["key"]


def test_claims_are_met_in_every_state_by_units_teams_and_people_alone_and_together() -> None:
    claims, names = told("claims"), {row["key"]: row for row in items()}
    assert {row["status"] for row in claims} == set(ClaimStatus)
    assert {"team" if row["team"] else next(iter(row["by"])) for row in claims} == {"team", "organisation", "person"}
    assert any(row["agreement"] for row in claims)
    assert any(row["with"] for row in claims)
    assert any(row["quantity"] for row in claims)
    for row in claims:
        assert names[row["item"]]["owner"] != row["by"], row["key"]
        # What is still open begins on the day the story is loaded, or it would run out before anybody sees it.
        assert row["status"] != "PROPOSED" or row["on"] == "today", row["key"]


def test_each_community_of_yongji_and_each_sub_district_has_one_service_point_with_hours() -> None:
    places = Counter(row["place"] for row in told("service_points"))
    assert places == dict.fromkeys({*communities(), *URBAN}, 1)
    assert all(row["windows"] and row["services"] for row in told("service_points"))
    assert len({row["services"] for row in told("service_points")}) == 25


def test_some_promises_were_broken_and_made_good() -> None:
    remedies = [promise for row in told("agreements") for promise in row["promises"] if promise["remedy"]]
    assert len(remedies) >= 2
    assert all(promise["dueOn"] < promise["remediedOn"] for promise in remedies)


def test_no_title_and_no_text_is_told_twice_even_without_its_names_and_numbers() -> None:
    names = sorted({re.sub(r"社区|小区|街道|\(演\)", "", row["zh"]) for row in told("places")}, key=len, reverse=True)
    told_by_name = re.compile("|".join(map(re.escape, names)) + r"|[\d.,、]")
    titles = [row["title"]["zh"] for row in (*items(), *told("lists"), *rounds())]
    texts = [row["text"]["zh"] for row in items() if row["text"]]
    assert len(texts) >= 650
    for found in (titles, texts):
        assert [each for each, number in Counter(found).items() if number > 1] == []
        bare = Counter(told_by_name.sub("", each) for each in found)
        assert [each for each, number in bare.items() if number > 1] == []


def test_no_run_of_twelve_characters_is_shared_by_more_than_three_texts() -> None:
    runs: dict[str, set[str]] = defaultdict(set)
    for row in items():
        text = row["title"]["zh"] + "|" + (row["text"]["zh"] if row["text"] else "")
        for start in range(len(text) - RUN + 1):
            runs[text[start : start + RUN]].add(row["key"])
    assert {run: keys for run, keys in runs.items() if len(keys) > 3} == {}


def test_every_item_and_list_has_an_english_title_of_its_own() -> None:
    for found in (items(), [*told("lists"), *rounds()]):
        english = Counter(row["title"]["en"] for row in found)
        assert [each for each, number in english.items() if number > 1 or not each] == []
