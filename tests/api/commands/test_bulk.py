"""Many items at once: one unit of work, few statements, one job instead of many matchings."""

from typing import Any

import pytest

from api.commands import new_item
from api.commands.need import submit_needs
from api.commands.project import propose_projects
from api.commands.rematching import common_path
from api.commands.resource import offer_resources
from api.commands.standing import system_viewer
from api.models import AuditEntry, Event, HistoryEntry, Job, Need, Project, RequirementLine, Resource
from tests.api.commands.records import nothing_was_recorded, verify_chains
from tests.factories import Town


def needs(town: Town, firm: int, count: int) -> list[dict[str, Any]]:
    return [
        town.need(
            {"organisation": firm},
            ("A1", "A2", "B1")[number % 3],
            lines=[{"quantity": 1}, {"category": "space"}],
            external_ids=[{"system": "import", "value": str(number)}],
        )
        for number in range(count)
    ]


async def test_a_large_import_is_one_unit_of_work_with_one_job(town: Town) -> None:
    firm = await town.organisation()
    identifiers = await submit_needs(system_viewer(town.runtime, "import"), needs(town, firm, 300))
    assert identifiers == sorted(identifiers)
    assert len(set(await Need.all().values_list("number", flat=True))) == 300
    assert await RequirementLine.all().count() == 600
    for model in (AuditEntry, Event, HistoryEntry):
        assert await model.all().count() == 300
    job = await Job.get()
    assert (job.kind, job.path, job.subject_id) == ("rematch-place", "D/S/", town.id("S"))
    await verify_chains()


async def test_resources_and_projects_come_in_many_as_well(town: Town) -> None:
    viewer = system_viewer(town.runtime, "import")
    firm = await town.organisation()
    await offer_resources(viewer, [town.need({"organisation": firm}, "A1")] * 3)
    await propose_projects(viewer, [town.need({"organisation": firm}, "A1")] * 3)
    assert (await Resource.all().count(), await Project.all().count()) == (3, 3)
    # The second import leaves its matching to the job that waits already.
    assert [job.path for job in await Job.all()] == [town.path("A1")]
    assert await submit_needs(viewer, []) == []


async def test_a_fault_while_writing_the_last_table_leaves_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = await town.organisation()

    async def broken(_paths: list[str]) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(new_item, "rematch_place", broken)
    with pytest.raises(OSError, match="disk"):
        await submit_needs(system_viewer(town.runtime, "import"), needs(town, firm, 5))
    assert not await Need.exists()
    assert not await RequirementLine.exists()
    assert await nothing_was_recorded()


@pytest.mark.parametrize(
    ("paths", "common"),
    [
        ([], ""),
        (["D/S/A/"], "D/S/A/"),
        (["D/S/A/", "D/S/A/A1/"], "D/S/A/"),
        (["D/S/A/", "D/S/AB/"], "D/S/"),
        (["D/", "E/"], ""),
        (["D/S-1/", "D/S/"], "D/"),
    ],
)
def test_the_common_path_ends_at_a_whole_code(paths: list[str], common: str) -> None:
    assert common_path(paths) == common
