"""The lines of a chapter's lists, read into the entries of items."""

from typing import Any

from seeds.files import Entry
from seeds.names import Names
from seeds.shorthand import amount, hours, lines, options, price

KINDS = {"resources": "resource", "needs": "need", "projects": "project", "services": "service"}
FIRST_STATE = {"resources": "OFFERED", "services": "LISTED", "needs": "REQUESTED", "projects": "PROPOSED"}
ASKING = ("needs", "projects")


def item(names: Names, word: str, key: str, by: str, day: str, parts: list[str]) -> Entry:
    """Return the item that a line of a list or of an organisation's services says; `by` is the list's owner."""
    title, en, text, category, first, *more = [*parts, ""]
    said = options(parts[5 if word in ASKING else 6 :])
    owner = names.owner(said.get("o", by), household="o" not in said)
    special = _asked(names, category, first, said) if word in ASKING else _offered(names, word, [first, *more], said)
    return special | {
        "key": key, "title": {"zh": title, "en": en or None}, "text": {"zh": text, "en": None}, "category": category,
        "place": names.place(said["p"]) if "p" in said else names.home(said.get("o", by)), "point": None,
        "targetGroups": said["g"].split("+") if "g" in said else [], "visibility": said.get("v", "PUBLIC"),
        "owner": owner, "family": names.family(said.get("o", by)), "tableItem": None, "note": None,
        "source": "ORGANISATION" if "organisation" in owner else "RESIDENT", "publishedOn": day,
        "status": said.get("s", FIRST_STATE[word]), "statusReason": said.get("why"),
    }  # fmt: skip


def _asked(names: Names, category: str, asks: str, said: dict[str, str]) -> dict[str, Any]:
    return {
        "lines": lines(asks, category), "windows": [], "urgency": said.get("u", "NORMAL"), "estimatedEffort": None,
        "estimatedCost": float(said["c"]) if "c" in said else None, "concerns": None, "onBehalf": None,
        "assignee": names.owner(said["a"]) if "a" in said else None, "reviewOn": said.get("review"),
    }  # fmt: skip


def _offered(names: Names, word: str, more: list[str], said: dict[str, str]) -> dict[str, Any]:
    much, cost = ("", more[0]) if word == "services" else (more[0], said.get("pr", ""))
    area = [names.place(each) for each in said["area"].split("+")] if "area" in said else []
    return amount(much) | price(cost) | {
        "windows": hours(more[1]), "serviceArea": area, "validTo": said.get("to"), "standard": None,
        "responseMinutes": int(said["min"]) if "min" in said else None, "atHome": True if "home" in said else None,
    }  # fmt: skip
