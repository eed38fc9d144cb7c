"""What a chapter says of service points, agreements, teams, registered helpers and claims, read into entries."""

from collections.abc import Sequence

from seeds.files import Entry
from seeds.names import Names
from seeds.shorthand import amount, hours, options


def agreement(names: Names, key: str, unit: str, start: str, end: str) -> Entry:
    """Return an agreement of the place's committee with a unit, without its promises yet."""
    name = names.name(unit)
    return {
        "key": key, "place": names.here, "committee": {"organisation": names.office()}, "unit": names.owner(unit),
        "title": {"zh": f"与{name['zh']}的共驻共建协议", "en": f"Agreement with {name['en']}"},
        "from": start, "to": end, "promises": [],
    }  # fmt: skip


def promise(parts: list[str]) -> Entry:
    """Return a promise: what, how much, by when, and how it was made good if it was broken."""
    text, category, much, due, *more = parts
    said = options(more)
    return {
        "text": text, "category": category, **amount(much), "dueOn": due,
        "remedy": said.get("how"), "remediedOn": said.get("remedied"),
    }  # fmt: skip


def team(names: Names, key: str, party: str, lead: str, members: int, skills: str, day: str) -> Entry:
    """Return a team of a party, led by a person."""
    return {
        "key": key, "name": names.name(party), "organisation": names.owner(party)["organisation"],
        "lead": names.owner(lead)["person"], "place": names.here, "members": members,
        "skills": skills.split(",") if skills else [], "confirmedOn": day,
    }  # fmt: skip


def helper(
    names: Names, key: str, person: str, unit: str, offer: str, category: str, more: Sequence[str]
) -> Entry:  # fmt: skip
    """Return a person's registration where they live: what they offer, how much and when."""
    much, when, skills = [*more, "", "", ""][:3]
    values = {"offer": offer, "category": category, **amount(much), "windows": hours(when)}
    return {
        "key": key, "by": names.owner(person) | (names.owner(unit) if unit else {}), "place": names.home(person),
        "offer": values | {"skills": skills.split(",") if skills else []},
    }  # fmt: skip


def point(
    names: Names, key: str, zh: str, en: str, level: str, when: str, services: str, place: str
) -> Entry:  # fmt: skip
    """Return a service point: where people find somebody, and what they find."""
    return {
        "key": key, "name": {"zh": zh, "en": en}, "level": level, "place": names.place(place),
        "organisation": None if place else names.office(), "windows": hours(when), "services": services,
    }  # fmt: skip


def claim(names: Names, by: str, begun: str, until: str, status: str, words: str, said: dict[str, str]) -> Entry:
    """Return a claim; `words` are its proof or reason."""
    return {
        "by": names.owner(by), "asTeam": "team" in said, "under": "under" in said, "on": begun, "until": until,
        "status": status, "words": words, "score": int(said.get("score", "5")), "thanks": said.get("thanks"),
        "quantity": float(said["q"]) if "q" in said else None,
        "with": [names.owner(each) for each in said["with"].split("+")] if "with" in said else [],
    }  # fmt: skip
