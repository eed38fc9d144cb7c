"""Points and circles: stored in WGS 84, GCJ-02 accepted and converted."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from api.errors import InvalidInput

EARTH = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""
AXIS = 6_378_245.0
ECCENTRICITY = 0.006_693_421_622_965_943


class Crs(StrEnum):
    """Coordinate reference system of a point; Chinese maps give GCJ-02."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ02"


@dataclass(frozen=True, slots=True)
class Circle:
    """All points within `metres` of a centre in WGS 84."""

    longitude: float
    latitude: float
    metres: float

    def condition(self, longitude: str, latitude: str, bind: Callable[[object], str]) -> str:
        """Return the SQL condition: squared distance on the tangent plane (error < 0.1 % within 100 km)."""
        metres_a_degree = EARTH * math.pi / 180
        shrink = math.cos(math.radians(self.latitude))
        reach = self.metres / metres_a_degree
        x = f"(({longitude} - {bind(self.longitude)}) * {bind(metres_a_degree * shrink)})"
        y = f"(({latitude} - {bind(self.latitude)}) * {bind(metres_a_degree)})"
        low, high = bind(self.latitude - reach), bind(self.latitude + reach)
        return f"({latitude} BETWEEN {low} AND {high} AND {x} * {x} + {y} * {y} <= {bind(self.metres**2)})"


def checked_point(longitude: float, latitude: float, crs: Crs, path: tuple[str, ...]) -> tuple[float, float]:
    """Return a point in WGS 84. Raise InvalidInput, naming the coordinate, when it lies outside the globe."""
    for name, value, most in (("longitude", longitude, 180), ("latitude", latitude, 85)):
        if not math.isfinite(value):
            raise InvalidInput("坐标须为有限数", "Coordinates must be finite", (*path, name))
        if abs(value) > most:
            raise InvalidInput("坐标超出范围", "Coordinates are out of range", (*path, name))
    return from_gcj02(longitude, latitude) if crs is Crs.GCJ02 else (longitude, latitude)


def circle(longitude: float, latitude: float, metres: float, crs: Crs) -> Circle:
    """Return a checked circle of 1 m to 200 km."""
    if not (math.isfinite(metres) and 1 <= metres <= 200_000):
        raise InvalidInput(
            "半径须在 1 到 200000 米之间",
            "metres must be 1 to 200000",
            ("filter", "near", "metres"),
        )
    x, y = checked_point(longitude, latitude, crs, ("filter", "near"))
    return Circle(x, y, metres)


def from_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """Convert GCJ-02 to WGS 84 by one step of the published offset; good to a few metres within China."""
    if not (72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271):
        return longitude, latitude
    x, y = longitude - 105.0, latitude - 35.0
    d_lat = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
        + _waves(6 * x, 2 * x, 20, 20) + _waves(y, y / 3, 20, 40) + _waves(y / 12, y / 30, 160, 320)
    )  # fmt: skip
    d_lon = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
        + _waves(6 * x, 2 * x, 20, 20) + _waves(x, x / 3, 20, 40) + _waves(x / 12, x / 30, 150, 300)
    )  # fmt: skip
    sine = math.sin(math.radians(latitude))
    magic = 1 - ECCENTRICITY * sine * sine
    d_lat = d_lat * 180 / ((AXIS * (1 - ECCENTRICITY)) / (magic * math.sqrt(magic)) * math.pi)
    d_lon = d_lon * 180 / (AXIS / math.sqrt(magic) * math.cos(math.radians(latitude)) * math.pi)
    return longitude - d_lon, latitude - d_lat


def _waves(first: float, second: float, one: float, two: float) -> float:
    return (one * math.sin(first * math.pi) + two * math.sin(second * math.pi)) * 2 / 3
