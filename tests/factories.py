"""A small town to act in: places, organisations, people, and a viewer for each role.

Rows are written directly, without commands, so that the commands under test are not their own
givens. The town: district D, sub-district S with the communities A (estate A1 with building A1b,
estate A2) and B (estate B1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.identifiers import new_id
from api.models import (
    Category,
    Contact,
    Household,
    Organisation,
    PartyKind,
    Person,
    Place,
    TargetGroup,
    UnitOfMeasure,
)
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.permissions import Permission
from auth.policy import load_shipped
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool

PLACES = (
    ("D", "DISTRICT", None, "永济市"),
    ("S", "SUBDISTRICT", "D", "城西街道"),
    ("A", "COMMUNITY", "S", "柳园社区"),
    ("A1", "ESTATE", "A", "柳岸华都"),
    ("A1b", "BUILDING", "A1", "2号楼"),
    ("A2", "ESTATE", "A", "世纪花园"),
    ("B", "COMMUNITY", "S", "电机社区"),
    ("B1", "ESTATE", "B", "电机小区"),
)
CATEGORIES = ("life", "life.haircut", "life.repair", "space", "space.room")
KINDS = (
    ("RESIDENTS_COMMITTEE", "COMMITTEE", "居委会"),
    ("PROPERTY_FIRM", "PROPERTY_FIRM", "物业企业"),
    ("ENTERPRISE", "UNITS", "企业"),
)


@dataclass
class Town:
    """What was made, by name, and who acts in it."""

    runtime: Runtime
    places: dict[str, Place] = field(default_factory=dict)
    kinds: dict[str, PartyKind] = field(default_factory=dict)

    async def build(self) -> "Town":
        for code, kind, parent, name in PLACES:
            above = self.places.get(parent or "")
            place = Place(
                id=new_id(),
                code=code,
                kind=kind,
                name_zh=name,
                parent_id=above.id if above else None,
                path=f"{above.path if above else ''}{code}/",
                community_id=above.community_id if above else None,
            )
            if kind == "COMMUNITY":
                place.community_id = place.id
            if kind == "ESTATE":
                place.longitude, place.latitude = 110.44, 34.87
            await place.save(force_create=True)
            self.places[code] = place
        for code in CATEGORIES:
            parent = code.rpartition(".")[0] or None
            await Category.create(code=code, parent_code=parent, label_zh=code, label_en=code)
        for code, family, label in KINDS:
            self.kinds[code] = await PartyKind.create(code=code, family=family, label_zh=label, label_en=code)
        await UnitOfMeasure.create(code="PIECE", label_zh="件", label_en="pieces")
        await TargetGroup.create(code="ELDERLY", label_zh="老年人", label_en="older residents")
        return self

    def id(self, code: str) -> int:
        return int(self.places[code].id)

    def path(self, code: str) -> str:
        return self.places[code].path

    async def organisation(self, place: str = "A", kind: str = "ENTERPRISE", **more: Any) -> int:
        row = await Organisation.create(
            name_zh=f"{kind}@{place}",
            kind_id=self.kinds[kind].id,
            family=self.kinds[kind].family,
            place_id=self.id(place),
            path=self.path(place),
            **more,
        )
        return int(row.id)

    async def household(self, place: str = "A1b") -> int:
        row = await Household.create(place_id=self.id(place), path=self.path(place))
        return int(row.id)

    async def person(self, place: str = "A1b", **more: Any) -> int:
        row = await Person.create(place_id=self.id(place), path=self.path(place), **more)
        return int(row.id)

    async def contact(self, **columns: Any) -> None:
        await Contact.create(**columns)

    def viewer(
        self,
        role: Role,
        place: str = "A",
        *,
        person: int | None = None,
        organisation: int | None = None,
        household: int | None = None,
        member_of: str | None = None,
    ) -> Viewer:
        """Return somebody who holds one role at a place."""
        principal = Principal(
            kind=PrincipalKind.PERSON,
            person_id=person,
            organisation_ids=frozenset({organisation} if organisation else ()),
            household_ids=frozenset({household} if household else ()),
            community_paths=(self.path(member_of),) if member_of else (),
            held=(HeldRole(role, self.path(place), organisation),),
            actor=f"person:{person or role}",
        )
        return Viewer(principal, self.runtime.policy.current, self.runtime, "request-1")

    def anonymous(self) -> Viewer:
        return Viewer(ANONYMOUS, self.runtime.policy.current, self.runtime)

    def program(self, organisation: int, scopes: frozenset[Permission], place: str = "D") -> Viewer:
        """Return the key of an organisation."""
        principal = Principal(
            kind=PrincipalKind.ORGANISATION_KEY,
            organisation_ids=frozenset({organisation}),
            held=(HeldRole(Role.UNIT_REPRESENTATIVE, self.path(place), organisation),),
            key_scopes=scopes,
            actor=f"organisation:{organisation}",
        )
        return Viewer(principal, self.runtime.policy.current, self.runtime)

    def administrator(self, place: str = "A") -> Viewer:
        return self.viewer(Role.COMMITTEE_ADMINISTRATOR, place)

    def need(self, owner: Mapping[str, int], place: str = "A1b", **more: Any) -> dict[str, Any]:
        """Return the input of a need; of a resource and a project too, which take the same."""
        values = {
            "title": "巷里没灯",
            "category": "life.repair",
            "place": self.id(place),
            "owner": dict(owner),
        }
        return values | more


def runtime_of(settings: Settings) -> Runtime:
    """Return what a process builds once; its rule engine starts with the first rule."""
    return Runtime(settings, AuthoriserHolder(load_shipped()), WorkerPool(1))


async def build_town(settings: Settings) -> Town:
    return await Town(runtime_of(settings)).build()
