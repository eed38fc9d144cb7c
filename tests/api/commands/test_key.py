"""Keys: never more than the organisation may, shown once, revoked at once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from api import clock
from api.commands.key import issue_key, issue_person_token, revoke_key
from api.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from api.models import AuditEntry, BearerKey, Membership
from auth.keys import hash_of, parse_key
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


async def partner(town: Town) -> int:
    firm = await town.organisation()
    await Membership.create(
        role="UNIT_REPRESENTATIVE",
        organisation_id=firm,
        place_id=town.id("A"),
        path=town.path("A"),
        valid_from=date(2026, 1, 1),
    )
    return firm


async def test_only_administrators_issue_keys(town: Town) -> None:
    firm = await partner(town)
    with pytest.raises(Unauthenticated):
        await issue_key(town.anonymous(), firm, "x")
    for viewer in (
        town.administrator("B"),
        town.viewer(Role.COMMITTEE_STAFF),
        town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm),
    ):
        with pytest.raises(Forbidden):
            await issue_key(viewer, firm, "x")
    assert not await BearerKey.exists()


@pytest.mark.parametrize("scope", ["ruleVersion:publish", "person.contact:read", "serviceItem", "nothing:read"])
async def test_a_key_gets_no_scope_beyond_the_organisation_s_roles(town: Town, scope: str) -> None:
    firm = await partner(town)
    with pytest.raises(InvalidInput) as refused:
        await issue_key(town.administrator(), firm, "x", scopes=["need:read", scope])
    assert refused.value.path == ("scopes", "1")


@pytest.mark.parametrize("valid", [timedelta(), timedelta(days=-1), timedelta(days=366)])
async def test_a_key_lives_a_year_at_most(town: Town, valid: timedelta) -> None:
    firm = await partner(town)
    with pytest.raises(InvalidInput) as refused:
        await issue_key(town.administrator(), firm, "x", valid=valid)
    assert refused.value.path == ("valid",)


async def test_a_suspended_organisation_gets_no_key(town: Town) -> None:
    firm = await town.organisation(status="SUSPENDED")
    with pytest.raises(InvalidInput):
        await issue_key(town.administrator(), firm, "x")


async def test_a_key_is_shown_once_and_only_its_hash_is_stored(town: Town) -> None:
    firm = await partner(town)
    with clock.fixed(NOON):
        issued = await issue_key(town.administrator(), firm, "粮油行的程序", scopes=["need:read"])
    assert issued.token not in repr(issued)
    parsed = parse_key(issued.token)
    assert parsed is not None
    row = await BearerKey.get(key_id=parsed.key_id)
    assert (row.secret_hash, row.scopes) == (hash_of(issued.token), ["need:read"])
    assert row.expires_at == NOON + timedelta(days=365)
    assert issued.token not in str([entry.change for entry in await AuditEntry.all()])
    assert await actions() == ["key.issue"]


async def test_without_scopes_a_key_gets_what_a_partner_usually_needs(town: Town) -> None:
    issued = await issue_key(town.administrator(), await partner(town), "x")
    scopes = (await BearerKey.get(id=issued.id)).scopes
    assert {"need:read", "match:read", "resource:create"} <= set(scopes)
    bare = await issue_key(town.administrator(), await town.organisation(), "x")
    assert "resource:create" not in (await BearerKey.get(id=bare.id)).scopes


async def test_a_key_is_revoked_by_its_organisation_or_an_administrator(town: Town) -> None:
    firm = await partner(town)
    issued = await issue_key(town.administrator(), firm, "x")
    for viewer in (town.anonymous(), town.administrator("B")):
        with pytest.raises(NotFound):
            await revoke_key(viewer, issued.id)
    mine = town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm)
    for _ in range(2):
        await revoke_key(mine, issued.id)
    assert (await BearerKey.get(id=issued.id)).revoked_at is not None
    assert await actions() == ["key.issue", "key.revoke"]


async def test_nobody_becomes_somebody_else_by_a_session(town: Town) -> None:
    me, other = await town.person(), await town.person()
    with pytest.raises(NotFound):
        await issue_person_token(town.viewer(Role.RESIDENT, person=me), other, "x")
    with pytest.raises(Forbidden):
        await issue_person_token(town.administrator(), other, "x")
    assert await issue_person_token(town.viewer(Role.RESIDENT, person=me), me, "x")
    system = town.viewer(Role.SYSTEM_ADMINISTRATOR, "D")
    issued = await issue_person_token(system, other, "演示")
    row = await BearerKey.get(id=issued.id)
    assert (row.person_id, row.organisation_id, row.scopes) == (other, None, None)
    assert issued.token.startswith("wj_user_")


async def test_nobody_gets_a_higher_office_through_the_key_of_an_organisation_next_door(town: Town) -> None:
    office = await town.organisation()
    await Membership.create(
        role="SUBDISTRICT_OFFICER",
        organisation_id=office,
        place_id=town.id("S"),
        path=town.path("S"),
        valid_from=date(2026, 1, 1),
    )
    for scopes in (["ruleVersion:publish"], ["need:read"], None):
        with pytest.raises(Forbidden) as refused:
            await issue_key(town.administrator(), office, "x", scopes=scopes)
        assert refused.value.path == ("organisation",)
    assert not await BearerKey.exists()
    assert await issue_key(town.viewer(Role.SYSTEM_ADMINISTRATOR, "D"), office, "x", scopes=["need:read"])


async def test_a_firm_that_serves_two_communities_gets_its_key_from_whoever_may_give_both_roles(town: Town) -> None:
    firm = await partner(town)
    await Membership.create(
        role="UNIT_REPRESENTATIVE",
        organisation_id=firm,
        place_id=town.id("B"),
        path=town.path("B"),
        valid_from=date(2026, 1, 1),
    )
    with pytest.raises(Forbidden):
        await issue_key(town.administrator(), firm, "x")
    assert await issue_key(town.viewer(Role.SYSTEM_ADMINISTRATOR, "D"), firm, "x")
