"""Ratings: by people, once a month for a household, never by the firm; nobody learns who rated."""

from datetime import UTC, datetime

import pytest

from api import clock
from api.commands import service_item as items
from api.commands import service_rating as commands
from api.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, Unauthenticated
from api.models import Event, HistoryEntry, ServiceRating
from api.models.choices import Visibility
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.api.commands.records import verify_chains
from tests.api.reading import answer
from tests.factories import Town

READ = """query ($id: ID!) { node(id: $id) { ... on ServiceItem { rating { average count }
    ratings(first: 9) { totalCount nodes { id score month text hidden hiddenReason hiddenText } } } } }"""


async def rated_item(town: Town) -> tuple[Viewer, int]:
    firm = await town.organisation("A1", "PROPERTY_FIRM")
    clerk = town.viewer(Role.PROPERTY_MANAGER, "A1", organisation=firm)
    values = {"organisation": firm, "title": "入户维修", "category": "life.repair", "place": town.id("A1")}
    return clerk, await items.create_service_item(clerk, values)


async def resident(town: Town, household: int | None = None) -> Viewer:
    person = await town.person("A1b", household_id=household)
    return town.viewer(Role.RESIDENT, "A1", person=person, household=household, member_of="A")


async def test_nobody_known_the_firm_a_program_and_the_auditor_do_not_rate(town: Town) -> None:
    clerk, item = await rated_item(town)
    firm = next(iter(clerk.principal.organisation_ids))
    own = town.viewer(Role.PROPERTY_CLERK, "A1", organisation=firm, person=await town.person())
    auditor = town.viewer(Role.AUDITOR, "D", person=await town.person())
    with pytest.raises(Unauthenticated):
        await commands.rate_service_item(town.anonymous(), item, 5, None)
    for viewer in (own, auditor, clerk, town.program(await town.organisation(), frozenset())):
        with pytest.raises((Forbidden, NotFound)):
            await commands.rate_service_item(viewer, item, 5, None)
    assert not await ServiceRating.exists()


async def test_what_is_not_seen_or_has_ended_is_not_rated(town: Town) -> None:
    clerk, item = await rated_item(town)
    somebody = await resident(town)
    await items.update_service_item(clerk, item, {"visibility": Visibility.ADMINISTRATORS}, 1)
    with pytest.raises(NotFound):
        await commands.rate_service_item(somebody, item, 5, None)
    await items.update_service_item(clerk, item, {"visibility": Visibility.PUBLIC}, 2)
    await items.retire_service_item(clerk, item, 3)
    with pytest.raises(InvalidInput):
        await commands.rate_service_item(somebody, item, 5, None)


@pytest.mark.parametrize("score", [0, 6, -1])
async def test_a_score_is_one_to_five(town: Town, score: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        await commands.rate_service_item(town.anonymous(), 1, score, None)
    assert refused.value.path == ("score",)


async def test_a_text_names_no_number_of_anybody(town: Town) -> None:
    _, item = await rated_item(town)
    somebody = await resident(town)
    for text in ("找张师傅 13812345678", "138 1234 5678", "０１０－６２３４５６７", "14088119990101123X"):
        with pytest.raises(InvalidInput) as refused:
            await commands.rate_service_item(somebody, item, 4, text)
        assert refused.value.path == ("text",)
    await commands.rate_service_item(somebody, item, 4, "2026-11-24 报修,2 号楼 3 单元,30 分钟就到了")


async def test_a_household_rates_once_a_month_and_may_think_again(town: Town) -> None:
    clerk, item = await rated_item(town)
    home = await town.household()
    with clock.fixed(datetime(2026, 11, 5, tzinfo=UTC)):
        first = await commands.rate_service_item(await resident(town, home), item, 2, "来晚了")
        assert await commands.rate_service_item(await resident(town, home), item, 4, None) == first
        await commands.rate_service_item(await resident(town), item, 5, "快")
    with clock.fixed(datetime(2026, 12, 5, tzinfo=UTC)):
        await commands.rate_service_item(await resident(town, home), item, 3, None)
    node = (await answer(READ, clerk.principal, id=f"ServiceItem:{item}"))["node"]
    assert node["rating"] == {"average": 4.0, "count": 3}
    assert [(each["month"], each["score"]) for each in node["ratings"]["nodes"]] == [
        ("2026-12", 3), ("2026-11", 5), ("2026-11", 4)
    ]  # fmt: skip
    assert str(home) not in str(node)
    # The firm reads the item's history, where a rater would be named.
    assert await HistoryEntry.all().count() == 1
    await verify_chains()


async def test_nobody_but_the_committee_hides_a_text_and_not_that_of_its_own_service(town: Town) -> None:
    clerk, item = await rated_item(town)
    key = await commands.rate_service_item(await resident(town), item, 1, "骂人的话")
    firm = next(iter(clerk.principal.organisation_ids))
    judge = town.viewer(Role.COMMITTEE_STAFF, "A", organisation=firm)
    for viewer, error in (
        (town.anonymous(), Unauthenticated), (clerk, Forbidden), (await resident(town), Forbidden),
        (town.viewer(Role.COMMITTEE_STAFF, "B"), Forbidden), (judge, Forbidden),
    ):  # fmt: skip
        with pytest.raises(error):
            await commands.hide_rating(viewer, key, "不文明")
    with pytest.raises(InvalidInput):
        await commands.hide_rating(town.viewer(Role.COMMITTEE_STAFF), key, " ")
    assert not await Event.filter(kind="service_rating.hide").exists()


async def test_a_hidden_text_is_read_by_those_who_may_restore_it(town: Town) -> None:
    clerk, item = await rated_item(town)
    staff = town.viewer(Role.COMMITTEE_STAFF)
    key = await commands.rate_service_item(await resident(town), item, 1, "骂人的话")
    await commands.hide_rating(staff, key, "不文明")
    with pytest.raises(InvalidTransition):
        await commands.hide_rating(staff, key, "再来")
    found = {}
    for name, viewer in (("firm", clerk), ("staff", staff)):
        node = (await answer(READ, viewer.principal, id=f"ServiceItem:{item}"))["node"]
        (found[name],) = node["ratings"]["nodes"]
        assert node["rating"] == {"average": 1.0, "count": 1}
    shown = {"text": None, "hidden": True, "hiddenReason": "不文明"}
    assert found["firm"] == {"id": f"ServiceRating:{key}", "score": 1, "month": found["firm"]["month"],
                             "hiddenText": None, **shown}  # fmt: skip
    assert found["staff"]["hiddenText"] == "骂人的话"
    await commands.restore_rating(staff, key)
    with pytest.raises(InvalidTransition):
        await commands.restore_rating(staff, key)
    node = (await answer(READ, clerk.principal, id=f"ServiceItem:{item}"))["node"]
    assert node["ratings"]["nodes"][0]["text"] == "骂人的话"
