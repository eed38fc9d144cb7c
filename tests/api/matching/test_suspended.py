"""What a suspended organisation offers is matched no longer, and again when it takes part."""

from api.commands.organisation import resume_organisation, suspend_organisation
from api.jobs import run_waiting_jobs
from api.matching.place import rematch_place
from api.models import Match
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool
from tests.api.matching.town import Town, rule


async def test_a_suspended_firms_offers_rest_until_it_takes_part_again(
    town: Town, pool: WorkerPool, database: Settings
) -> None:
    runtime = Runtime(database, AuthoriserHolder(load_shipped()), pool)
    held = (HeldRole(Role.SYSTEM_ADMINISTRATOR, ""), HeldRole(Role.COMMITTEE_ADMINISTRATOR, ""))
    staff = Viewer(Principal(PrincipalKind.PERSON, held=held, actor="staff"), runtime.policy.current, runtime)
    await town.publish("A", rule())
    await town.need("A1", "life")
    await town.resource("A1", "life")
    await rematch_place(pool, town.path("A"))
    assert await Match.all().count() == 1

    await suspend_organisation(staff, town.organisation, "停业", 1)
    await run_waiting_jobs(runtime)
    assert await Match.all().count() == 0

    await resume_organisation(staff, town.organisation, "恢复", 2)
    await run_waiting_jobs(runtime)
    assert await Match.all().count() == 1
