"""The forms in which a whole table goes out, by the suffix of the file."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from api.exports import csv_file, xlsx_file


@dataclass(frozen=True, slots=True)
class Form:
    """How a table's header and pages become a file, and its media type."""

    write: Callable[..., AsyncIterator[bytes]]
    media_type: str


FORMS: Final[Mapping[str, Form]] = {
    "csv": Form(csv_file.csv_bytes, csv_file.MEDIA_TYPE),
    "xlsx": Form(xlsx_file.xlsx_bytes, xlsx_file.MEDIA_TYPE),
}
