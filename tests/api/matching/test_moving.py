"""A need that moves to another community with new lines gives back the place it took under a cap."""

import pytest

from api import db
from api.commands.need import update_need
from api.matching.item import rematch_item
from api.models import Match
from api.models.choices import ItemKind
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from api.state_machines.match import MatchStatus
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool
from tests.api.matching.town import Town, rule


@pytest.fixture
def staff(database: Settings, pool: WorkerPool) -> Viewer:
    runtime = Runtime(database, AuthoriserHolder(load_shipped()), pool)
    held = (HeldRole(Role.COMMITTEE_ADMINISTRATOR, ""),)
    return Viewer(Principal(PrincipalKind.PERSON, held=held, actor="staff"), runtime.policy.current, runtime)


async def test_the_need_behind_it_takes_the_free_place(town: Town, staff: Viewer, pool: WorkerPool) -> None:
    served = {"field": "pair.served", "op": "=", "value": True}
    await town.publish("T", rule(require=served, caps={"perResource": 1}))
    first = await town.need("A1", "life")
    second = await town.need("A1", "life")
    offer = await town.resource("A1", "life", ["S"])
    async with db.transaction():
        await rematch_item(pool, ItemKind.RESOURCE, offer.id)
    states = {match.need_id: match.status for match in await Match.all()}
    taken = first.id if states[first.id] is MatchStatus.SUGGESTED else second.id
    waiting = second.id if taken == first.id else first.id
    assert states[waiting] is MatchStatus.HELD_BACK

    await update_need(staff, taken, {"place": town.places["B1"].id, "lines": [{"category": "life"}]}, 1)

    after = {match.need_id: match.status for match in await Match.all()}
    assert after[waiting] is MatchStatus.SUGGESTED
