"""Needs along the board: every move, and who may make it."""

import pytest

from api.commands import need as commands
from api.errors import (
    Forbidden,
    InvalidInput,
    InvalidTransition,
    StaleVersion,
)
from api.models import Need
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town


async def test_who_asked_may_withdraw_but_not_dispatch(town: Town) -> None:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    firm = await town.organisation()
    need = await commands.submit_need(viewer, town.need({"person": me}))
    to = NeedStatus.DISPATCHED
    with pytest.raises(Forbidden):
        await commands.move_need(viewer, need, to, 1, assignee={"organisation": firm})
    with pytest.raises(InvalidInput) as refused:
        await commands.move_need(viewer, need, NeedStatus.WITHDRAWN, 1)
    assert refused.value.path == ("reason",)
    await commands.move_need(viewer, need, NeedStatus.WITHDRAWN, 1, reason="已经修好")
    row = await Need.get(id=need)
    assert (row.status, row.status_reason, row.version) == (NeedStatus.WITHDRAWN, "已经修好", 2)


async def test_a_need_is_moved_only_along_the_board(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.administrator()
    need = await commands.submit_need(viewer, town.need({"organisation": firm}))
    with pytest.raises(InvalidTransition) as refused:
        await commands.move_need(viewer, need, NeedStatus.EVALUATED, 1)
    assert "DISPATCHED" in refused.value.allowed
    with pytest.raises(InvalidInput) as undated:
        await commands.move_need(viewer, need, NeedStatus.DEFERRED, 1, reason="没有钱")
    assert undated.value.path == ("reviewOn",)
    assignee = {"organisation": firm}
    await commands.move_need(viewer, need, NeedStatus.DISPATCHED, 1, assignee=assignee)
    assert (await Need.get(id=need)).assigned_organisation_id == firm
    with pytest.raises(StaleVersion):
        await commands.move_need(viewer, need, NeedStatus.IN_PROGRESS, 1)
    assert await actions() == ["need.submit", "need.dispatched"]
