"""组团认领 as others see it: whoever has not said yes is named to the sides alone, and shares to no outsider."""

import pytest

from api.commands import claim_joining
from api.errors import Forbidden, NotFound
from api.models import ClaimParticipant
from api.models.choices import ParticipantStatus
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.api.commands.claiming import Board, board
from tests.api.reading import answer
from tests.factories import Town

SHARE = "出两个人,周三上午"


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


async def told(who: Viewer) -> list[tuple[str, str | None]]:
    """Return status and share of every participant that the viewer sees, asked through the claims and by itself."""
    found = await answer("{ claims(first: 10) { nodes { participants { id status share } } } }", who.principal)
    rows = [row for node in found["claims"]["nodes"] for row in node["participants"]]
    for key in await ClaimParticipant.all().values_list("id", flat=True):
        asked = f'{{ node(id: "ClaimParticipant:{key}") {{ ... on ClaimParticipant {{ id status share }} }} }}'
        node = (await answer(asked, who.principal))["node"]
        assert node in rows if rows else node is None
    return [(row["status"], row["share"]) for row in rows]


def outsiders(here: Board) -> list[Viewer]:
    town = here.town
    return [
        town.anonymous(),
        town.viewer(Role.RESIDENT, "A", person=1, member_of="A"),
        town.viewer(Role.UNIT_REPRESENTATIVE, "D", person=2, organisation=3),
        town.viewer(Role.COMMITTEE_STAFF, "B", person=4),
    ]


async def test_nobody_outside_learns_who_was_asked_to_join(here: Board) -> None:
    await here.claim(participants=[{"organisation": here.other, "share": SHARE}])
    for who in outsiders(here):
        assert await told(who) == [], who.principal.actor
    for who in (here.unit, here.resident, here.staff, here.rival):
        assert await told(who) == [("INVITED", SHARE)], who.principal.actor


async def test_a_person_who_was_asked_sees_their_own_row_and_not_the_others(here: Board) -> None:
    me = await here.town.person("A1b")
    somebody = here.town.viewer(Role.RESIDENT, "A", person=me, member_of="A")
    await here.claim(participants=[{"organisation": here.other, "share": SHARE}])
    row = await ClaimParticipant.get()
    await ClaimParticipant.create(
        claim_id=row.claim_id, person_id=me, actor_person_id=me, share="开车", status=ParticipantStatus.INVITED
    )
    found = await answer("{ claims(first: 10) { nodes { note participants { share } } } }", somebody.principal)
    assert found["claims"]["nodes"] == [{"note": None, "participants": [{"share": "开车"}]}]


async def test_a_share_stays_between_the_sides_when_all_may_see_who_joined(here: Board) -> None:
    await here.claim(participants=[{"organisation": here.other, "share": SHARE}])
    row = await ClaimParticipant.get()
    await claim_joining.answer_invitation(here.rival, row.id, ParticipantStatus.JOINED)
    for who in outsiders(here):
        assert await told(who) == [("JOINED", None)], who.principal.actor
    for who in (here.unit, here.resident, here.staff, here.rival):
        assert await told(who) == [("JOINED", SHARE)], who.principal.actor
    await claim_joining.answer_invitation(here.rival, row.id, ParticipantStatus.LEFT)
    for who in outsiders(here):
        assert await told(who) == [], who.principal.actor


async def test_an_invitation_that_one_may_not_see_is_not_found(here: Board) -> None:
    await here.claim(participants=[{"organisation": here.other, "share": SHARE}])
    row = await ClaimParticipant.get()
    for who in outsiders(here):
        with pytest.raises(NotFound):
            await claim_joining.answer_invitation(who, row.id, ParticipantStatus.JOINED)
    with pytest.raises(Forbidden):
        await claim_joining.answer_invitation(here.unit, row.id, ParticipantStatus.JOINED)
