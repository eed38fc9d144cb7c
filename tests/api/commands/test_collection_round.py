"""Collection rounds: who may call, who may be asked, who may answer, and what everybody sees of it."""

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.commands import collection_round as commands
from api.errors import (
    Forbidden,
    InvalidInput,
    InvalidTransition,
    LimitExceeded,
    NotFound,
    StaleVersion,
    Unauthenticated,
)
from api.models import CollectionInvitation, CollectionRound
from api.models.choices import ListKind
from api.plan.viewer import Viewer
from api.state_machines.collection_round import CollectionRoundStatus as S
from auth.roles import Role
from tests.api.commands.records import actions, nothing_was_recorded
from tests.factories import Town

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
BOTH = [ListKind.NEED, ListKind.RESOURCE]


def call(town: Town, **more: Any) -> dict[str, Any]:
    """Return the input of a round."""
    values = {"title": "冬季双向梳理", "place": town.id("A"), "collects": BOTH, "due_on": date(2026, 12, 10)}
    return values | more


async def opened(town: Town, viewer: Viewer | None = None, **more: Any) -> CollectionRound:
    with clock.fixed(NOON):
        key = await commands.open_round(viewer or town.administrator(), call(town, **more))
    return await CollectionRound.get(id=key)


async def invitation(found: CollectionRound, **owner: Any) -> int:
    return int((await CollectionInvitation.get(round_id=found.id, **owner)).id)


async def test_only_who_may_open_a_round_there_does(town: Town) -> None:
    with clock.fixed(NOON):
        with pytest.raises(Unauthenticated):
            await commands.open_round(town.anonymous(), call(town))
        for viewer in (
            town.administrator("B"),
            town.viewer(Role.COMMITTEE_STAFF),
            town.viewer(Role.GRID_WORKER, "A", person=await town.person()),
            town.viewer(Role.AUDITOR, "S"),
        ):
            with pytest.raises(Forbidden):
                await commands.open_round(viewer, call(town))
    assert not await CollectionRound.exists()
    assert await nothing_was_recorded()


async def test_an_auditor_opens_nothing_whatever_else_they_are(town: Town) -> None:
    both = town.administrator("S")
    auditor = town.viewer(Role.AUDITOR, "S")
    held = (*both.principal.held, *auditor.principal.held)
    mixed = dataclasses.replace(both, principal=dataclasses.replace(both.principal, held=held))
    with clock.fixed(NOON), pytest.raises(Forbidden) as refused:
        await commands.open_round(mixed, call(town))
    assert refused.value.rule_id == "R1940"


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"title": " "}, ("title",)),
        ({"collects": []}, ("collects",)),
        ({"collects": ["WISH"]}, ("collects",)),
        ({"due_on": date(2026, 11, 22)}, ("dueOn",)),
        ({"period_from": date(2026, 12, 2), "period_to": date(2026, 12, 1)}, ("periodTo",)),
        ({"organisations": [1]}, ("organisations", "0")),
        ({"households": list(range(501))}, ("organisations",)),
    ],
)
async def test_bad_input_opens_nothing_and_is_named(town: Town, wrong: dict[str, Any], path: tuple[str, ...]) -> None:
    with clock.fixed(NOON), pytest.raises((InvalidInput, NotFound, LimitExceeded)) as refused:
        await commands.open_round(town.administrator(), call(town, **wrong))
    assert refused.value.path == path
    assert not await CollectionRound.exists()


async def test_who_is_suspended_hidden_or_lives_elsewhere_is_not_asked(town: Town) -> None:
    here, elsewhere = await town.household("A1b"), await town.household("B1")
    suspended = await town.organisation("A", status="SUSPENDED")
    refused_of: tuple[tuple[dict[str, Any], type[Exception]], ...] = (
        ({"households": [here, elsewhere]}, NotFound),
        ({"organisations": [suspended]}, InvalidInput),
    )
    for given, fault in refused_of:
        with clock.fixed(NOON), pytest.raises(fault):
            await commands.open_round(town.administrator(), call(town, **given))
    officer = town.viewer(Role.SUBDISTRICT_OFFICER, "S")
    with clock.fixed(NOON), pytest.raises(InvalidInput) as refused:
        await commands.open_round(officer, call(town, households=[here, elsewhere]))
    assert refused.value.path == ("households", "1")
    assert not await CollectionInvitation.exists()


