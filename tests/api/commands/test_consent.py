"""How visible a need becomes by a consent that is made sure of, whatever was chosen meanwhile."""

import pytest

from api.commands.need import update_need
from api.commands.on_behalf import confirm_consent, submit_for_relative
from api.errors import StaleVersion
from api.models import Need
from api.models.choices import Visibility
from api.queries.need_receipt import need_receipt
from api.queries.number_tries import NumberTries
from auth.roles import Role
from tests.api.commands.test_on_behalf import child, needed, worker
from tests.factories import Town

ADMINISTRATORS, MEMBERS, PUBLIC = Visibility.ADMINISTRATORS, Visibility.MEMBERS, Visibility.PUBLIC


@pytest.mark.parametrize(
    ("wanted", "chosen", "becomes"),
    [
        (PUBLIC, [ADMINISTRATORS], ADMINISTRATORS),
        (PUBLIC, [MEMBERS], MEMBERS),
        (PUBLIC, [MEMBERS, ADMINISTRATORS], ADMINISTRATORS),
        (PUBLIC, [ADMINISTRATORS, PUBLIC], PUBLIC),
        (MEMBERS, [PUBLIC], MEMBERS),
        (ADMINISTRATORS, [], ADMINISTRATORS),
    ],
)
async def test_a_consent_shows_the_need_to_nobody_from_whom_it_was_taken_back_meanwhile(
    town: Town, wanted: Visibility, chosen: list[Visibility], becomes: Visibility
) -> None:
    office = await worker(town)
    number = await submit_for_relative(await child(town), needed(town, visibility=wanted))
    need = await Need.get(number=number)
    assert need.owner_person_id is not None
    owner = town.viewer(Role.RESIDENT, "A", person=need.owner_person_id)
    for version, each in enumerate(chosen, 1):
        await update_need(owner, need.id, {"visibility": each}, version)
    waiting = await need_receipt(town.anonymous(), number, NumberTries(), "192.0.2.1")
    assert (waiting is None) == (becomes is ADMINISTRATORS)
    if chosen:
        with pytest.raises(StaleVersion):
            await confirm_consent(office, need.id, 1)
    await confirm_consent(office, need.id, len(chosen) + 1)
    await need.refresh_from_db()
    assert need.visibility is becomes
    told = await need_receipt(town.anonymous(), number, NumberTries(), "192.0.2.1")
    assert (told is None) == (becomes is ADMINISTRATORS)


async def test_another_change_takes_nothing_from_what_was_wanted(town: Town) -> None:
    office = await worker(town)
    need = await Need.get(number=await submit_for_relative(await child(town), needed(town)))
    await update_need(town.administrator(), need.id, {"title": "楼道灯不亮"}, 1)
    await confirm_consent(office, need.id, 2)
    await need.refresh_from_db()
    assert need.visibility is PUBLIC
