"""Places, organisations, households, people and their roles."""

from dataclasses import dataclass, field

from api.commands.membership import grant_membership
from api.commands.organisation import register_organisations
from api.commands.person import register_household, register_person
from api.commands.place import create_places, link_places
from api.models.choices import EstateKind, PlaceKind, PlaceLinkKind
from api.plan.viewer import Viewer
from seeds.files import Entry, day, two
from seeds.story import told

FOR_KEYS = ("UNIT_REPRESENTATIVE", "PROPERTY_CLERK")


@dataclass(slots=True)
class Keys:
    """What the seeds' keys became: row identifiers by kind and key."""

    places: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    households: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    items: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    agreements: dict[str, int] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)

    def owner(self, named: dict[str, str]) -> dict[str, int]:
        """Return an owner, or whoever else is named by kind and key, as the commands take it."""
        found = {"organisation": self.organisations, "person": self.people, "household": self.households}
        return {name: found[name][key] for name, key in named.items()}


async def load_places(viewer: Viewer, keys: Keys) -> None:
    """Create the places, parents first, then what is adjacent and what touches."""
    waiting = told("places")
    while waiting:
        level = [entry for entry in waiting if entry["parent"] in (None, *keys.places)]
        created = await create_places(viewer, [_place(keys, entry) for entry in level])
        keys.places |= {entry["key"]: key for entry, key in zip(level, created, strict=True)}
        waiting = [entry for entry in waiting if entry["key"] not in keys.places]
    for entry in told("places"):
        for kind, others in ((PlaceLinkKind.ADJACENT, "adjacentTo"), (PlaceLinkKind.TOUCHES, "touches")):
            for other in entry.get(others) or []:
                await link_places(viewer, keys.places[entry["key"]], keys.places[other], kind)


def _place(keys: Keys, entry: Entry) -> Entry:
    return {
        "code": entry["code"] or entry["key"],
        "official": entry["code"] is not None,
        "kind": PlaceKind(entry["kind"]),
        "aliases": entry["aliases"],
        "parent": keys.places[entry["parent"]] if entry["parent"] else None,
        "point": entry["point"],
        "estate_kind": EstateKind(entry["estateKind"]) if entry["estateKind"] else None,
        "share_over_60": entry["shareOver60"],
        "has_property_firm": entry["hasPropertyFirm"],
        "name": entry["zh"],
        "name_en": entry["en"],
    }


async def load_organisations(viewer: Viewer, keys: Keys) -> None:
    """Register the organisations."""
    found = told("organisations")
    values = [
        {**two(entry["name"], "name"), **two(entry["text"], "text"), "kind": entry["kind"],
         "place": keys.places[entry["place"]]}
        for entry in found
    ]  # fmt: skip
    identifiers = await register_organisations(viewer, values)
    keys.organisations = {entry["key"]: key for entry, key in zip(found, identifiers, strict=True)}


async def load_people(viewer: Viewer, keys: Keys) -> None:
    """Register households and people, with their logins and roles. Nobody of them exists."""
    for entry in told("households"):
        values = {"place": keys.places[entry["place"]], "name": entry["contact"]["zh"], "phone": entry["phone"]}
        keys.households[entry["key"]] = await register_household(viewer, values)
    located = {each["key"]: each["place"] for each in told("organisations")}
    for entry in told("people"):
        household = keys.households[entry["household"]] if entry.get("household") else None
        values = {
            "place": keys.places[entry["place"]],
            "household": household,
            "name": entry["name"]["zh"],
            "phone": entry["phone"],
        }
        person = keys.people[entry["key"]] = await register_person(viewer, values)
        for held in entry["memberships"]:
            await _grant(viewer, keys, held | {"person": person})
            if held["role"] in FOR_KEYS:
                # So that a key of the organisation may do, where it is located, what its representative may.
                await _grant(viewer, keys, held | {"person": None, "place": located[held["organisation"]]})


async def _grant(viewer: Viewer, keys: Keys, held: Entry) -> None:
    organisation = keys.organisations[held["organisation"]] if held["organisation"] else None
    values = {
        "role": held["role"],
        "person": held["person"],
        "organisation": organisation,
        "place": keys.places[held["place"]],
        "family": held["family"],
        "valid_from": day(held["validFrom"]),
        "valid_to": day(held["validTo"]),
        "confirmed_on": day(held["confirmedOn"]),
    }
    await grant_membership(viewer, values)
