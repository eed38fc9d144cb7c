"""Windows that recur, and points given in the system of Chinese maps."""

import math
import time
from datetime import UTC, datetime

import pytest

from api.clock import LOCAL_ZONE
from api.models import TimeWindow
from api.plan.geography import Crs, checked_point
from api.queries.availability import touches
from api.queries.filters import Interval
from tests.api.conftest import City
from tests.api.reading import SYSTEM, answer
from tests.api.world import NOW


def local(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LOCAL_ZONE)


# The window is 9 to 11 o'clock on Tuesday the 3rd of November 2026, in Shanghai.
@pytest.mark.parametrize(
    ("rule", "start", "end", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", local(17, 8), local(17, 9), False),
        ("FREQ=WEEKLY;BYDAY=TU", local(17, 8), local(17, 10), True),
        ("FREQ=WEEKLY;BYDAY=TU", local(17, 10), local(17, 12), True),
        ("FREQ=WEEKLY;BYDAY=TU", local(17, 11), local(17, 12), False),
        ("FREQ=WEEKLY;BYDAY=TU", local(18, 0), local(24, 8), False),
        ("FREQ=WEEKLY;BYDAY=TU", local(2, 0), local(3, 8), False),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", local(10, 8), local(10, 12), False),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", local(17, 8), local(17, 12), True),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=2", local(10, 8), local(10, 12), True),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=2", local(17, 8), local(17, 12), False),
        ("FREQ=DAILY;UNTIL=20261110T100000Z", local(10, 8), local(10, 12), True),
        ("FREQ=DAILY;UNTIL=20261110T100000Z", local(11, 8), local(11, 12), False),
        ("FREQ=DAILY;INTERVAL=3", local(6, 8), local(6, 12), True),
        ("FREQ=DAILY;INTERVAL=3", local(7, 8), local(8, 12), False),
        ("FREQ=MONTHLY", local(3, 8, 12), local(3, 12, 12), True),
        ("FREQ=MONTHLY", local(4, 8, 12), local(4, 12, 12), False),
    ],
)
def test_a_recurring_window_touches_what_overlaps_one_of_its_days(
    rule: str, start: datetime, end: datetime, expected: bool
) -> None:
    assert touches(local(3, 9), local(3, 11), rule, Interval(start, end)) is expected
    assert touches(local(3, 9).astimezone(UTC), local(3, 11), rule, Interval(start, end)) is expected


def test_a_window_that_began_long_ago_is_found_at_once() -> None:
    begun = time.process_time()
    for year in range(1950, 1990):
        start = datetime(year, 1, 3, 9, tzinfo=LOCAL_ZONE)
        assert touches(start, start.replace(hour=11), "FREQ=DAILY", Interval(local(17, 8), local(17, 10)))
    assert time.process_time() - begun < 0.5


async def test_an_item_has_a_window_in_the_interval_or_none_at_all(city: City) -> None:
    for number, (windows, zone) in enumerate(((0, UTC), (1, UTC), (1, LOCAL_ZONE))):
        need = city.items.need(title_zh=f"{number}", title_en=None, category="only.these")
        await need.save(force_create=True)
        for _ in range(windows):
            window = await TimeWindow.create(need_id=need.id, starts_at=NOW, ends_at=NOW)
            # Only what is created comes to SQLite in UTC; what is changed is written as it was given.
            window.starts_at, window.ends_at = (local(17, hour).astimezone(zone) for hour in (9, 11))
            await window.save()
    for start, end, expected in (
        ("2026-11-17T08:00:00", "2026-11-17T09:00:00", ["0"]),
        ("2026-11-17T08:00:00", "2026-11-17T09:00:01", ["0", "1", "2"]),
        ("2026-11-17T02:59:59Z", "2026-11-17T05:00:00Z", ["0", "1", "2"]),
        ("2026-11-17T03:00:00Z", "2026-11-17T05:00:00Z", ["0"]),
    ):
        text = f'{{ category: "only", availableBetween: {{ from: "{start}", to: "{end}" }} }}'
        data = await answer(f"{{ needs(first: 9, orderBy: OLDEST, filter: {text}) {{ nodes {{ title }} }} }}", SYSTEM)
        assert [node["title"] for node in data["needs"]["nodes"]] == expected, start


def to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """Distort a point as Chinese maps do; the published formula, the other way round."""
    x, y, pi = longitude - 105, latitude - 35, math.pi
    shared = (20 * math.sin(6 * x * pi) + 20 * math.sin(2 * x * pi)) * 2 / 3
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + shared
    d_lat += (20 * math.sin(y * pi) + 40 * math.sin(y / 3 * pi)) * 2 / 3
    d_lat += (160 * math.sin(y / 12 * pi) + 320 * math.sin(y * pi / 30)) * 2 / 3
    d_lon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + shared
    d_lon += (20 * math.sin(x * pi) + 40 * math.sin(x / 3 * pi)) * 2 / 3
    d_lon += (150 * math.sin(x / 12 * pi) + 300 * math.sin(x / 30 * pi)) * 2 / 3
    a, ee, radians = 6378245.0, 0.00669342162296594323, latitude / 180 * pi
    magic = 1 - ee * math.sin(radians) ** 2
    d_lat = (d_lat * 180) / ((a * (1 - ee)) / (magic * math.sqrt(magic)) * pi)
    d_lon = (d_lon * 180) / (a / math.sqrt(magic) * math.cos(radians) * pi)
    return longitude + d_lon, latitude + d_lat


def test_a_point_of_a_chinese_map_comes_back_to_within_a_few_metres() -> None:
    for longitude, latitude in ((116.36, 40.03), (114.3, 30.6), (121.5, 31.2), (87.6, 43.8), (109.5, 18.3)):
        x, y = to_gcj02(longitude, latitude)
        assert 100 < distance((x, y), (longitude, latitude)) < 1000
        assert distance(checked_point(x, y, Crs.GCJ02, ()), (longitude, latitude)) < 5
        assert checked_point(longitude, latitude, Crs.WGS84, ()) == (longitude, latitude)
    # Outside China both systems are one.
    assert checked_point(2.35, 48.85, Crs.GCJ02, ()) == (2.35, 48.85)


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    shrink = math.cos(math.radians(one[1]))
    return 111_195 * math.hypot((one[0] - other[0]) * shrink, one[1] - other[1])


async def test_near_in_the_system_of_chinese_maps_finds_what_lies_there(city: City) -> None:
    estate = city.world.places["QA1"]
    need = city.items.need(longitude=estate.longitude, latitude=estate.latitude, category="care", title_zh="在小区")
    await need.save(force_create=True)
    assert estate.longitude
    assert estate.latitude
    x, y = to_gcj02(estate.longitude, estate.latitude)
    for crs, expected in (("GCJ02", True), ("WGS84", False)):
        near = f"near: {{ longitude: {x}, latitude: {y}, metres: 20, crs: {crs} }}"
        data = await answer(f"{{ needs(first: 100, filter: {{ {near} }}) {{ nodes {{ id }} }} }}", SYSTEM)
        assert ({"id": f"Need:{need.id}"} in data["needs"]["nodes"]) is expected