async def test_a_round_asks_each_party_once_and_leaves_its_records(town: Town) -> None:
    firm, home = await town.organisation(), await town.household()
    found = await opened(town, organisations=[firm, firm], households=[home])
    assert (found.status, found.collects, found.path) == (S.OPEN, ["RESOURCE", "NEED"], town.path("A"))
    staff = town.viewer(Role.COMMITTEE_STAFF)
    other = await town.organisation("S")
    await commands.invite(staff, found.id, {"organisations": [firm, other], "households": [home]})
    asked = await CollectionInvitation.filter(round_id=found.id).order_by("id")
    assert [(each.owner_organisation_id, each.owner_household_id) for each in asked] == [
        (firm, None), (None, home), (other, None),
    ]  # fmt: skip
    assert [each.path for each in asked] == [town.path("A"), town.path("A1b"), town.path("A")]
    assert await actions() == ["collection_round.open", *["collection_invitation.create"] * 3]


async def test_only_who_may_invite_does_even_when_everybody_was_asked_already(town: Town) -> None:
    firm = await town.organisation()
    found = await opened(town, organisations=[firm])
    for viewer in (town.administrator("B"), town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm)):
        with pytest.raises(Forbidden):
            await commands.invite(viewer, found.id, {"organisations": [firm]})
    with pytest.raises(Unauthenticated):
        await commands.invite(town.anonymous(), found.id, {"organisations": [firm]})
    with pytest.raises(NotFound):
        await commands.invite(town.administrator(), firm, {"organisations": [firm]})
    with pytest.raises(InvalidInput):
        await commands.invite(town.administrator(), found.id, {})


async def test_a_round_is_changed_by_who_read_its_newest_version(town: Town) -> None:
    found = await opened(town)
    viewer = town.administrator()
    with clock.fixed(NOON):
        await commands.change_round(viewer, found.id, {"due_on": date(2026, 12, 20), "note": "需求、资源各一份"}, 1)
        with pytest.raises(StaleVersion) as stale:
            await commands.change_round(viewer, found.id, {"due_on": date(2026, 12, 15)}, 1)
        with pytest.raises(InvalidInput):
            await commands.change_round(viewer, found.id, {"due_on": date(2026, 11, 1)}, 2)
        with pytest.raises(InvalidInput):
            await commands.change_round(viewer, found.id, {"due_on": None}, 2)
        with pytest.raises(Forbidden):
            await commands.change_round(town.viewer(Role.COMMITTEE_STAFF), found.id, {"note": "x"}, 2)
    (conflict,) = stale.value.conflicts
    assert (conflict.name, conflict.current, conflict.sent) == ("dueOn", "2026-12-20", "2026-12-15")


async def test_a_round_is_closed_opened_again_and_called_off_with_a_reason(town: Town) -> None:
    firm = await town.organisation()
    found = await opened(town, organisations=[firm])
    viewer = town.administrator()
    await commands.move_round(viewer, found.id, S.CLOSED, 1)
    for refused in (
        commands.invite(viewer, found.id, {"organisations": [firm]}),
        commands.change_round(viewer, found.id, {"note": "x"}, 2),
        commands.move_round(viewer, found.id, S.CANCELLED, 2, "不办了"),
    ):
        with pytest.raises(InvalidTransition):
            await refused
    await commands.move_round(viewer, found.id, S.OPEN, 2)
    with pytest.raises(InvalidInput):
        await commands.move_round(viewer, found.id, S.CANCELLED, 3, " ")
    with pytest.raises(StaleVersion):
        await commands.move_round(viewer, found.id, S.CANCELLED, 2, "不办了")
    await commands.move_round(viewer, found.id, S.CANCELLED, 3, "改到开春")
    row = await CollectionRound.get(id=found.id)
    assert (row.status, row.status_reason) == (S.CANCELLED, "改到开春")
    with pytest.raises(InvalidTransition):
        await commands.move_round(viewer, found.id, S.OPEN, 4)


async def test_an_invitation_is_taken_back_by_who_may_and_by_nobody_who_cannot_see_it(town: Town) -> None:
    firm, home = await town.organisation(), await town.household()
    found = await opened(town, organisations=[firm], households=[home])
    key = await invitation(found, owner_organisation_id=firm)
    with pytest.raises(NotFound):
        await commands.withdraw_invitation(town.administrator("B"), key)
    with pytest.raises(NotFound):
        await commands.withdraw_invitation(town.anonymous(), key)
    with pytest.raises(Forbidden):
        await commands.withdraw_invitation(town.viewer(Role.UNIT_REPRESENTATIVE, organisation=firm), key)
    assert await commands.withdraw_invitation(town.viewer(Role.COMMITTEE_STAFF), key) == found.id
    assert [each.owner_household_id for each in await CollectionInvitation.all()] == [home]
