"""Dismissing a match: who may, what is refused, who takes its place."""

import pytest

from api.commands.match import dismiss_match
from api.commands.rule import publish_version, save_draft
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, Unauthenticated
from api.jobs.draining import run_waiting_jobs
from api.models import Match
from api.runtime import Runtime
from auth.roles import Role
from tests.api.commands.office import As, document
from tests.api.matching.town import Town, pairs, rule

ADMINISTRATOR = Role.COMMITTEE_ADMINISTRATOR


async def test_a_match_is_dismissed_once_with_a_reason_and_the_next_takes_its_place(
    town: Town, viewer: As, runtime: Runtime
) -> None:
    administrator = viewer(ADMINISTRATOR)
    need = await town.need("A1", "life")
    first, second = await town.resource("A1", "life"), await town.resource("A2", "life")
    capped = document(rule(caps={"perDemand": 1}))
    rule_set = await save_draft(administrator, None, town.places["A"].id, capped, None)
    await publish_version(administrator, rule_set, 1)
    await run_waiting_jobs(runtime)
    assert await pairs() == {(need.id, first.id)}

    match = await Match.get(resource_id=first.id)
    for other, refusal in ((viewer(), Unauthenticated), (viewer(Role.AUDITOR), Forbidden)):
        with pytest.raises(refusal):
            await dismiss_match(other, match.id, "不合适")
    with pytest.raises(InvalidInput):
        await dismiss_match(administrator, match.id, " ")
    with pytest.raises(NotFound):
        await dismiss_match(administrator, 12345, "不合适")

    await dismiss_match(administrator, match.id, "不合适")
    assert await pairs() == {(need.id, second.id)}
    with pytest.raises(InvalidTransition):
        await dismiss_match(administrator, match.id, "还是不合适")
    assert (await Match.get(id=match.id)).status_reason == "不合适"


async def test_a_match_of_a_hidden_need_does_not_exist_for_others(town: Town, viewer: As, runtime: Runtime) -> None:
    await town.need("A1", "life", visibility="ADMINISTRATORS")
    await town.resource("A1", "life")
    administrator = viewer(ADMINISTRATOR)
    rule_set = await save_draft(administrator, None, town.places["A"].id, document(), None)
    await publish_version(administrator, rule_set, 1)
    await run_waiting_jobs(runtime)
    match = await Match.get()
    with pytest.raises(NotFound):
        await dismiss_match(viewer(ADMINISTRATOR, "B"), match.id, "不合适")
