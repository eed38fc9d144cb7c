"""The receipt of a need: what a number tells, to whom, and how often it may be asked in vain."""

import asyncio
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api import clock
from api.commands.claim_moves import accept_claim
from api.commands.need import move_need, submit_need
from api.errors import InvalidInput, LimitExceeded
from api.identifiers import new_number
from api.models import Need
from api.models.choices import Visibility
from api.plan.viewer import Viewer
from api.queries import receipt_words as words
from api.queries.need_receipt import Receipt, need_receipt
from api.queries.number_tries import MOST_OF_ALL, MOST_OF_KNOWN, MOST_OF_ONE, WINDOW, NumberTries
from api.state_machines.need import NeedStatus
from auth.roles import Role
from tests.api.commands.claiming import board
from tests.factories import Town

HOME = "192.0.2.7"
MORNING = datetime(2026, 11, 20, 1, tzinfo=UTC)
LATE = datetime(2026, 11, 23, 17, tzinfo=UTC)


async def submitted(town: Town, **more: Any) -> Need:
    me = await town.person()
    viewer = town.viewer(Role.RESIDENT, "A", person=me)
    with clock.fixed(MORNING):
        return await Need.get(id=await submit_need(viewer, town.need({"person": me}) | more))


async def moved(town: Town, need: Need, to: NeedStatus, **more: Any) -> None:
    await need.refresh_from_db()
    with clock.fixed(LATE):
        await move_need(town.administrator(), need.id, to, need.version, **more)


async def asked(viewer: Viewer, number: str) -> Receipt | None:
    return await need_receipt(viewer, number, NumberTries(), HOME)


async def test_a_misheard_number_is_refused_before_anything_is_looked_up(town: Town) -> None:
    need = await submitted(town)
    wrong = need.number[:-1] + str((int(need.number[-1]) + 1) % 10)
    for number in (wrong, "", "x" * 9999, need.number[1:]):
        with pytest.raises(InvalidInput) as refused:
            await asked(town.anonymous(), number)
        assert refused.value.path == ("number",)


async def test_a_number_of_nobodys_and_one_of_a_hidden_need_tell_the_same_nothing(town: Town) -> None:
    hidden = await submitted(town, visibility=Visibility.ADMINISTRATORS)
    stranger = town.viewer(Role.RESIDENT, "B", person=await town.person("B1"))
    for viewer in (town.anonymous(), stranger):
        assert await asked(viewer, new_number()) is None
        assert await asked(viewer, hidden.number) is None
    assert await asked(town.administrator(), hidden.number) is not None
    await Need.filter(id=hidden.id).update(visibility=Visibility.PUBLIC)
    assert await asked(town.anonymous(), hidden.number) is not None


async def test_who_tries_numbers_is_stopped_and_others_are_not(town: Town) -> None:
    need, tries, nobody = await submitted(town), NumberTries(), town.anonymous()
    for _ in range(MOST_OF_ONE):
        assert await need_receipt(nobody, need.number, tries, HOME) is not None
        assert await need_receipt(nobody, new_number(), tries, HOME) is None
    for number in (new_number(), need.number):
        with pytest.raises(LimitExceeded):
            await need_receipt(nobody, number, tries, HOME)
    assert await need_receipt(nobody, need.number, tries, "192.0.2.8") is not None
    assert await need_receipt(town.administrator(), need.number, tries, HOME) is not None
    with clock.fixed(clock.now() + WINDOW + timedelta(seconds=1)):
        assert await need_receipt(nobody, need.number, tries, HOME) is not None


async def test_many_at_once_gain_nothing(town: Town) -> None:
    tries, nobody = NumberTries(), town.anonymous()
    asking = [need_receipt(nobody, new_number(), tries, HOME) for _ in range(MOST_OF_ONE + 5)]
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert sum(isinstance(each, LimitExceeded) for each in answers) == 5


async def test_many_addresses_together_are_stopped_too_but_never_an_office_that_is_signed_in(town: Town) -> None:
    need, tries, nobody, office = await submitted(town), NumberTries(), town.anonymous(), town.administrator()
    for number in range(MOST_OF_ALL):
        tries.begin(nobody.principal, f"198.51.100.{number}")
    with pytest.raises(LimitExceeded):
        await need_receipt(nobody, need.number, tries, HOME)
    for _ in range(MOST_OF_KNOWN):
        assert await need_receipt(office, new_number(), tries, HOME) is None
    with pytest.raises(LimitExceeded):
        await need_receipt(office, need.number, tries, HOME)


