"""The policy in sentences: the cases that people from a street would ask about first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auth.enforcement import Authoriser
from auth.permissions import parse_permission
from auth.policy import load_shipped
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.relations import RowScope, Visibility
from auth.roles import Role

AUTHORISER = Authoriser(load_shipped())
HERE, ELSEWHERE = "CN/11/110108/029/001/", "CN/11/110108/029/0011/"
STREET = "CN/11/110108/029/"
FIRM, SHOP = 21, 22

PRIVATE_NEED = RowScope(HERE, owner_person_id=3, visibility=Visibility.ADMINISTRATORS)
MEMBERS_NEED = replace(PRIVATE_NEED, visibility=Visibility.MEMBERS)
PUBLIC_NEED = replace(PRIVATE_NEED, visibility=Visibility.PUBLIC)
FIRMS_ITEM = RowScope(HERE, owner_organisation_id=FIRM, visibility=Visibility.PUBLIC)
SHOPS_ITEM = replace(FIRMS_ITEM, owner_organisation_id=SHOP)


def person(role: Role, scope: str = HERE, organisation: int | None = None) -> Principal:
    return Principal(
        PrincipalKind.PERSON,
        person_id=1,
        organisation_ids=frozenset(() if organisation is None else (organisation,)),
        community_paths=(HERE,),
        held=(HeldRole(role, scope, organisation),),
    )


def may(caller: Principal, what: str, row: RowScope) -> bool:
    return AUTHORISER.ask(caller, parse_permission(what), row)


CLERK = person(Role.PROPERTY_CLERK, organisation=FIRM)
MANAGER = person(Role.PROPERTY_MANAGER, organisation=FIRM)
PARTNER = person(Role.UNIT_REPRESENTATIVE, organisation=SHOP)
RESIDENT = person(Role.RESIDENT)
STAFF = person(Role.COMMITTEE_STAFF)
ADMINISTRATOR = person(Role.COMMITTEE_ADMINISTRATOR)
OFFICER = person(Role.SUBDISTRICT_OFFICER, STREET)
NEIGHBOURING_ADMINISTRATOR = person(Role.COMMITTEE_ADMINISTRATOR, ELSEWHERE)


@pytest.mark.parametrize(
    ("caller", "what", "row"),
    [
        (ANONYMOUS, "need:read", MEMBERS_NEED),
        (ANONYMOUS, "need.exactPlace:read", PUBLIC_NEED),
        (ANONYMOUS, "need.estimates:read", PUBLIC_NEED),
        (ANONYMOUS, "person:read", PUBLIC_NEED),
        (ANONYMOUS, "need:create", PUBLIC_NEED),
        (RESIDENT, "need:read", PRIVATE_NEED),
        (RESIDENT, "need:create", PRIVATE_NEED),
        (RESIDENT, "need:create", replace(PRIVATE_NEED, path=ELSEWHERE, owner_person_id=1)),
        (RESIDENT, "need:update", PUBLIC_NEED),
        (CLERK, "serviceItem:update", SHOPS_ITEM),
        (CLERK, "serviceItem:update", replace(FIRMS_ITEM, path=ELSEWHERE)),
        (CLERK, "serviceItem:retire", FIRMS_ITEM),
        (CLERK, "need:read", PRIVATE_NEED),
        (CLERK, "person.contact:read", replace(PRIVATE_NEED, assigned_organisation_id=FIRM)),
        (PARTNER, "resource:update", FIRMS_ITEM),
        (PARTNER, "need:read", PRIVATE_NEED),
        (PARTNER, "match:dismiss", SHOPS_ITEM),
        (PARTNER, "apiKey:issue", SHOPS_ITEM),
        (STAFF, "ruleVersion:publish", PUBLIC_NEED),
        (STAFF, "needList:publish", PUBLIC_NEED),
        (STAFF, "person.identity:read", PRIVATE_NEED),
        (STAFF, "serviceItem:update", FIRMS_ITEM),
        (NEIGHBOURING_ADMINISTRATOR, "need:read", PRIVATE_NEED),
        (NEIGHBOURING_ADMINISTRATOR, "ruleVersion:publish", PUBLIC_NEED),
        (ADMINISTRATOR, "ruleVersion:publish", replace(PUBLIC_NEED, path=STREET)),
        (ADMINISTRATOR, "ruleVersion:update", PUBLIC_NEED),
        (ADMINISTRATOR, "auditEntry:read", PRIVATE_NEED),
        (ADMINISTRATOR, "account:read", PRIVATE_NEED),
        (OFFICER, "person.contact:read", PRIVATE_NEED),
        (OFFICER, "match:dismiss", PUBLIC_NEED),
        (person(Role.GRID_WORKER), "person.contact:read", PRIVATE_NEED),
        (person(Role.GRID_WORKER), "need:update", PRIVATE_NEED),
        (person(Role.DEPARTMENT_OFFICER), "need.onBehalf:read", PRIVATE_NEED),
        (person(Role.AUDITOR, ""), "person.contact:read", PRIVATE_NEED),
        (person(Role.AUDITOR, ""), "need:update", replace(PRIVATE_NEED, owner_person_id=1)),
        (person(Role.SYSTEM_ADMINISTRATOR, ""), "need:read", PRIVATE_NEED),
        (person(Role.SYSTEM_ADMINISTRATOR, ""), "person.contact:read", PRIVATE_NEED),
        (person(Role.EXPERT), "need:read", PRIVATE_NEED),
    ],
)
def test_this_is_not_permitted(caller: Principal, what: str, row: RowScope) -> None:
    assert not may(caller, what, row)


@pytest.mark.parametrize(
    ("caller", "what", "row"),
    [
        (ANONYMOUS, "need:read", PUBLIC_NEED),
        (ANONYMOUS, "match:read", PUBLIC_NEED),
        (ANONYMOUS, "ruleVersion:read", PUBLIC_NEED),
        (ANONYMOUS, "organisation:read", RowScope()),
        (RESIDENT, "need:read", MEMBERS_NEED),
        (RESIDENT, "need:create", replace(PRIVATE_NEED, owner_person_id=1)),
        (person(Role.OWNER), "need:create", replace(PRIVATE_NEED, owner_person_id=1)),
        (RESIDENT, "need:withdraw", replace(PRIVATE_NEED, owner_person_id=1)),
        (RESIDENT, "person.contact:read", RowScope(HERE, owner_person_id=1)),
        (RESIDENT, "person.identity:read", RowScope(HERE, owner_person_id=1)),
        (person(Role.EXPERT), "person.contact:read", RowScope(HERE, owner_person_id=1)),
        (CLERK, "serviceItem:update", FIRMS_ITEM),
        (CLERK, "need:read", replace(PRIVATE_NEED, assigned_organisation_id=FIRM)),
        (MANAGER, "serviceItem:pause", FIRMS_ITEM),
        (MANAGER, "serviceItem:retire", FIRMS_ITEM),
        (PARTNER, "need:read", PUBLIC_NEED),
        (PARTNER, "need:read", MEMBERS_NEED),
        (PARTNER, "match:read", PUBLIC_NEED),
        (PARTNER, "resource:create", SHOPS_ITEM),
        (PARTNER, "resource:withdraw", SHOPS_ITEM),
        (STAFF, "need:create", PRIVATE_NEED),
        (STAFF, "person.contact:read", PRIVATE_NEED),
        (ADMINISTRATOR, "need:read", PRIVATE_NEED),
        (ADMINISTRATOR, "ruleDraft:save", PRIVATE_NEED),
        (ADMINISTRATOR, "ruleVersion:publish", PUBLIC_NEED),
        (ADMINISTRATOR, "needList:publish", PUBLIC_NEED),
        (ADMINISTRATOR, "match:dismiss", PUBLIC_NEED),
        (ADMINISTRATOR, "membership:create", PRIVATE_NEED),
        (ADMINISTRATOR, "apiKey:issue", RowScope(HERE, owner_organisation_id=SHOP)),
        (ADMINISTRATOR, "import:run", RowScope(HERE)),
        (OFFICER, "need:read", PRIVATE_NEED),
        (OFFICER, "ruleVersion:publish", RowScope(STREET)),
        (person(Role.GRID_WORKER), "need.onBehalf:create", PRIVATE_NEED),
        (person(Role.GRID_WORKER), "need:create", PRIVATE_NEED),
        (person(Role.GRID_WORKER), "need.exactPlace:read", PRIVATE_NEED),
        (
            person(Role.GRID_WORKER),
            "person.contact:read",
            replace(PRIVATE_NEED, assigned_person_id=1),
        ),
        (person(Role.BUILDING_HEAD), "need.exactPlace:read", PRIVATE_NEED),
        (person(Role.DEPARTMENT_OFFICER, STREET), "need:read", PRIVATE_NEED),
        (person(Role.AUDITOR, ""), "auditEntry:read", PRIVATE_NEED),
        (person(Role.AUDITOR, ""), "need:read", PRIVATE_NEED),
        (person(Role.SYSTEM_ADMINISTRATOR, ""), "account:create", RowScope()),
    ],
)
def test_this_is_permitted(caller: Principal, what: str, row: RowScope) -> None:
    assert may(caller, what, row)
