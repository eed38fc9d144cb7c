"""Needs get new lines while others match them: nobody waits for ever, and every pair is stored at the end."""

import asyncio

from api import db
from api.commands.need import update_need
from api.matching.item import rematch_item
from api.matching.place import rematch_place
from api.models import Match, RequirementLine, Resource
from api.models.choices import ItemKind
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool
from tests.api.matching.town import Town, rule

ROUNDS = 5


async def test_new_lines_an_offer_and_a_job_meet(town: Town, database: Settings, pool: WorkerPool) -> None:
    runtime = Runtime(database, AuthoriserHolder(load_shipped()), pool)
    held = (HeldRole(Role.COMMITTEE_ADMINISTRATOR, ""),)
    staff = Viewer(Principal(PrincipalKind.PERSON, held=held, actor="staff"), runtime.policy.current, runtime)
    await town.publish("T", rule(require={"field": "pair.served", "op": "=", "value": True}))
    needs = [await town.need("A1", "life") for _ in range(3)]
    offer = await town.resource("A1", "life", ["S"])

    async def edit(need: int) -> None:
        for version in range(1, ROUNDS + 1):
            lines = [{"category": "life", "quantity": version}]
            await update_need(staff, need, {"lines": lines}, version)

    async def match() -> None:
        for _ in range(ROUNDS):
            async with db.transaction():
                await rematch_item(pool, ItemKind.RESOURCE, offer.id)
            await rematch_place(pool, town.path("A"))

    await asyncio.gather(edit(needs[0].id), edit(needs[1].id), match())

    lines = {line.id for line in await RequirementLine.all()}
    assert {match.line_id for match in await Match.all()} == lines
    assert await Match.all().count() == len(lines) * await Resource.all().count()
