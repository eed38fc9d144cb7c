"""What of the register grew old, for whoever may confirm it, against a naive answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from api import clock
from api.models import Membership, Organisation, Registration
from auth.permissions import Action
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.callers import single
from tests.api.conftest import City
from tests.api.queries.test_register import may, rows_of
from tests.api.reading import answer, ask
from tests.api.world import NOW
from tests.api.world_register import TODAY

FAR = ("0001-01-01", "9999-12-31")
YEAR_AGO = TODAY - timedelta(days=365)


OLD: dict[str, Callable[[Any], bool]] = {
    "Membership": lambda row: row.valid_to is None or row.valid_to >= TODAY,
    "Pairing": lambda row: row.valid_to is None or row.valid_to >= TODAY,
    "Organisation": lambda row: row.status == "ACTIVE",
    "Team": lambda row: row.status == "ACTIVE",
    "Registration": lambda row: row.status == "ACTIVE",
    "ServicePoint": lambda row: row.status == "OPEN",
}
CONFIRM = {"Membership": Action.UPDATE}


def own(caller: Principal, row: Any) -> bool:
    if row.person_id is not None:
        return bool(row.person_id == caller.person_id)
    return row.organisation_id in caller.organisation_ids


async def test_nobody_is_asked_to_confirm_what_is_their_own(city: City) -> None:
    rows = [row for row in rows_of(city)["Registration"] if row.status == "ACTIVE"]
    here = city.world.places["QA"]
    await Registration.all().update(place_id=here.id, community_id=here.id, path=here.path)
    known = single(city.world, Role.COMMITTEE_STAFF, "QA")
    text = "{ page: unconfirmed(kinds: [REGISTRATION], first: 100) { nodes { id } } }"
    with clock.fixed(NOW + timedelta(days=2000)):
        nodes = (await answer(text, known))["page"]["nodes"]
        listed = [row for row in rows if own(known, row) or f"Registration:{row.id}" in {node["id"] for node in nodes}]
        unit = next(row.organisation_id for row in listed if row.person_id is None)
        person = next(row.person_id for row in listed if row.person_id is not None)
        caller = replace(known, organisation_ids=known.organisation_ids | {unit}, person_id=person)
        nodes = (await answer(text, caller))["page"]["nodes"]
    expected = {f"Registration:{row.id}" for row in listed if not own(caller, row)}
    assert {node["id"] for node in nodes} == expected
    assert 0 < len(expected) < len(listed)


async def test_what_grew_old_is_listed_for_whoever_may_confirm_it(city: City) -> None:
    rows = rows_of(city)
    await Organisation.filter(name_zh__startswith="单位QA").update(created_at=NOW - timedelta(days=400))
    await Membership.all().update(created_at=NOW - timedelta(days=400))
    rows |= {"Organisation": await Organisation.all(), "Membership": await Membership.all()}
    text = """query ($within: String, $after: String) {
        page: unconfirmed(within: $within, first: 7, after: $after) {
            totalCount pageInfo { endCursor hasNextPage } nodes { id ... on Team { confirmedOn } } } }"""
    roles = (Role.COMMITTEE_ADMINISTRATOR, Role.COMMITTEE_STAFF, Role.SUBDISTRICT_OFFICER, Role.RESIDENT)
    sizes = []
    with clock.fixed(NOW):
        for caller in (ANONYMOUS, *(single(city.world, role, "QA") for role in roles)):
            for within in (None, "QA"):
                found: list[str] = []
                after, more = None, True
                while more:
                    page = (await answer(text, caller, within=within, after=after))["page"]
                    found += [node["id"] for node in page["nodes"]]
                    after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
                expected = [
                    f"{name}:{row.id}"
                    for name, known in rows.items()
                    for row in known
                    if OLD[name](row)
                    and (within is None or "/QA/" in row.path)
                    and (row.confirmed_on < YEAR_AGO if row.confirmed_on else row.created_at.date() < YEAR_AGO)
                    and may(caller, name, CONFIRM.get(name, Action.CONFIRM), row)
                    and may(caller, name, Action.READ, row)
                    and (name != "Membership" or row.person_id != caller.person_id)
                    and (name != "Registration" or not own(caller, row))
                ]
                assert found == sorted(expected, key=lambda each: int(each.partition(":")[2])), caller.actor
                assert page["totalCount"] == len(found)
                sizes.append(len(found))
    assert sizes[:2] == [0, 0]
    assert sizes[2] > 7
    assert sizes[-1] == 0


async def test_the_last_page_and_single_kinds_of_what_grew_old(city: City) -> None:
    rows_of(city)
    caller = single(city.world, Role.COMMITTEE_STAFF, "QA")
    text = "{ a: unconfirmed(kinds: [TEAM], %s) { nodes { id __typename } } }"
    with clock.fixed(NOW):
        every = (await answer(text % "first: 100", caller))["a"]["nodes"]
        last = (await answer(text % "last: 2", caller))["a"]["nodes"]
        none = await answer('{ unconfirmed(since: "2020-01-01", first: 5) { totalCount nodes { id } } }', caller)
        wrong = await ask("{ unconfirmed { nodes { id } } }", caller)
        far = [await ask(f'{{ unconfirmed(first: 1, since: "{day}") {{ totalCount }} }}', caller) for day in FAR]
    assert [each.fault.path for each in far] == [("since",)] * 2
    assert {each["__typename"] for each in every} == {"Team"}
    assert last == every[-2:]
    assert none["unconfirmed"] == {"totalCount": 0, "nodes": []}
    assert wrong.fault.path == ("first",)
