"""Reconfirming the register: many entries in one step, all or none, each with its audit row."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.commands.confirmation import confirm_register
from api.commands.pairing import create_pairing
from api.commands.registration import submit_registration
from api.commands.service_point import create_service_point
from api.commands.team import register_team
from api.errors import Forbidden, InvalidInput, LimitExceeded, NotFound, Unauthenticated
from api.models import AuditEntry, HistoryEntry, Membership, Organisation, Pairing, Registration, ServicePoint, Team
from auth.roles import Role
from tests.api.commands.records import actions, verify_chains
from tests.factories import Town

LONG_AGO = datetime(2025, 3, 3, 4, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TODAY = date(2026, 11, 23)


async def entries(town: Town) -> list[tuple[str, int]]:
    """Return one entry of each kind, entered long ago."""
    boss = town.administrator()
    with clock.fixed(LONG_AGO):
        firm, person = await town.organisation(), await town.person()
        made = {
            "Organisation": firm,
            "Team": await register_team(boss, {"name": "巡夜队", "place": town.id("A"), "lead": person}),
            "Registration": await submit_registration(boss, {"organisation": firm, "place": town.id("A")}),
            "Pairing": await create_pairing(boss, {"organisation": firm, "place": town.id("A1")}),
            "ServicePoint": await create_service_point(
                boss, {"name": "服务站", "level": "ESTATE", "place": town.id("A1")}
            ),
        }
    role: Any = await Membership.get(person_id=person)
    return [*made.items(), ("Membership", int(role.id))]


async def test_who_may_not_confirm_one_of_them_confirms_none(town: Town) -> None:
    every = await entries(town)
    before = await AuditEntry.all().count()
    with pytest.raises(NotFound) as hidden:
        await confirm_register(town.anonymous(), every[-1:])
    assert hidden.value.path == ("ids", "0")
    with pytest.raises(Unauthenticated):
        await confirm_register(town.anonymous(), every)
    # Staff confirm the register, but memberships are the administrator's.
    with pytest.raises(Forbidden) as refused:
        await confirm_register(town.viewer(Role.COMMITTEE_STAFF), every)
    assert refused.value.path == ("ids", "5")
    for viewer in (town.administrator("B"), town.viewer(Role.AUDITOR), town.viewer(Role.UNIT_REPRESENTATIVE)):
        with pytest.raises(Forbidden):
            await confirm_register(viewer, every[:1])
    with pytest.raises(LimitExceeded):
        await confirm_register(town.administrator(), every * 20)
    assert not await Team.filter(confirmed_on=TODAY).exists()
    assert await AuditEntry.all().count() == before


async def test_what_waits_or_is_unknown_is_not_confirmed(town: Town) -> None:
    me = await town.person()
    waiting = await submit_registration(town.viewer(Role.RESIDENT, person=me), {"person": me})
    with pytest.raises(InvalidInput) as refused:
        await confirm_register(town.administrator(), [("Registration", waiting)])
    assert refused.value.path == ("ids", "0")
    for entry in (("Need", waiting), ("Team", waiting)):
        with pytest.raises(NotFound):
            await confirm_register(town.administrator(), [entry])


async def test_all_are_confirmed_in_one_step(town: Town) -> None:
    every = await entries(town)
    with clock.fixed(NOON):
        assert await confirm_register(town.administrator(), [*every, every[0]]) == 6
    for model in (Organisation, Team, Registration, Pairing, ServicePoint, Membership):
        rows: Any = model.all()
        assert set(await rows.values_list("confirmed_on", flat=True)) == {TODAY}, model
    await verify_chains()
    assert sorted((await actions())[-6:]) == [
        "membership.confirm", "organisation.confirm", "pairing.confirm", "registration.confirm",
        "service_point.confirm", "team.confirm",
    ]  # fmt: skip
    assert (await HistoryEntry.get(action="organisation.confirm")).changes == {"confirmedOn": [None, "2026-11-23"]}
