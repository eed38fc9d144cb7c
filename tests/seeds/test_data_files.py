"""The seed files agree with each other, with the house's enums and with what may be told."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from dateutil.rrule import rrulestr

from api.models.choices import (
    Consent,
    EstateKind,
    Family,
    LineKind,
    ListKind,
    PlaceKind,
    PriceClass,
    Source,
    Urgency,
    Visibility,
)
from api.state_machines.item_list import ListStatus
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from api.state_machines.resource import ResourceStatus
from api.state_machines.service_item import ServiceItemStatus
from auth.roles import Role
from seeds.story import told

Row = dict[str, Any]
STATUS = {
    "needs": NeedStatus,
    "resources": ResourceStatus,
    "projects": ProjectStatus,
    "service_items": ServiceItemStatus,
}
ITEMS = tuple(STATUS)
FAMILIES = {*Family, None}
OPEN_NEEDS = {"REQUESTED", "DELIBERATING", "DISPATCHED"}
OPEN_PROJECTS = {"PROPOSED", "PLANNED", "IN_PROGRESS"}
STORY = {"140881001008", "140881001005", "140881003002"}


def rows(name: str) -> list[Row]:
    return told(name)


def by(name: str, field: str = "key") -> dict[str, Row]:
    return {row[field]: row for row in rows(name)}


def items() -> Iterator[tuple[str, Row]]:
    for name in ITEMS:
        for row in rows(name):
            yield name, row


def above(place: str) -> list[str]:
    places, line = by("places"), [place]
    while (parent := places[line[-1]]["parent"]) is not None:
        assert parent not in line, f"{place} lies in a circle"
        line.append(parent)
    return line


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *((name, "code") for name in ("categories", "party_kinds", "units", "target_groups")),
        *((name, "key") for name in ("places", "organisations", "households", "people")),
        *((name, "key") for name in (*ITEMS, "lists", "rule_sets")),
    ],
)
def test_no_code_and_no_key_is_given_twice(name: str, field: str) -> None:
    counts = Counter(row[field] for row in rows(name))
    assert [each for each, number in counts.items() if number > 1] == []


def test_no_phone_number_could_be_dialled() -> None:
    phones = [row["phone"] for name in ("people", "households") for row in rows(name)]
    assert len(set(phones)) == len(phones)
    # Eleven digits like a mobile number, in a block of zeros that nobody was ever given.
    assert [phone for phone in phones if not re.fullmatch(r"1380000\d{4}", phone)] == []


def test_nobody_in_the_story_is_a_living_person() -> None:
    names = [row["name"]["zh"] for row in rows("people")]
    names += [row["contact"]["zh"] for row in rows("households")]
    assert [name for name in names if not name.startswith("演示·")] == []


def test_no_promise_is_made_in_the_name_of_a_real_organisation() -> None:
    real = {key for key, row in by("organisations").items() if not row["invented"]}
    live = {"OFFERED", "LISTED", "REQUESTED", "DELIBERATING", "DISPATCHED"}
    for _, item in items():
        if item["owner"].get("organisation") in real:
            assert item["status"] not in live, item["key"]
            assert item.get("quantity") is None, item["key"]
        assert item.get("concerns") not in real, item["key"]
    for row in rows("organisations"):
        assert row["name"]["zh"].endswith("(演)") is row["invented"], row["key"]
        assert row["note"], row["key"]


def test_a_household_or_person_at_home_is_never_on_the_public_board() -> None:
    kinds = {key: row["kind"] for key, row in by("places").items()}
    for _, item in items():
        if item["owner"].get("household") and kinds[item["place"]] in ("BUILDING", "ENTRANCE"):
            assert item["visibility"] != "PUBLIC", item["key"]
        if item["category"] == "neighbour.dispute":
            assert item["visibility"] == "ADMINISTRATORS", item["key"]


def test_places_form_one_tree_below_china() -> None:
    places = by("places")
    for key, row in places.items():
        assert row["kind"] in set(PlaceKind), key
        assert row["estateKind"] in {*EstateKind, None}, key
        assert row["shareOver60"] is None or 0 <= row["shareOver60"] <= 1, key
        assert key == row["code"] if row["code"] else re.fullmatch(r"x-[a-z0-9-]+", key), key
        assert above(key)[-1] == "x-cn"
        if row["code"] and row["parent"] in places and places[row["parent"]]["code"]:
            assert row["code"].startswith(row["parent"]), key
        assert {*row["adjacentTo"], *row["touches"]} <= set(places), key
        assert all(key in places[other]["adjacentTo"] for other in row["adjacentTo"]), key


def test_yongji_and_qinghe_have_the_communities_of_the_official_list() -> None:
    counts = Counter(row["parent"] for row in rows("places") if row["kind"] == "COMMUNITY" and row["code"])
    yongji = [counts[each] for each in ("140881001", "140881003", "140881002")]
    assert yongji == [8, 9, 5]
    assert counts["110108017"] == 29
    grids = [row for row in rows("places") if row["parent"] == "110112117209"]
    assert [row["kind"] for row in grids] == ["GRID"] * 19


def test_parties_and_people_sit_at_places_that_exist() -> None:
    places, kinds, parties = by("places"), by("party_kinds", "code"), by("organisations")
    households = by("households")
    for seat in rows("party_seats"):
        assert seat["place"] in places
        assert seat["family"] == kinds[seat["kind"]]["family"]
    for row in parties.values():
        assert row["place"] in places, row["key"]
        assert row["family"] == kinds[row["kind"]]["family"], row["key"]
        assert row["family"] in FAMILIES, row["key"]
    assert all(row["place"] in places for row in households.values())
    for person in rows("people"):
        assert person["place"] in places, person["key"]
        assert person["household"] in {*households, None}, person["key"]
        for membership in person["memberships"]:
            assert membership["place"] in places, person["key"]
            assert membership["organisation"] in {*parties, None}, person["key"]
            assert membership["role"] in set(Role), person["key"]
            assert membership["family"] in FAMILIES, person["key"]


def test_somebody_can_sign_in_in_every_role() -> None:
    held = {membership["role"] for person in rows("people") if person["login"] for membership in person["memberships"]}
    assert set(Role) - held == {Role.ANONYMOUS}


def test_every_item_refers_to_what_exists_and_says_known_words() -> None:
    places, categories = by("places"), by("categories", "code")
    groups, units = by("target_groups", "code"), {*by("units", "code"), None}
    owners = {name: by(f"{name}s") for name in ("organisation", "household")} | {"person": by("people")}
    for name, item in items():
        key = item["key"]
        assert item["title"]["zh"], key
        assert item["title"]["en"], key
        assert item["category"] in categories, key
        assert item["place"] in places, key
        assert set(item["targetGroups"]) <= set(groups), key
        assert item["visibility"] in set(Visibility), key
        assert item["source"] in set(Source), key
        assert item["family"] in FAMILIES, key
        assert item["status"] in set(STATUS[name]), key
        assert date.fromisoformat(item["publishedOn"]) <= date(2026, 11, 22), key
        ((kind, owner),) = item["owner"].items()
        assert owner in owners[kind], key
        assert set(item.get("serviceArea", ())) <= set(places), key
        assert item.get("unit") in units, key
        assert item.get("priceUnit") in units, key
        assert item.get("priceClass") in {*PriceClass, None}, key
        assert item.get("urgency") in {*Urgency, None}, key
        for line in item.get("lines", ()):
            assert line["kind"] in {*LineKind, None}, key
            assert line["category"] in categories, key
            assert line["unit"] in units, key


def test_every_window_ends_after_it_begins_and_recurs_by_a_readable_rule() -> None:
    for _, item in items():
        for window in item["windows"]:
            start, end = (datetime.fromisoformat(f"{window[at]}:00+08:00") for at in ("start", "end"))
            assert start < end, item["key"]
            if window["rrule"]:
                assert rrulestr(window["rrule"], dtstart=start)[0], item["key"]


def test_a_need_on_behalf_names_who_entered_it_and_the_consent() -> None:
    people = by("people")
    for need in rows("needs"):
        assert (need["source"] == "ON_BEHALF") is (need["onBehalf"] is not None), need["key"]
        if need["onBehalf"]:
            assert need["onBehalf"]["by"] in people
            assert need["onBehalf"]["consent"] in set(Consent)


def test_the_starting_rules_are_meant_for_the_three_communities_of_the_story_and_the_towns_for_the_town() -> None:
    found = {(row["place"], row["document"]) for row in rows("rule_sets")}
    assert found == {*((place, "rules/community-start.json") for place in STORY), ("140881", "rules/yongji-town.json")}


def test_whoever_serves_where_no_property_firm_does_is_there_and_invented() -> None:
    places, parties, categories = by("places"), by("organisations"), by("categories", "code")
    for row in rows("fallbacks"):
        assert row["place"] in places
        assert parties[row["organisation"]]["invented"]
        assert set(row["categories"]) <= set(categories)


def test_every_list_holds_items_of_its_kind() -> None:
    parties, households, places = by("organisations"), by("households"), by("places")
    for each in rows("lists"):
        assert each["kind"] in set(ListKind)
        assert each["status"] in set(ListStatus)
        assert each["place"] in places
        assert set(each["owner"].values()) <= {*parties, *households}
        known = set(by(f"{each['kind'].lower()}s"))
        assert each["items"], each["key"]
        assert set(each["items"]) <= known, each["key"]


def test_there_is_enough_open_to_match_and_all_forty_items_of_the_tables() -> None:
    here = {name: [row for row in rows(name) if STORY & set(above(row["place"]))] for name in ITEMS}
    assert sum(row["status"] in OPEN_NEEDS for row in here["needs"]) >= 25
    assert sum(row["status"] == "OFFERED" for row in rows("resources")) >= 20
    assert sum(row["status"] in OPEN_PROJECTS for row in here["projects"]) >= 8
    told = {item["tableItem"] for _, item in items()} - {None}
    assert told == {f"{table}.{number}" for table in (3, 4, 5, 6) for number in range(1, 11)}
