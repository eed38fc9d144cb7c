"""Rows become facts: what is unknown stays unknown, and the number of statements never grows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api import clock
from api.matching.facts import load_demands, load_resources
from api.matching.places import load_places
from api.matching.scope import DemandScope, ResourceScope
from api.matching.windows import MOST_WINDOWS, expand, recurs
from api.plan.statement import Statement
from tests.api.matching.town import Town

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Nine o'clock on a Monday where the community is."""


def window(start: datetime, hours: float = 1, rrule: str | None = None) -> dict[str, Any]:
    return {"starts_at": start, "ends_at": start + timedelta(hours=hours), "rrule": rrule}


def minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def test_windows_are_kept_while_they_touch_the_next_four_weeks() -> None:
    with clock.fixed(MONDAY):
        assert expand([window(MONDAY - timedelta(days=2))]) == ()
        assert expand([window(MONDAY + timedelta(days=40))]) == ()
        assert expand([window(MONDAY - timedelta(days=2), hours=60)]) != ()
        assert expand([window(MONDAY - timedelta(hours=8))]) != (), "earlier today still counts today"


def test_a_weekly_window_is_written_out_four_times_from_its_own_weekday() -> None:
    weekly = window(MONDAY - timedelta(weeks=10) + timedelta(days=2), rrule="FREQ=WEEKLY")
    with clock.fixed(MONDAY):
        found = expand([weekly])
    first = MONDAY + timedelta(days=2)
    assert found == tuple(
        (minute(first + timedelta(weeks=week)), minute(first + timedelta(weeks=week, hours=1))) for week in range(4)
    )


def test_a_day_of_the_week_is_the_one_where_the_community_is() -> None:
    # 23:00 UTC on Sunday is 07:00 on Monday in Shanghai; the rule says Monday.
    early = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
    with clock.fixed(MONDAY):
        found = expand([window(early, rrule="FREQ=WEEKLY;BYDAY=MO")])
    assert found[0] == (minute(early), minute(early + timedelta(hours=1)))


def test_windows_are_bounded_however_often_they_recur() -> None:
    often = window(MONDAY, hours=0.1, rrule="FREQ=DAILY;BYHOUR=" + ",".join(str(hour) for hour in range(24)))
    with clock.fixed(MONDAY):
        assert len(expand([often])) == MOST_WINDOWS


@pytest.mark.parametrize(
    ("rules", "expected"),
    [([], "NEVER"), ([None], "NEVER"), (["FREQ=YEARLY", "FREQ=WEEKLY;BYDAY=MO"], "WEEKLY"), (["freq=daily"], "DAILY")],
)
def test_the_most_frequent_recurrence_counts(rules: list[str | None], expected: str) -> None:
    assert recurs([window(MONDAY, rrule=rule) for rule in rules]) == expected


async def test_a_place_takes_its_profile_from_the_nearest_place_that_carries_it(town: Town) -> None:
    codes = ("A1b", "A2", "FV", "D")
    places = await load_places([town.path(code) for code in codes])
    inner, other, village, district = (places[town.path(code)] for code in codes)
    assert (inner.building, inner.estate, inner.community, inner.subdistrict, inner.district, inner.city) == (
        "A1b", "A1", "A", "S", "D", "T",
    )  # fmt: skip
    assert (inner.estate_kind, inner.share_over_60, inner.has_property_firm) == ("OLD", 0.31, None)
    assert (other.estate_kind, other.share_over_60, other.has_property_firm) == ("COMMERCIAL", 0.31, True)
    assert inner.adjacent == {"B"}
    assert (village.community, village.subdistrict) == ("FV", "FS")
    assert (district.community, district.adjacent) == (None, frozenset())


async def test_a_need_s_line_carries_what_line_need_and_place_say(town: Town) -> None:
    need = await town.need(
        "A1b", "life", [{"category": "life.haircut", "quantity": 3, "unit": "person", "kind": "SERVICE"}],
        urgency="HIGH", estimated_cost_fen=12_345, target_groups=["elderly"], concerns_id=town.organisation,
        longitude=116.3, latitude=40.0,
    )  # fmt: skip
    start = clock.now() + timedelta(days=1)
    await town.window(start, start + timedelta(hours=2), need_id=need.id)
    (row,) = await load_demands(DemandScope((town.path("A"),)))
    fact = row.fact
    assert (row.item_id, row.community_id, row.path) == (need.id, town.places["A"].id, town.path("A1b"))
    assert (fact.kind, fact.category, fact.quantity, fact.unit, fact.line_kind) == (
        "NEED", "life.haircut", 3.0, "person", "SERVICE",
    )  # fmt: skip
    assert (fact.urgency, fact.estimated_cost, fact.estimated_effort) == ("HIGH", 123.45, None)
    assert fact.target_groups == frozenset({"elderly"})
    assert fact.concerns == str(town.organisation)
    assert fact.point == (116.3, 40.0)
    assert fact.windows == ((minute(start), minute(start) + 120),)
    assert fact.place.building == "A1b"


async def test_a_resource_carries_provider_price_and_area_and_unknowns_stay_unknown(town: Town) -> None:
    firm = await town.resource("A", "life", ["S", "B1"], price_fen=1050, price_class="LOW_PRICE", at_home=True)
    neighbour = await town.resource(
        "A2", "life", owner_organisation_id=None, owner_person_id=town.person, family="OWNERS"
    )
    rows = {row.resource_id: row for row in await load_resources(ResourceScope(town.path("A")))}
    fact = rows[firm.id].fact
    assert (fact.provider_type, fact.provider_id, fact.provider_family) == (
        "ORGANISATION", str(town.organisation), "UNITS",
    )  # fmt: skip
    assert (fact.provider_organisation_kind, fact.price, fact.price_class, fact.at_home) == (
        "ENTERPRISE", 10.5, "LOW_PRICE", True,
    )  # fmt: skip
    assert set(fact.service_area) == {town.path("S"), town.path("B1")}
    bare = rows[neighbour.id].fact
    assert (bare.provider_type, bare.provider_id, bare.provider_organisation_kind) == ("PERSON", str(town.person), None)
    assert (bare.price, bare.at_home, bare.quantity, bare.windows, bare.point, bare.recurs) == (
        None, None, None, None, None, "NEVER",
    )  # fmt: skip
    assert rows[neighbour.id].provider is None


async def test_the_number_of_statements_does_not_grow_with_the_rows(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 0
    honest = Statement.fetch

    async def counted(self: Statement, text: str) -> list[dict[str, Any]]:
        nonlocal count
        count += 1
        return await honest(self, text)

    monkeypatch.setattr(Statement, "fetch", counted)
    seen = []
    for _ in range(2):
        for code in ("A1", "A2", "A1b"):
            await town.need(code, "life")
            await town.project(code, "life")
            await town.resource(code, "life", ["A", "B"])
        count = 0
        await load_demands(DemandScope((town.path("A"),)))
        await load_resources(ResourceScope(town.path("A")))
        seen.append(count)
    assert seen[0] == seen[1] == 22
