"""A partner asks with each filter of the contract, and gets exactly the rows that it describes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.asking import Somebody, done
from tests.e2e.conftest import As
from tests.e2e.story import DIANJI, LIUAN, LIUYUAN, SHIJI, XINGBEI, offer, organisation, place, submit

# The estate 世纪花园 in WGS 84, and the same point as a Chinese map gives it (GCJ-02), some 510 m away.
ESTATE = {"longitude": 110.4262, "latitude": 34.8668}
ON_A_CHINESE_MAP = {"longitude": 110.431732, "latitude": 34.866026, "crs": "GCJ02"}
WITHDRAW = """mutation($id: ID!) { needWithdraw(id: $id, reason: "不需要了", expectedVersion: 1) {
    __typename ... on Need { id updatedAt } } }"""


@dataclass(frozen=True)
class Laid:
    """Rows laid out for the filters, by letter, and what filters need to know about them."""

    needs: dict[str, str]
    resources: dict[str, str]
    known: dict[str, Any]

    def letters(self, kind: str, found: list[Any]) -> str:
        """Return the letters of those of ours that were found."""
        ours = self.needs if kind == "needs" else self.resources
        identifiers = [each["id"] for each in found]
        assert len(identifiers) == len(set(identifiers))
        return "".join(letter for letter, identifier in sorted(ours.items()) if identifier in identifiers)


@pytest.fixture(scope="module")
def laid(somebody: As) -> Laid:
    dianji, xingbei = somebody("committee administrator"), somebody("administrator of another community")
    partner = somebody("partner")
    grain, office = organisation(partner, "蒲津粮油行"), organisation(partner, "电机社区居委会(演)")
    far = organisation(partner, "杏北社区居委会(演)")
    here, there, town = (place(partner, code) for code in (DIANJI, XINGBEI, "140881"))
    once = {"startsAt": "2027-01-05T09:00", "endsAt": "2027-01-05T11:00"}
    weekly = {"startsAt": "2027-01-05T14:00", "endsAt": "2027-01-05T16:00", "rrule": "FREQ=WEEKLY;BYDAY=TU"}
    a = submit(dianji, place=here, owner={"organisation": office}, category="life.haircut", windows=[once],
               targetGroups=["ELDERLY"], point=ESTATE)  # fmt: skip
    c = submit(xingbei, place=there, owner={"organisation": far}, category="life.parcel", windows=[weekly])
    b = submit(partner, place=here, owner={"organisation": grain}, category="space.activity",
               point={"longitude": 110.46, "latitude": 34.8668})  # fmt: skip
    withdrawn = done(partner.one(WITHDRAW, {"id": b["id"]}), "Need")
    r = offer(partner, place=here, owner={"organisation": grain}, serviceArea=[here])
    s = offer(partner, place=town, owner={"organisation": grain}, serviceArea=[town], category="life.haircut",
              windows=[once], targetGroups=["ELDERLY"], point=ESTATE)  # fmt: skip
    t = offer(partner, place=place(partner, LIUYUAN), owner={"organisation": grain}, windows=[weekly])
    return Laid(
        {"a": done(a, "Need")["id"], "b": b["id"], "c": done(c, "Need")["id"]},
        {"r": done(r, "Resource")["id"], "s": done(s, "Resource")["id"], "t": done(t, "Resource")["id"]},
        {"grain": grain, "dianji": here, "lately": withdrawn["updatedAt"]},
    )


def between(start: str, end: str) -> dict[str, Any]:
    return {"availableBetween": {"from": start, "to": end}}


Asked = dict[str, Any] | Callable[[Laid], dict[str, Any]]
NEEDS: list[tuple[Asked, str]] = [
    ({}, "abc"),
    ({"within": DIANJI}, "ab"),
    (lambda laid: {"within": laid.known["dianji"]}, "ab"),
    ({"within": "140881001"}, "ab"),
    ({"within": "140881"}, "abc"),
    ({"within": SHIJI}, ""),
    ({"family": "COMMITTEE"}, "ac"),
    ({"family": "UNITS"}, "b"),
    ({"status": ["REQUESTED"]}, "ac"),
    ({"status": ["WITHDRAWN"]}, "b"),
    ({"status": ["WITHDRAWN", "REQUESTED"]}, "abc"),
    ({"category": "life"}, "ac"),
    ({"category": "life.haircut"}, "a"),
    ({"category": "life.hair"}, ""),
    ({"targetGroup": "ELDERLY"}, "a"),
    ({"targetGroup": "CHILDREN"}, ""),
    (between("2027-01-05T10:30", "2027-01-05T11:30"), "ab"),
    (between("2027-01-05T11:00", "2027-01-05T12:00"), "b"),
    (between("2027-01-12T15:59", "2027-01-12T23:00"), "bc"),
    (between("2027-01-12T07:59:00Z", "2027-01-12T08:00:00Z"), "bc"),
    (between("2027-01-12T16:00", "2027-01-12T23:00"), "b"),
    ({"near": {**ESTATE, "metres": 50}}, "a"),
    ({"near": {**ON_A_CHINESE_MAP, "metres": 10}}, "a"),
    ({"near": {**ON_A_CHINESE_MAP, "crs": "WGS84", "metres": 50}}, ""),
    ({"near": {**ESTATE, "metres": 3000}}, "a"),
    ({"near": {**ESTATE, "metres": 3200}}, "ab"),
    (lambda laid: {"changedSince": laid.known["lately"]}, "b"),
    ({"changedSince": "2026-01-01T00:00:00Z"}, "abc"),
    ({"changedSince": "2199-01-01T00:00:00Z"}, ""),
    (lambda laid: {"ownerOrganisation": laid.known["grain"]}, "b"),
    ({"within": DIANJI, "family": "COMMITTEE", "category": "life", "status": ["REQUESTED"]}, "a"),
    ({"within": DIANJI, "category": "life.parcel"}, ""),
]
RESOURCES: list[tuple[Asked, str]] = [
    ({}, "rst"),
    ({"serves": DIANJI}, "rs"),
    ({"serves": SHIJI}, "rs"),
    ({"serves": LIUAN}, "st"),
    ({"serves": "140881"}, "s"),
    ({"serves": XINGBEI}, "s"),
    ({"within": DIANJI}, "r"),
    ({"within": "140881001"}, "rt"),
    ({"family": "UNITS", "status": ["OFFERED"]}, "rst"),
    ({"family": "EXPERTS"}, ""),
    ({"status": ["WITHDRAWN", "USED_UP"]}, ""),
    ({"category": "life"}, "s"),
    ({"targetGroup": "ELDERLY"}, "s"),
    (between("2027-01-12T15:00", "2027-01-12T15:30"), "rt"),
    ({"near": {**ON_A_CHINESE_MAP, "metres": 10}}, "s"),
    (lambda laid: {"ownerOrganisation": laid.known["grain"], "serves": LIUAN, "category": "space"}, "t"),
]


def found(asker: Somebody, kind: str, asked: dict[str, Any]) -> list[Any]:
    """Return all rows under a filter; the number told must be the number that comes."""
    name = f"{kind[:-1].capitalize()}Filter"
    count = asker.one(
        f"query($filter: {name}) {{ {kind}(filter: $filter, first: 0) {{ totalCount }} }}", {"filter": asked}
    )
    rows = asker.pages(
        f"""query($filter: {name}, $after: String) {{ {kind}(filter: $filter, first: 40, after: $after) {{
            nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}""",
        {"filter": asked},
    )
    assert count["totalCount"] == len(rows)
    return rows


@pytest.mark.parametrize(("asked", "letters"), NEEDS)
def test_needs_under_a_filter(partner: Somebody, laid: Laid, asked: Asked, letters: str) -> None:
    given = asked(laid) if callable(asked) else asked
    assert laid.letters("needs", found(partner, "needs", given)) == letters


@pytest.mark.parametrize(("asked", "letters"), RESOURCES)
def test_resources_under_a_filter(partner: Somebody, laid: Laid, asked: Asked, letters: str) -> None:
    given = asked(laid) if callable(asked) else asked
    assert laid.letters("resources", found(partner, "resources", given)) == letters


def test_lists_projects_service_items_and_organisations_take_their_filters_too(partner: Somebody) -> None:
    query = """query { projects(filter: {within: "140881001008", status: [PROPOSED], family: COMMITTEE}, first: 50) {
        nodes { status family } }
      serviceItems(filter: {serves: "x-liuan-huadu", category: "repair", status: [LISTED]}, first: 50) {
        nodes { status resource { category { code } } } }
      needLists(filter: {within: "140881001005", family: OWNERS, status: [PUBLISHED]}, first: 50) { nodes { number } }
      organisations(filter: {within: "140881001", kind: "SCHOOL"}, first: 50) { nodes { nameZh } }
      places(filter: {within: "140881001008", kind: [ESTATE]}, first: 50) { nodes { code } } }"""
    answer = partner.data(query)
    assert {(each["status"], each["family"]) for each in answer["projects"]["nodes"]} == {("PROPOSED", "COMMITTEE")}
    codes = [each["resource"]["category"]["code"] for each in answer["serviceItems"]["nodes"]]
    assert codes
    assert all(code == "repair" or code.startswith("repair.") for code in codes)
    # The owners' group of an estate and a household have one each, the office and the shops others.
    assert {each["number"] for each in answer["needLists"]["nodes"]} == {"永济-柳园-需-2026-01", "永济-柳园-需-2026-03"}
    assert [each["nameZh"] for each in answer["organisations"]["nodes"]] == ["舜都职业学校(演)"]
    assert {each["code"] for each in answer["places"]["nodes"]} == {SHIJI, "x-dianji-laochang"}
