"""The register over GraphQL: a helper registers and is confirmed, and what grew old is confirmed in one step."""

from datetime import UTC, datetime
from typing import Any

from api import clock
from api.context import Context
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.api.reading import schema
from tests.factories import Town

LONG_AGO = datetime(2025, 3, 3, 4, tzinfo=UTC)
SUBMIT = """mutation ($input: RegistrationInput!) { done: registrationSubmit(input: $input) {
    __typename ... on UserError { code path }
    ... on Registration { id status version offer skills certificates { kind validUntil } place { code }
      resource { title status windows { rrule } } } } }"""
CONFIRM = """mutation ($id: ID!) { done: registrationConfirm(id: $id, expectedVersion: 1) {
    __typename ... on UserError { code path } ... on Registration { status confirmedOn resource { status } } } }"""
TEAM = """mutation ($input: TeamInput!) { done: teamRegister(input: $input) {
    __typename ... on UserError { code path }
    ... on Team { id name lead { id } certificates { kind validUntil } } } }"""
POINT = """mutation ($input: ServicePointInput!) { done: servicePointCreate(input: $input) {
    __typename ... on UserError { code path }
    ... on ServicePoint { id name level phone windows { rrule } point { longitude } } } }"""
OLD = "{ unconfirmed(first: 10) { totalCount nodes { id ... on Team { name } ... on ServicePoint { name } } } }"
RECONFIRM = """mutation ($ids: [ID!]!) { done: registerConfirm(ids: $ids) {
    __typename ... on UserError { code path } ... on RegisterConfirmation { count confirmedOn } } }"""


async def told(viewer: Viewer, query: str, **variables: Any) -> Any:
    result = await schema().execute(query, variable_values=variables, context_value=Context(viewer))
    assert not result.errors, result.errors
    assert result.data
    return result.data.get("done") or result.data


async def test_refusals_are_told_with_their_place(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, person=me)
    given = {"person": f"Person:{me}", "place": f"Place:{town.id('A2')}"}
    assert await told(viewer, SUBMIT, input=given) == {
        "__typename": "InvalidInputError", "code": "INVALID_INPUT", "path": ["place"],
    }  # fmt: skip
    boss = town.viewer(Role.COMMITTEE_ADMINISTRATOR, person=me)
    named = {"name": "巡夜队", "place": f"Place:{town.id('A')}"}
    for team in (named, named | {"lead": f"Person:{me}"}):
        assert await told(boss, TEAM, input=team) == {
            "__typename": "ForbiddenError", "code": "FORBIDDEN", "path": ["lead"],
        }  # fmt: skip
    refused = await told(viewer, RECONFIRM, ids=[f"Team:{me}"])
    assert (refused["__typename"], refused["code"]) == ("ForbiddenError", "FORBIDDEN")
    for wrong in ("Need:1", "nothing", f"Team:{me}"):
        refused = await told(town.administrator(), RECONFIRM, ids=[wrong])
        assert (refused["code"], refused["path"]) == ("NOT_FOUND", ["ids", "0"]), wrong


async def test_a_helper_registers_and_is_confirmed(town: Town) -> None:
    me = await town.person()
    window = {"startsAt": "2026-11-28T09:00:00", "endsAt": "2026-11-28T11:00:00", "rrule": "FREQ=WEEKLY;BYDAY=SA"}
    given = {
        "person": f"Person:{me}", "place": f"Place:{town.id('A1')}", "offer": "修小家电", "category": "life.repair",
        "skills": ["电工"], "certificates": [{"kind": "电工证", "validUntil": "2027-05-01"}], "windows": [window],
    }  # fmt: skip
    made = await told(town.viewer(Role.RESIDENT, person=me), SUBMIT, input=given)
    assert (made["status"], made["offer"], made["skills"], made["place"]) == (
        "PENDING",
        "修小家电",
        ["电工"],
        {"code": "A1"},
    )
    assert made["certificates"] == [{"kind": "电工证", "validUntil": "2027-05-01"}]
    assert made["resource"] == {
        "title": "修小家电", "status": "PAUSED", "windows": [{"rrule": "FREQ=WEEKLY;BYDAY=SA"}],
    }  # fmt: skip
    confirmed = await told(town.administrator(), CONFIRM, id=made["id"])
    assert (confirmed["status"], confirmed["resource"]) == ("ACTIVE", {"status": "OFFERED"})
    counted = await told(town.anonymous(), '{ place(code: "S") { registered { organisations people } } }')
    assert counted["place"]["registered"] == {"organisations": 0, "people": 1}


async def test_what_grew_old_is_listed_and_confirmed_in_one_step(town: Town) -> None:
    boss, lead = town.administrator(), await town.person()
    place = f"Place:{town.id('A')}"
    with clock.fixed(LONG_AGO):
        team = await told(boss, TEAM, input={
            "name": "巡夜队", "place": place, "lead": f"Person:{lead}", "certificates": [{"kind": "救护员证"}],
        })  # fmt: skip
        assert team["certificates"] == [{"kind": "救护员证", "validUntil": None}]
        point = await told(boss, POINT, input={
            "name": "服务站", "level": "COMMUNITY", "place": place, "phone": "0359-8022110",
            "point": {"longitude": 110.44, "latitude": 34.87},
        })  # fmt: skip
        assert (point["level"], point["point"]) == ("COMMUNITY", {"longitude": 110.44})
    old = (await told(boss, OLD))["unconfirmed"]
    ids = [node["id"] for node in old["nodes"]]
    assert {team["id"], point["id"]} < set(ids)
    assert old["totalCount"] == len(ids) == 3, "the lead's role grew old as well"
    assert (await told(town.anonymous(), OLD))["unconfirmed"]["totalCount"] == 0
    done = await told(boss, RECONFIRM, ids=ids)
    assert (done["__typename"], done["count"], done["confirmedOn"]) == (
        "RegisterConfirmation", 3, clock.today().isoformat(),
    )  # fmt: skip
    assert (await told(boss, OLD))["unconfirmed"] == {"totalCount": 0, "nodes": []}
