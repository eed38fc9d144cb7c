"""Who may say what of things that are not theirs: consent, completion, and who is asked to act."""

import pytest

from api.commands.need import move_need, submit_need
from api.commands.project import move_project, propose_project
from api.errors import Forbidden, InvalidInput
from api.models import Need, Project
from api.models.choices import Consent, Source
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from auth.roles import Role
from tests.factories import Town


async def test_somebody_elses_need_is_entered_with_their_consent_alone(town: Town) -> None:
    neighbour = await town.person()
    worker = town.viewer(Role.GRID_WORKER, "A", person=await town.person())

    with pytest.raises(InvalidInput) as refused:
        await submit_need(worker, town.need({"person": neighbour}))
    assert refused.value.path == ("onBehalfOf",)
    assert not await Need.exists()

    need = await submit_need(worker, town.need({"person": neighbour}, on_behalf_of={"consent": "ORAL"}))
    row = await Need.get(id=need)
    assert (row.source, row.consent, row.on_behalf_by_id) == (
        Source.ON_BEHALF, Consent.ORAL, worker.principal.person_id,
    )  # fmt: skip


async def test_who_proposed_a_project_cancels_it_and_completes_nothing(town: Town) -> None:
    person = await town.person()
    project = await propose_project(town.administrator(), town.need({"person": person}))
    owner = town.viewer(Role.RESIDENT, "A", person=person)

    with pytest.raises(Forbidden):
        await move_project(owner, project, ProjectStatus.IN_PROGRESS, 1)
    await move_project(owner, project, ProjectStatus.CANCELLED, 1, reason="不办了")

    assert (await Project.get(id=project)).status is ProjectStatus.CANCELLED


async def test_who_was_asked_to_act_is_no_longer_when_the_need_goes_back(town: Town) -> None:
    firm = await town.organisation()
    staff = town.administrator()
    need = await submit_need(staff, town.need({"organisation": firm}, "A1"))
    await move_need(staff, need, NeedStatus.DISPATCHED, 1, assignee={"organisation": firm})
    assert (await Need.get(id=need)).assigned_organisation_id == firm

    await move_need(staff, need, NeedStatus.DELIBERATING, 2)

    assert (await Need.get(id=need)).assigned_organisation_id is None
