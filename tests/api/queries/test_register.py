"""The register as everybody sees it, `pairedWithMe`, and what grew old, each against a naive answer."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from api import clock
from api.models import Membership, Need, Organisation, Pairing, Project, Resource, ServiceItem
from auth.permissions import Action, Object, Permission
from auth.principal import ANONYMOUS, Principal
from auth.relations import RowScope, Visibility
from auth.roles import Role
from tests.api.callers import everybody, mixture, single
from tests.api.conftest import City
from tests.api.reading import SYSTEM, answer, ask, authoriser
from tests.api.world import NOW
from tests.api.world_register import TODAY

FIELDS = {"Team": "teams", "Registration": "registrations", "Pairing": "pairings", "ServicePoint": "servicePoints"}
FAR = ("0001-01-01", "9999-12-31")
YEAR_AGO = TODAY - timedelta(days=365)


def scope(name: str, row: Any) -> RowScope:
    """Return what casbin looks at, told once more."""
    match name:
        case "Membership":
            return RowScope(row.path, owner_person_id=row.person_id, owner_organisation_id=row.organisation_id)
        case "Organisation":
            return RowScope(row.path, owner_organisation_id=row.id)
        case "Team":
            return RowScope(row.path, owner_person_id=row.lead_person_id, owner_organisation_id=row.organisation_id)
        case "ServicePoint":
            return RowScope(row.path, owner_organisation_id=row.organisation_id)
    waits = name == "Registration" and row.confirmed_on is None
    return RowScope(
        row.path,
        owner_person_id=row.person_id,
        owner_organisation_id=row.organisation_id,
        party_household_id=getattr(row, "household_id", None),
        visibility=Visibility.ADMINISTRATORS if waits else Visibility(row.visibility),
    )


def may(caller: Principal, name: str, action: Action, row: Any) -> bool:
    return authoriser().ask(caller, Permission(Object(name), action), scope(name, row))


def rows_of(city: City) -> dict[str, list[Any]]:
    found = city.register
    return {
        "Team": found.teams,
        "Registration": found.registrations,
        "Pairing": found.pairings,
        "ServicePoint": found.service_points,
    }


async def test_everybody_sees_what_casbin_allows_row_by_row(city: City) -> None:
    rows = rows_of(city)
    parts = (f"{name}: {field}(first: 100) {{ totalCount nodes {{ id }} }}" for name, field in FIELDS.items())
    text = f"{{ {' '.join(parts)} }}"
    seen: dict[str, set[int]] = {name: set() for name in rows}
    for caller in everybody(city.world, ("QA",), mixtures=8):
        data = await answer(text, caller)
        for name, known in rows.items():
            expected = {f"{name}:{row.id}" for row in known if may(caller, name, Action.READ, row)}
            assert {node["id"] for node in data[name]["nodes"]} == expected, (caller.actor, name)
            assert data[name]["totalCount"] == len(expected)
            seen[name].add(len(expected))
    assert len(seen["Registration"]) > 3
    assert len(seen["Pairing"]) > 3


async def test_who_leads_and_who_registered_is_told_to_nobody_without_the_right(city: City) -> None:
    rows_of(city)
    people = "pairings(first: 100) { nodes { person { id } household { id } } }"
    text = f"{{ teams(first: 100) {{ nodes {{ lead {{ id }} }} }} {people} }}"
    data = await answer(text)
    assert {str(node["lead"]) for node in data["teams"]["nodes"]} == {"None"}
    assert {str(each) for node in data["pairings"]["nodes"] for each in node.values()} == {"None"}
    data = await answer(text, SYSTEM)
    assert all(node["lead"] for node in data["teams"]["nodes"])


async def test_registered_units_and_people_are_counted_once_by_place(city: City) -> None:
    rows = (rows_of(city))["Registration"]
    data = await answer("{ places(first: 100) { nodes { path registered { organisations people } } } }")
    sums = 0
    for place in data["places"]["nodes"]:
        here = [row for row in rows if row.status == "ACTIVE" and row.path.startswith(place["path"])]
        units = {row.organisation_id for row in here if row.person_id is None}
        people = {row.person_id for row in here if row.person_id is not None}
        assert place["registered"] == {"organisations": len(units), "people": len(people)}, place
        sums += len(units)
    assert sums > 3


def paired(caller: Principal, name: str, row: Any, pairings: list[Any]) -> bool:
    """Tell whether somebody is paired with where the row lies, as far as they may know it."""
    exact = True
    if name in ("Need", "Resource"):
        whole = RowScope(
            row.path, row.owner_person_id, row.owner_household_id, row.owner_organisation_id,
            getattr(row, "assigned_person_id", None), getattr(row, "assigned_organisation_id", None),
            visibility=Visibility(row.visibility),
        )  # fmt: skip
        exact = authoriser().ask(caller, Permission(Object(f"{name}.exactPlace"), Action.READ), whole)
    paths = [row.path] if exact else []
    if name in ("Need", "Resource"):
        paths.append(row.public_path)
    for pairing in pairings:
        mine = pairing.organisation_id in caller.organisation_ids or (
            caller.person_id is not None and pairing.person_id == caller.person_id
        )
        if not mine or pairing.valid_from > TODAY or (pairing.valid_to is not None and pairing.valid_to < TODAY):
            continue
        if pairing.household_id is not None:
            if name in ("Need", "Resource") and exact and row.owner_household_id == pairing.household_id:
                return True
        elif any(path.startswith(pairing.path) for path in paths):
            return True
    return False


async def test_paired_with_me_admits_what_lies_where_one_is_paired(city: City) -> None:
    pairings = (rows_of(city))["Pairing"]
    # Service items of the city lie in their communities, which few are paired with by chance.
    whole, unit = city.world.places["QA"], city.world.organisations[0].id
    named = {"place_id": whole.id, "path": whole.path, "organisation_id": unit, "visibility": "PUBLIC"}
    pairings.append(await Pairing.create(**named, valid_from=TODAY))
    tables: dict[str, tuple[str, list[Any]]] = {
        "Need": ("needs", await Need.all()),
        "Resource": ("resources", await Resource.all()),
        "Project": ("projects", await Project.all()),
        "ServiceItem": ("serviceItems", await ServiceItem.all()),
    }
    every = " ".join(f"{name}: {field}(first: 100) {{ nodes {{ id }} }}" for name, (field, _) in tables.items())
    asked = every.replace("first: 100", "first: 100, filter: {pairedWithMe: $mine}")
    chance = random.Random("paired")
    callers = [ANONYMOUS, *(mixture(city.world, chance) for _ in range(6))]
    for row in pairings[:6]:
        caller = single(city.world, Role.REGISTERED_HELPER, "QA")
        callers.append(replace(caller, person_id=row.person_id or caller.person_id, household_ids=frozenset()))
    # Who sees everything, as each of the units that are paired.
    units = sorted({row.organisation_id for row in pairings if row.organisation_id is not None})
    callers += [replace(SYSTEM, organisation_ids=frozenset({unit})) for unit in units]
    hits = dict.fromkeys(tables, 0)
    with clock.fixed(NOW):
        for caller in callers:
            seen = await answer(f"{{ {every} }}", caller)
            for wanted in (True, False):
                data = await answer(f"query ($mine: Boolean) {{ {asked} }}", caller, mine=wanted)
                for name, (_, rows) in tables.items():
                    visible = {node["id"] for node in seen[name]["nodes"]}
                    expected = {
                        f"{name}:{row.id}" for row in rows if paired(caller, name, row, pairings) is wanted
                    } & visible
                    assert {node["id"] for node in data[name]["nodes"]} == expected, (caller.actor, name, wanted)
                    hits[name] += wanted and len(expected)
    assert all(hits.values()), hits


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
    known = single(city.world, Role.COMMITTEE_STAFF, "QA")
    text = "{ page: unconfirmed(kinds: [REGISTRATION], first: 100) { nodes { id } } }"
    with clock.fixed(NOW + timedelta(days=2000)):
        nodes = (await answer(text, known))["page"]["nodes"]
        listed = [row for row in rows if f"Registration:{row.id}" in {node["id"] for node in nodes}]
        units = frozenset(row.organisation_id for row in listed if row.person_id is None)
        people = [row.person_id for row in listed if row.person_id is not None]
        caller = replace(known, organisation_ids=known.organisation_ids | units, person_id=people[0])
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
