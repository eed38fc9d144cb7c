"""A service item takes part in matching the moment it is listed, changed, paused, resumed or retired."""

from api.commands import service_item as commands
from api.commands.service_item_rows import ItemRow, match_rows, write_rows
from api.commands.unit_of_work import unit_of_work
from api.models import Event, Job, Match, Resource, ServiceItemVersion
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from api.state_machines.service_item import ServiceItemStatus
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool
from tests.api.matching.town import Town, rule


def manager(town: Town, pool: WorkerPool, database: Settings) -> Viewer:
    runtime = Runtime(database, AuthoriserHolder(load_shipped()), pool)
    held = (HeldRole(Role.PROPERTY_MANAGER, town.path("A"), town.organisation),)
    firm = frozenset({town.organisation})
    principal = Principal(PrincipalKind.PERSON, organisation_ids=firm, held=held, actor="manager")
    return Viewer(principal, runtime.policy.current, runtime)


async def test_each_step_of_a_service_item_shows_in_the_matches(
    town: Town, pool: WorkerPool, database: Settings
) -> None:
    firm = manager(town, pool, database)
    await town.publish("A", rule())
    await town.need("A1", "life")
    values = {"organisation": town.organisation, "title": "修", "category": "space", "place": town.places["A1"].id}
    item = await commands.create_service_item(firm, values)
    assert await Match.all().count() == 0
    steps = (
        (commands.update_service_item(firm, item, {"category": "life"}, 1), 1),
        (commands.pause_service_item(firm, item, 2), 0),
        (commands.resume_service_item(firm, item, 3), 1),
        (commands.update_service_item(firm, item, {"category": "care"}, 4), 0),
        (commands.update_service_item(firm, item, {"category": "life"}, 5), 1),
        (commands.retire_service_item(firm, item, 6), 0),
    )
    for step, matches in steps:
        await step
        assert await Match.all().count() == matches


async def test_a_faulty_row_leaves_nothing_of_itself(town: Town, pool: WorkerPool, database: Settings) -> None:
    firm = manager(town, pool, database)
    values = {"organisation": town.organisation, "title": "修", "category": "life", "place": town.places["A1"].id}
    item = await commands.create_service_item(firm, values)
    events = await Event.all().count()
    async with unit_of_work(firm) as work:
        # The change is written, and then the move is found to be none.
        rows = [ItemRow({"title": "改"}, item, 1, ServiceItemStatus.LISTED), ItemRow({"title": "又"}, item, 1)]
        written = await write_rows(work, rows)
    assert (list(written.faults), list(written.resources)) == ([0], [1])
    assert (await Resource.get()).title_zh == "又"
    assert await Event.all().count() == events + 2
    assert await ServiceItemVersion.filter(service_item_id=item).count() == 2


async def test_a_workbook_matches_a_few_at_once_and_leaves_many_to_a_job(
    town: Town, pool: WorkerPool, database: Settings
) -> None:
    firm = manager(town, pool, database)
    await town.publish("A", rule())
    await town.need("A1", "life")
    values = {"organisation": town.organisation, "category": "life", "place": town.places["A1"].id}
    for count, matches, jobs in ((2, 2, 0), (21, 2, 1)):
        async with unit_of_work(firm) as work:
            rows = [ItemRow({**values, "title": f"修{count}-{number}"}) for number in range(count)]
            written = await write_rows(work, rows)
            await match_rows(work, written)
        assert await Match.all().count() == matches
        assert await Job.filter(kind="rematch-place").count() == jobs
