"""The seeds' plain files, and how their words become a command's values."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from api import clock

Entry = dict[str, Any]
NOON = 12


@cache
def entries(name: str) -> list[Entry]:
    """Return the entries of `seeds/data/<name>.json`."""
    text = files("seeds").joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    found: list[Entry] = json.loads(text)
    return found


def document(path: str) -> str:
    """Return the text of a file of the seeds, e.g. "rules/community-start.json"."""
    return files("seeds").joinpath(*path.split("/")).read_text(encoding="utf-8")


def noon(day: str) -> datetime:
    """Return noon of a day where the communities are."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), clock.LOCAL_ZONE).replace(hour=NOON)


def instant(text: str) -> datetime:
    """Return a local time such as "2026-11-03T08:30" as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL_ZONE)


def day(text: str | None) -> date | None:
    """Return a date, or None."""
    return None if text is None else date.fromisoformat(text)


def two(text: Mapping[str, str] | None, stem: str) -> Entry:
    """Return a text of two languages as the values `stem` and `stem_en`."""
    return {} if text is None else {stem: text["zh"], f"{stem}_en": text.get("en")}
