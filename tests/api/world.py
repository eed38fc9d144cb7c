"""A made-up city to read in: three communities of two sub-districts, rows written in bulk from one seed.

What is random is what the readers must tell apart: visibility, owner, state, category, groups, windows, points.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.models import Model

from api.identifiers import new_id
from api.models import (
    Category,
    Contact,
    Household,
    Membership,
    Organisation,
    PartyKind,
    PartySeat,
    Person,
    Place,
    TargetGroup,
    UnitOfMeasure,
)
from auth.roles import Role

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
# Codes begin alike, so that a prefix without its slash would be found out.
COMMUNITIES = {"QA": "S1", "QAB": "S1", "QC": "S2"}
ABOVE = (("CN", "COUNTRY", None), ("11", "CITY", "CN"), ("D1", "DISTRICT", "11"))
CATEGORIES = ("life", "life.haircut", "life.haircut.home", "lifestyle", "care", "care.meal", "space", "space.room")
GROUPS = ("ELDERLY", "CHILDREN", "DISABLED")
KINDS = {"RESIDENTS_COMMITTEE": "COMMITTEE", "PROPERTY": "PROPERTY_FIRM", "SHOP": "UNITS", "COUNCIL": None}
Values = dict[str, Any]


class World:
    """The register, and by what the rest is drawn; `tests.api.world_items` adds the items."""

    def __init__(self, seed: str = "reading") -> None:
        self.chance = random.Random(seed)
        self.places: dict[str, Place] = {}
        self.buildings: list[Place] = []
        self.people: list[Person] = []
        self.households: list[Household] = []
        self.organisations: list[Organisation] = []

    async def register(self) -> None:
        """Write reference data, places, people, households, organisations, memberships, contacts."""
        await self.reference()
        await self.write_places()
        await self.write_parties()

    async def reference(self) -> None:
        for code in CATEGORIES:
            above = code.rpartition(".")[0] or None
            await Category.create(code=code, parent_code=above, label_zh=f"类{code}", label_en=f"kind {code}")
        for group in GROUPS:
            await TargetGroup.create(code=group, label_zh=f"群{group}", label_en=group.lower())
        for unit in ("PERSON", "HOUR"):
            await UnitOfMeasure.create(code=unit, label_zh=f"量{unit}", label_en=unit.lower())
        for kind, family in KINDS.items():
            await PartyKind.create(code=kind, family=family, label_zh=f"方{kind}", label_en=kind.lower())

    async def write_places(self) -> None:
        for code, kind, parent in ABOVE:
            self.place(code, kind, parent)
        for street in sorted(set(COMMUNITIES.values())):
            self.place(street, "SUBDISTRICT", "D1")
        for number, (community, street) in enumerate(COMMUNITIES.items()):
            self.place(community, "COMMUNITY", street, name_en=f"Community {community}", aliases=[f"别名{community}"])
            for estate in (f"{community}1", f"{community}10"):
                offset = 0.01 * number + 0.002 * len(estate)
                self.place(
                    estate, "ESTATE", community, estate_kind="OLD", longitude=116.30 + offset, latitude=40.0 + offset
                )
                for building in (f"{estate}b1", f"{estate}b2"):
                    self.buildings.append(self.place(building, "BUILDING", estate))
        # A place points to its community, perhaps itself: written first, pointed afterwards.
        communities = {place.id: place.community_id for place in self.places.values()}
        for place in self.places.values():
            place.community_id = None
            await place.save(force_create=True)
        for key, community_id in communities.items():
            await Place.filter(id=key).update(community_id=community_id)

    def place(self, code: str, kind: str, parent: str | None, **more: Any) -> Place:
        above = self.places[parent] if parent else None
        place = Place(
            id=new_id(), code=code, kind=kind, name_zh=f"地{code}", parent_id=above.id if above else None,
            path=f"{above.path if above else ''}{code}/", **at_now(), **more,
        )  # fmt: skip
        place.community_id = place.id if kind == "COMMUNITY" else above.community_id if above else None
        self.places[code] = place
        return place

    async def write_parties(self) -> None:
        kinds = {kind.code: kind for kind in await PartyKind.all()}
        for building in self.buildings:
            household = Household(id=new_id(), place_id=building.id, path=building.path, **at_now())
            self.households.append(household)
            for number in range(3):
                home = household.id if number < 2 else None
                self.people.append(
                    Person(id=new_id(), place_id=building.id, path=building.path, household_id=home, **at_now())
                )
        for community in COMMUNITIES:
            place = self.places[community]
            for number, (kind, family) in enumerate(KINDS.items()):
                self.organisations.append(
                    Organisation(
                        id=new_id(), name_zh=f"单位{community}{kind}", name_en=f"{kind} of {community}", family=family,
                        kind_id=kinds[kind].id, place_id=place.id, path=place.path, text_zh=f"介绍{community}",
                        status="SUSPENDED" if number == 3 else "ACTIVE", **self.changed(),
                    )
                )  # fmt: skip
            await PartySeat.create(
                place_id=place.id, kind_id=kinds["SHOP"].id, family="UNITS", label_zh="席", label_en="seat", position=0
            )
        await write(self.households, self.people, self.organisations, self.contacts(), self.memberships())

    def contacts(self) -> list[Contact]:
        owners: dict[str, Sequence[Any]] = {
            "person_id": self.people,
            "household_id": self.households,
            "organisation_id": self.organisations,
        }
        return [
            Contact(id=new_id(), name="张三", phone="13812345678", address="某路一号", **{name: row.id})
            for name, rows in owners.items()
            for row in rows
        ]

    def memberships(self) -> list[Membership]:
        found = []
        for number, person in enumerate(self.people[::2]):
            place = self.place_of(person.path)
            organisation = None if number % 2 else self.organisations[1]
            role = Role.GRID_WORKER if number % 2 else Role.PROPERTY_CLERK
            found.append(
                Membership(
                    id=new_id(), person_id=person.id, organisation_id=organisation and organisation.id, family="OWNERS",
                    role=role, place_id=place.id, path=place.path, valid_from=NOW.date(), **at_now(),
                )
            )  # fmt: skip
        return found

    def place_of(self, path: str) -> Place:
        return self.places[path.rstrip("/").rpartition("/")[2]]

    def community_of(self, path: str) -> str:
        return next(code for code in COMMUNITIES if f"/{code}/" in path)

    def changed(self) -> Values:
        return {"version": 1, "created_at": NOW, "updated_at": NOW - timedelta(hours=self.chance.randrange(500))}


def at_now() -> Values:
    """Return the times and the version of a row that nobody changed."""
    return {"version": 1, "created_at": NOW, "updated_at": NOW}


async def write(*groups: Sequence[Model]) -> None:
    """Write rows in bulk, each group of one model, parents first."""
    for rows in groups:
        for model, same in by_model(rows).items():
            await model.bulk_create(same)


def by_model(rows: Iterable[Model]) -> Mapping[type[Model], list[Model]]:
    """Return rows by their model, in the order in which the models come up."""
    found: dict[type[Model], list[Model]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return found
