"""双评价 sums up what the viewer may see, and by the three: nobody works out what one person said."""

from typing import Any

import pytest

from api import clock
from api.models import Claim, ClaimEvaluation
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.api.agreements import a_need
from tests.api.reading import answer
from tests.factories import Town

NOTHING = {"evaluations": None, "averageScore": None, "memberEvaluations": None, "averageMemberScore": None}
SUMS = "evaluation { completed evaluations averageScore memberEvaluations averageMemberScore }"


class Judged:
    """A unit and its member, and what was said of them."""

    def __init__(self, town: Town, unit: int, member: int) -> None:
        self.town, self.unit, self.member = town, unit, member

    async def judge(self, *scores: int, visibility: str = "PUBLIC") -> None:
        path = self.town.path("A1b")
        for score in scores:
            need, _ = await a_need(self.town, place="A1b", visibility=visibility)
            claim = await Claim.create(
                need_id=need.id, organisation_id=self.unit, member_person_id=self.member, path=path, status="COMPLETED"
            )
            await ClaimEvaluation.create(
                claim_id=claim.id, by_side="ASKER", score=score, member_score=score, organisation_id=self.unit,
                member_person_id=self.member, at=clock.now(),
            )  # fmt: skip

    async def sums(self, viewer: Viewer, kind: str = "Organisation") -> dict[str, Any]:
        key = self.unit if kind == "Organisation" else self.member
        found = await answer(f'{{ node(id: "{kind}:{key}") {{ ... on {kind} {{ {SUMS} }} }} }}', viewer.principal)
        sums: dict[str, Any] = found["node"]["evaluation"]
        return sums


@pytest.fixture
async def judged(town: Town) -> Judged:
    return Judged(town, await town.organisation("A"), await town.person("A1b"))


async def test_what_the_viewer_may_not_see_is_not_counted(judged: Judged) -> None:
    await judged.judge(1, 1, 1, visibility="ADMINISTRATORS")
    for who in (judged.town.anonymous(), judged.town.viewer(Role.COMMITTEE_STAFF, "B", person=1)):
        assert await judged.sums(who) == {"completed": 0, **NOTHING}
    seen = await judged.sums(judged.town.viewer(Role.COMMITTEE_STAFF, "A", person=1))
    assert (seen["completed"], seen["evaluations"], seen["averageScore"]) == (3, 3, 1)


async def test_below_three_nothing_is_told(judged: Judged) -> None:
    await judged.judge(5, 2)
    staff = judged.town.viewer(Role.COMMITTEE_STAFF, "A", person=1)
    for who in (judged.town.anonymous(), staff):
        assert await judged.sums(who) == {"completed": 2, **NOTHING}
    assert await judged.sums(staff, "Person") == {"completed": 2, **NOTHING}


async def test_a_single_new_evaluation_changes_no_sum(judged: Judged) -> None:
    nobody, staff = judged.town.anonymous(), judged.town.viewer(Role.COMMITTEE_STAFF, "A", person=1)
    await judged.judge(5, 4, 4)
    first = await judged.sums(nobody)
    assert (first["evaluations"], first["averageScore"], first["averageMemberScore"]) == (3, 4.33, 4.33)
    for completed in (4, 5):
        await judged.judge(1)
        assert await judged.sums(nobody) == {**first, "completed": completed}
    await judged.judge(1)
    assert (await judged.sums(nobody))["averageScore"] == 2.67
    of_member = await judged.sums(staff, "Person")
    assert (of_member["memberEvaluations"], of_member["averageMemberScore"]) == (6, 2.67)
    assert of_member["evaluations"] is None
