"""A state of a service item → what its cells say."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from api.imports.workbook.choices import Choices
from api.imports.workbook.columns import SAID
from api.imports.workbook.hours import shown_hours
from api.models import ServiceItemVersion
from api.plan.global_id import global_id

SAME: Final = (
    "category", "price_class", "price_unit", "standard_source", "response_minutes", "at_home",
    "valid_from", "valid_to", "visibility", "status",
)  # fmt: skip
BETWEEN: Final = "、"
Values = Mapping[str, Any]


def values_of(state: ServiceItemVersion, place_id: int) -> dict[str, Any]:
    """Return a state by the inputs of the commands."""
    return {
        **{name: getattr(state, name) for name in SAME},
        "title": state.title_zh,
        "text": state.text_zh,
        "standard": state.standard_zh,
        "price": None if state.price_fen is None else state.price_fen / 100,
        "windows": [
            {"starts_at": each["startsAt"], "ends_at": each["endsAt"], "rrule": each["rrule"]} for each in state.windows
        ],
        "service_area": [int(each.rpartition(":")[2]) for each in state.service_area],
        "place": place_id,
    }


def cells_of(values: Values, choices: Choices) -> dict[str, str]:
    """Return what every column says of these values; an unknown value is an empty cell."""
    return {column.key: cell(column.key, values.get(column.key), choices) for column in SAID}


def cell(key: str, value: Any, choices: Choices) -> str:
    """Return what one cell says of a value."""
    if value is None or value == []:
        return ""
    if key == "windows":
        return shown_hours(value)
    if key == "service_area":
        return BETWEEN.join(choices["places"].text(each) or global_id("Place", each) for each in value)
    if key == "price":
        return f"{value:.2f}".rstrip("0").rstrip(".")
    listed = LISTS.get(key)
    if listed is not None:
        # A unit that is none of ours is a word of the clerk's own.
        return choices[listed].text(value) or str(value)
    return value.isoformat() if isinstance(value, date) else str(value)


LISTS: Final[Mapping[str, str]] = {
    column.key: column.choices for column in SAID if column.choices is not None and column.key != "service_area"
}
