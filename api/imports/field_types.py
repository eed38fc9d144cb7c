"""Which fields are numbers, dates, flags or lists; all others are text, some of one line."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from api.imports.cells import as_text, one_line
from api.imports.problems import CellFault

ONE_LINE = frozenset({"title", "titleEn", "name", "nameEn", "code"})
NUMBER, DAY, FLAG, WORDS = (int, float), (date,), (bool,), (list,)
# Values that are no text; of another type they are a fault of the mapping, told with the row.
TYPES: Mapping[str, tuple[type, ...]] = {
    "validFrom": DAY,
    "validTo": DAY,
    "quantity": NUMBER,
    "price": NUMBER,
    "estimatedCost": NUMBER,
    "estimatedEffort": NUMBER,
    "responseMinutes": NUMBER,
    "atHome": FLAG,
    "official": FLAG,
    "targetGroups": WORDS,
    "aliases": WORDS,
}


def typed(name: str, value: Any, column: str | None) -> Any:
    """Return a field's value in the type the commands take. Raise CellFault."""
    wanted = TYPES.get(name)
    if wanted is None:
        text = as_text(value, column)
        return one_line(text) if text is not None and name in ONE_LINE else text
    if wanted is WORDS and isinstance(value, str):
        return [value]
    if value is None or (isinstance(value, wanted) and (wanted is FLAG or not isinstance(value, bool))):
        return value
    raise CellFault(column or name, f"{name} 的类型不对(数写 number,日期写 date)", f"{name} has the wrong type")
