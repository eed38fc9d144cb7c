"""The register as everybody sees it, and `pairedWithMe`, each against a naive answer."""

import random
from dataclasses import replace
from typing import Any

from api import clock
from api.models import Need, Pairing, Project, Resource, ServiceItem
from auth.permissions import Action, Object, Permission
from auth.principal import ANONYMOUS, Principal
from auth.relations import RowScope, Visibility
from auth.roles import Role
from tests.api.callers import everybody, mixture, single
from tests.api.conftest import City
from tests.api.reading import SYSTEM, answer, authoriser
from tests.api.world import NOW
from tests.api.world_register import TODAY

FIELDS = {"Team": "teams", "Registration": "registrations", "Pairing": "pairings", "ServicePoint": "servicePoints"}


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
