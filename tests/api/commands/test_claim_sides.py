"""Nobody stands on both sides of a claim: consent, own needs, own evaluations, and what a refusal gives away."""

import pytest

from api.commands import claim_moves as moves
from api.errors import Forbidden
from api.models import Claim
from api.models.choices import Consent
from auth.roles import Role
from tests.api.commands.claiming import Board, board
from tests.factories import Town


@pytest.fixture
async def here(town: Town) -> Board:
    return await board(town)


async def test_who_may_not_take_down_a_consent_does_not_do_so_by_accepting(here: Board) -> None:
    key = await here.claim()
    officer = here.town.viewer(Role.SUBDISTRICT_OFFICER, "S")
    with pytest.raises(Forbidden):
        await moves.accept_claim(officer, key, 1, consent=Consent.ORAL)
    await moves.accept_claim(officer, key, 1)
    assert (await Claim.get(id=key)).contact_consent_at is None
