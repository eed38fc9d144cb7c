"""Projects: proposed by who may, run by their owner or the committee."""

import pytest

from api.commands import project as commands
from api.errors import Forbidden, InvalidInput, InvalidTransition, StaleVersion, Unauthenticated
from api.models import Project, RequirementLine
from api.state_machines.project import ProjectStatus
from auth.roles import Role
from tests.api.commands.records import actions
from tests.factories import Town


async def test_only_who_may_propose_does(town: Town) -> None:
    firm = await town.organisation()
    with pytest.raises(Unauthenticated):
        await commands.propose_project(town.anonymous(), town.need({"organisation": firm}))
    helper = town.viewer(Role.REGISTERED_HELPER, "A", organisation=firm)
    with pytest.raises(Forbidden):
        await commands.propose_project(helper, town.need({"organisation": firm}))
    assert not await Project.exists()


async def test_a_project_asks_line_by_line_and_is_moved_on(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=firm)
    lines = [{"kind": "SPACE", "quantity": 120}, {"kind": "DEVICE", "category": "space.room"}]
    values = town.need({"organisation": firm}, "A1", lines=lines)
    project = await commands.propose_project(viewer, values)
    assert await RequirementLine.filter(project_id=project).count() == 2
    with pytest.raises(InvalidTransition):
        await commands.move_project(viewer, project, ProjectStatus.COMPLETED, 1)
    await commands.move_project(viewer, project, ProjectStatus.IN_PROGRESS, 1)
    with pytest.raises(InvalidInput):
        await commands.move_project(viewer, project, ProjectStatus.SUSPENDED, 2)
    await commands.move_project(viewer, project, ProjectStatus.SUSPENDED, 2, reason="等资金")
    row = await Project.get(id=project)
    assert (row.status, row.status_reason) == (ProjectStatus.SUSPENDED, "等资金")
    assert await actions() == ["project.propose", "project.in_progress", "project.suspended"]


async def test_changed_lines_replace_the_former_ones(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.administrator()
    project = await commands.propose_project(viewer, town.need({"organisation": firm}, "A1"))
    changes = {"lines": [{"quantity": 3, "unit": "PIECE"}], "title_en": "A shed"}
    await commands.update_project(viewer, project, changes, 1)
    assert (await RequirementLine.get(project_id=project)).quantity == 3
    with pytest.raises(StaleVersion) as refused:
        await commands.update_project(viewer, project, {"lines": []}, 1)
    (conflict,) = refused.value.conflicts
    assert conflict.name == "lines"
    assert conflict.current[0]["quantity"] == 3


async def test_a_cancelled_project_cannot_be_changed(town: Town) -> None:
    firm = await town.organisation()
    viewer = town.administrator()
    project = await commands.propose_project(viewer, town.need({"organisation": firm}, "A1"))
    await commands.move_project(viewer, project, ProjectStatus.CANCELLED, 1, reason="合并到别处")
    with pytest.raises(InvalidInput):
        await commands.update_project(viewer, project, {"title": "x"}, 2)