async def test_the_many_addresses_of_one_connection_are_one(town: Town) -> None:
    tries, nobody = NumberTries(), town.anonymous().principal
    for number in range(MOST_OF_ONE):
        tries.begin(nobody, f"2001:db8:1:2::{number:x}")
    with pytest.raises(LimitExceeded):
        tries.begin(nobody, "2001:db8:1:2:ffff::1")
    tries.begin(nobody, "2001:db8:1:3::1")


async def test_a_number_tells_state_since_when_who_has_it_and_all_states_before(town: Town) -> None:
    need = await submitted(town)
    firm = await town.organisation(kind="PROPERTY_FIRM")
    await moved(town, need, NeedStatus.DISPATCHED, assignee={"organisation": firm})
    found = await asked(town.anonymous(), f" {need.number[:3]}-{need.number[3:]} ")
    assert found is not None
    # One o'clock at night in local time is the next day.
    assert (found.status, found.since) == (NeedStatus.DISPATCHED, date(2026, 11, 24))
    assert list(found.organisations) == [("PROPERTY_FIRM@A", None)]
    assert [(step.status, step.on) for step in found.history] == [
        (NeedStatus.REQUESTED, date(2026, 11, 20)),
        (NeedStatus.DISPATCHED, date(2026, 11, 24)),
    ]


async def test_no_private_person_and_of_a_members_need_no_organisation_is_named(town: Town) -> None:
    worker = await town.person()
    await town.contact(person_id=worker, name="王师傅", phone="13812345678")
    need = await submitted(town)
    await moved(town, need, NeedStatus.DISPATCHED, assignee={"person": worker})
    among_members = await submitted(town, visibility=Visibility.MEMBERS)
    firm = await town.organisation(kind="PROPERTY_FIRM")
    await moved(town, among_members, NeedStatus.DISPATCHED, assignee={"organisation": firm})
    for each in (need, among_members):
        found = await asked(town.anonymous(), each.number)
        assert found is not None
        assert list(found.organisations) == []
        assert words.holder(found, "zh") == "社区"


async def test_whose_claim_was_accepted_has_it(town: Town) -> None:
    here = await board(town)
    need = await Need.get(id=here.need)
    claim = await here.claim()
    before = await asked(town.anonymous(), need.number)
    await accept_claim(town.administrator(), claim, await here.version(claim))
    after = await asked(town.anonymous(), need.number)
    assert before is not None
    assert after is not None
    assert (words.holder(before, "zh"), words.holder(after, "zh")) == ("社区", "ENTERPRISE@A")


@pytest.mark.parametrize(("visibility", "told"), [("PUBLIC", True), ("MEMBERS", False)])
async def test_a_deferred_need_tells_its_review_and_a_reason_that_was_public(
    town: Town, visibility: str, told: bool
) -> None:
    need = await submitted(town, visibility=visibility)
    why = "经费明年才有"
    await moved(town, need, NeedStatus.DEFERRED, reason=why, review_on=date(2027, 3, 1))
    found = await asked(town.anonymous(), need.number)
    assert found is not None
    assert (found.review_on, found.reason) == (date(2027, 3, 1), why if told else None)
    assert "2027-03-01" in words.next_step(found, "zh")
    assert "2027-03-01" in words.next_step(found, "en")


@pytest.mark.parametrize("status", list(NeedStatus))
def test_every_state_has_words_in_both_languages_and_a_slip_of_its_width(status: NeedStatus) -> None:
    receipt = Receipt(
        "3829160417", status, date(2026, 11, 24), [("永济市城西街道柳岸华都物业服务有限公司一分公司", "Liuan")],
        date(2027, 3, 1), None, True, (),
    )  # fmt: skip
    printed = words.slip(receipt)
    widths = [
        sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line) for line in printed.split("\n")
    ]
    assert max(widths) <= words.COLUMNS
    assert len(widths) <= 16
    assert "编号 382 916 0417" in printed
    for language in ("zh", "en"):
        said = words.spoken(receipt, language)
        assert "382 916 0417" in said
        assert words.label(status, language) in said
        assert "{" not in said
        assert said.isascii() is (language == "en")
