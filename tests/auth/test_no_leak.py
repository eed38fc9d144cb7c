"""Whatever roles come together, contacts and identities reach nobody without that very right."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.enforcement import Authoriser
from auth.permissions import Action, Object, Permission
from auth.policy import load_shipped
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.relations import RowScope, Visibility
from auth.roles import Role
from tests.auth.worlds import World

AUTHORISER = Authoriser(load_shipped())
PERMISSIONS = tuple(AUTHORISER.policy.by_permission)
STORED_ROLES = tuple(role for role in Role if role is not Role.ANONYMOUS)
CONTACTS = (Object.PERSON_CONTACT, Object.HOUSEHOLD_CONTACT)
READS_CONTACTS = {Role.COMMITTEE_STAFF, Role.COMMITTEE_ADMINISTRATOR}
ON_THE_GRID = {Role.GRID_WORKER, Role.GRID_HEAD}


def is_own(caller: Principal, row: RowScope) -> bool:
    return (caller.person_id is not None and row.owner_person_id == caller.person_id) or (
        row.owner_household_id in caller.household_ids
    )


def is_assigned(caller: Principal, row: RowScope) -> bool:
    return (caller.person_id is not None and row.assigned_person_id == caller.person_id) or (
        row.assigned_organisation_id in caller.organisation_ids
    )


@given(st.integers())
def test_a_contact_is_seen_by_oneself_the_committee_or_the_assigned_grid(seed: int) -> None:
    world = World(random.Random(seed))
    caller = world.principal(STORED_ROLES, PERMISSIONS)
    for _ in range(20):
        row = world.row()
        here = {held.role for held in caller.held if row.path.startswith(held.scope)}
        for contact in CONTACTS:
            if AUTHORISER.ask(caller, Permission(contact, Action.READ), row):
                assert is_own(caller, row) or here & READS_CONTACTS or (here & ON_THE_GRID and is_assigned(caller, row))
                assert row.visibility is not Visibility.PUBLIC


@given(st.integers())
def test_an_identity_is_seen_by_oneself_alone(seed: int) -> None:
    world = World(random.Random(seed))
    caller = world.principal(STORED_ROLES, PERMISSIONS)
    for _ in range(20):
        row = world.row()
        if AUTHORISER.ask(caller, Permission(Object.PERSON_IDENTITY, Action.READ), row):
            assert is_own(caller, row)


@given(st.integers())
def test_an_auditor_changes_nothing_but_their_own_login_and_contact(seed: int) -> None:
    world = World(random.Random(seed))
    held = tuple(HeldRole(role, "CN/") for role in STORED_ROLES)
    auditor = Principal(PrincipalKind.PERSON, person_id=1, held=held)
    own = {Permission(name, Action.UPDATE) for name in (*CONTACTS, Object.ACCOUNT)}
    keys = {Permission(Object.API_KEY, Action.REVOKE)}
    for _ in range(5):
        row = world.row()
        if not row.path:
            continue
        done = {
            permission
            for permission in PERMISSIONS
            if permission.action is not Action.READ and AUTHORISER.ask(auditor, permission, row)
        }
        assert done <= own | keys


@given(st.integers())
def test_what_one_may_nowhere_one_may_on_no_row(seed: int) -> None:
    world = World(random.Random(seed))
    caller = world.principal(STORED_ROLES, PERMISSIONS)
    rows = [world.row() for _ in range(10)]
    for permission in PERMISSIONS:
        if not AUTHORISER.may_somewhere(caller, permission):
            assert not any(AUTHORISER.ask(caller, permission, row) for row in rows)


@pytest.mark.parametrize("visibility", [None, Visibility.MEMBERS, Visibility.ADMINISTRATORS])
def test_a_row_that_is_not_public_is_nothing_to_a_caller_without_a_name(
    visibility: Visibility | None,
) -> None:
    row = RowScope("CN/11/", 1, 1, 1, 1, 1, 1, 1, 1, visibility)
    register = {
        "place:read",
        "partySeat:read",
        "category:read",
        "organisation:read",
        "team:read",
        "servicePoint:read",
        "collectionRound:read",
    }

    assert {str(permission) for permission in PERMISSIONS if AUTHORISER.ask(ANONYMOUS, permission, row)} == register


def test_a_path_without_its_slash_is_refused_before_it_reaches_too_far() -> None:
    with pytest.raises(ValueError, match="ends with a slash"):
        HeldRole(Role.COMMITTEE_STAFF, "CN/11")
    with pytest.raises(ValueError, match="ends with a slash"):
        Principal(PrincipalKind.PERSON, community_paths=("CN/11",))
    with pytest.raises(ValueError, match="must not be empty"):
        Principal(PrincipalKind.PERSON, community_paths=("",))


def test_a_role_for_an_organisation_one_is_not_of_is_refused() -> None:
    held = (HeldRole(Role.PROPERTY_CLERK, "CN/11/", 5),)

    with pytest.raises(ValueError, match="is held for an organisation"):
        Principal(PrincipalKind.PERSON, person_id=1, held=held)


def test_a_key_without_scopes_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its scopes"):
        Principal(PrincipalKind.ORGANISATION_KEY)
