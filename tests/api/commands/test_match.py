"""Dismissing a match: who may, what is refused, who takes its place."""

from collections.abc import AsyncIterator

import pytest

from api.commands.match import dismiss_match
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, Unauthenticated
from api.matching.place import rematch_place
from api.models import Match
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool
from tests.api.matching.town import Town, pairs, rule

CAPPED = rule(caps={"perDemand": 1})


@pytest.fixture
async def town(database: Settings) -> Town:
    return await Town().build()


@pytest.fixture
async def runtime(database: Settings) -> AsyncIterator[Runtime]:
    pool = WorkerPool(1, timeout_seconds=10)
    yield Runtime(database, AuthoriserHolder(load_shipped()), pool)
    await pool.close()


def viewer(town: Town, runtime: Runtime, role: Role | None = None, code: str = "A") -> Viewer:
    principal = ANONYMOUS
    if role is not None:
        held = (HeldRole(role, town.path(code)),)
        principal = Principal(PrincipalKind.PERSON, person_id=town.clerk, held=held, actor="tester")
    return Viewer(principal, runtime.policy.current, runtime)


async def test_nobody_dismisses_without_the_right_or_a_reason(town: Town, runtime: Runtime) -> None:
    await town.publish("A", rule())
    await town.need("A1", "life")
    await town.resource("A1", "life")
    await rematch_place(runtime.rules, town.path("A"))
    match = await Match.get()
    with pytest.raises(Unauthenticated):
        await dismiss_match(viewer(town, runtime), match.id, "不合适")
    with pytest.raises(Forbidden):
        await dismiss_match(viewer(town, runtime, Role.AUDITOR), match.id, "不合适")
    administrator = viewer(town, runtime, Role.COMMITTEE_ADMINISTRATOR)
    with pytest.raises(InvalidInput):
        await dismiss_match(administrator, match.id, " ")
    with pytest.raises(NotFound):
        await dismiss_match(administrator, 12345, "不合适")
    assert (await Match.get()).status == "SUGGESTED"


async def test_a_match_of_a_hidden_need_does_not_exist_for_others(town: Town, runtime: Runtime) -> None:
    await town.publish("A", rule())
    await town.need("A1", "life", visibility="ADMINISTRATORS")
    await town.resource("A1", "life")
    await rematch_place(runtime.rules, town.path("A"))
    match = await Match.get()
    with pytest.raises(NotFound):
        await dismiss_match(viewer(town, runtime, Role.COMMITTEE_ADMINISTRATOR, "B"), match.id, "不合适")


async def test_a_match_is_dismissed_once_and_the_next_takes_its_place(town: Town, runtime: Runtime) -> None:
    await town.publish("A", CAPPED)
    need = await town.need("A1", "life")
    first, second = await town.resource("A1", "life"), await town.resource("A2", "life")
    await rematch_place(runtime.rules, town.path("A"))
    assert await pairs() == {(need.id, first.id)}

    administrator = viewer(town, runtime, Role.COMMITTEE_ADMINISTRATOR)
    match = await Match.get(resource_id=first.id)
    await dismiss_match(administrator, match.id, "不合适")
    assert await pairs() == {(need.id, second.id)}
    with pytest.raises(InvalidTransition):
        await dismiss_match(administrator, match.id, "还是不合适")
    assert (await Match.get(id=match.id)).status_reason == "不合适"
