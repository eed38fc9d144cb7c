"""A small made-up town to match in: two communities of one sub-district, and a far one."""

from collections.abc import Mapping, Sequence
from typing import Any

from api import clock
from api.identifiers import new_id
from api.models import (
    Category,
    CategoryKin,
    Match,
    Need,
    Organisation,
    PartyKind,
    Person,
    Place,
    PlaceLink,
    Project,
    RequirementLine,
    Resource,
    RuleSet,
    RuleVersion,
    ServiceArea,
    TimeWindow,
)
from api.state_machines.rule_version import RuleVersionStatus
from rules.language import content_hash, parse

PLACES: tuple[tuple[str, str, str | None, dict[str, Any]], ...] = (
    ("T", "CITY", None, {}),
    ("D", "DISTRICT", "T", {}),
    ("S", "SUBDISTRICT", "D", {}),
    ("A", "COMMUNITY", "S", {"share_over_60": 0.31}),
    ("A1", "ESTATE", "A", {"estate_kind": "OLD", "longitude": 116.36, "latitude": 40.03}),
    ("A1b", "BUILDING", "A1", {}),
    ("A2", "ESTATE", "A", {"estate_kind": "COMMERCIAL", "has_property_firm": True}),
    ("B", "COMMUNITY", "S", {}),
    ("B1", "ESTATE", "B", {"estate_kind": "OLD"}),
    ("F", "DISTRICT", "T", {}),
    ("FS", "TOWN", "F", {}),
    ("FV", "VILLAGE", "FS", {}),
)
CATEGORIES = ("life", "life.haircut", "life.haircut.home", "life.repair", "care", "care.meal", "space", "space.room")
KIN = (("care.meal", "life.repair"),)


class Town:
    """Identifiers and paths of what was made; `organisation` and `person` provide and ask, `clerk` has none."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.organisation = new_id()
        self.other_organisation = new_id()
        self.person = new_id()
        self.clerk = new_id()

    def path(self, code: str) -> str:
        return self.places[code].path

    async def build(self) -> "Town":
        for code, kind, parent, profile in PLACES:
            above = self.places[parent] if parent else None
            place = Place(id=new_id(), code=code, kind=kind, name_zh=code, path=f"{above.path if above else ''}{code}/")
            place.parent_id = above.id if above else None
            inherited = above.community_id if above else None
            community = place.id if kind in ("COMMUNITY", "VILLAGE") else inherited
            for name, value in profile.items():
                setattr(place, name, value)
            await place.save(force_create=True)
            place.community_id = community
            await place.save()
            self.places[code] = place
        await PlaceLink.create(place_id=self.places["A"].id, other_id=self.places["B"].id, kind="ADJACENT")
        for code in CATEGORIES:
            parent_code = code.rpartition(".")[0] or None
            await Category.create(code=code, parent_code=parent_code, label_zh=f"类{code}", label_en=code)
        for code, kin in KIN:
            await CategoryKin.create(code=code, kin_code=kin)
        enterprise = await PartyKind.create(code="ENTERPRISE", family="UNITS", label_zh="企业", label_en="Enterprise")
        for key, name in ((self.organisation, "甲公司"), (self.other_organisation, "乙公司")):
            await Organisation.create(
                id=key, name_zh=name, name_en=None, kind_id=enterprise.id, family="UNITS",
                place_id=self.places["A"].id, path=self.path("A"),
            )  # fmt: skip
        for key in (self.person, self.clerk):
            await Person.create(id=key, place_id=self.places["A1b"].id, path=self.path("A1b"))
        return self

    def item(self, code: str, category: str, values: Mapping[str, Any]) -> dict[str, Any]:
        place = self.places[code]
        return {
            "id": new_id(), "title_zh": "一件事", "category": category, "place_id": place.id, "path": place.path,
            "public_place_id": place.id, "public_path": place.path,
            "community_id": place.community_id, "visibility": "PUBLIC",
            "source": "RESIDENT", "published_at": clock.now(), "target_groups": [],
            "family": "OWNERS", "longitude": place.longitude, "latitude": place.latitude, **values,
        }  # fmt: skip

    async def need(self, code: str, category: str, lines: Sequence[Mapping[str, Any]] = (), **values: Any) -> Need:
        key = new_id()
        given = {"urgency": "NORMAL", "status": "REQUESTED", "number": str(key)[-16:], "owner_person_id": self.person}
        need = await Need.create(**self.item(code, category, {**given, **values}))
        await self.lines({"need_id": need.id}, lines or [{"category": category}])
        return need

    async def project(self, code: str, category: str, **values: Any) -> Project:
        given = {"urgency": "NORMAL", "status": "PROPOSED", "owner_organisation_id": self.organisation}
        project = await Project.create(**self.item(code, category, {**given, **values}))
        await self.lines({"project_id": project.id}, [{"category": category}])
        return project

    async def lines(self, owner: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> None:
        for position, line in enumerate(lines):
            await RequirementLine.create(**owner, position=position, **line)

    async def resource(self, code: str, category: str, areas: Sequence[str] = (), **values: Any) -> Resource:
        given = {"kind": "RESOURCE", "status": "OFFERED", "owner_organisation_id": self.organisation, "family": "UNITS"}
        resource = await Resource.create(**self.item(code, category, {**given, **values}))
        await self.areas(resource.id, areas)
        return resource

    async def areas(self, resource_id: int, areas: Sequence[str]) -> None:
        await ServiceArea.filter(resource_id=resource_id).delete()
        for area in areas:
            place = self.places[area]
            await ServiceArea.create(resource_id=resource_id, place_id=place.id, path=place.path)

    async def window(self, start: Any, end: Any, rrule: str | None = None, **owner: Any) -> None:
        await TimeWindow.create(starts_at=start, ends_at=end, rrule=rrule, **owner)

    async def publish(self, code: str, *rules: Mapping[str, Any], key: str = "test-rules") -> RuleVersion:
        """Put rules in force at a place without the command, superseding those of the same key."""
        document = {
            "format": 1, "kind": "match", "id": key, "title": {"zh": "试验规则", "en": "Test rules"},
            "rules": list(rules),
        }  # fmt: skip
        place = self.places[code]
        rule_set, _ = await RuleSet.get_or_create(
            place_id=place.id, key=key, defaults={"path": place.path, "title_zh": "试验规则"}
        )
        number = await RuleVersion.filter(rule_set_id=rule_set.id).count() + 1
        await RuleVersion.filter(rule_set_id=rule_set.id).update(status=RuleVersionStatus.SUPERSEDED)
        return await RuleVersion.create(
            rule_set_id=rule_set.id, path=place.path, number=number, document=document,
            document_hash=content_hash(parse(document)), status=RuleVersionStatus.PUBLISHED,
            published_at=clock.now(),
        )  # fmt: skip


def rule(key: str = "near", *, points: int = 10, demand: str = "both", **more: Any) -> dict[str, Any]:
    """Return a rule that asks for the same community or for being served, unless told otherwise."""
    near = {
        "any": [
            {"field": "pair.sameCommunity", "op": "=", "value": True},
            {"field": "pair.served", "op": "=", "value": True},
        ]
    }
    return {
        "id": key, "title": {"zh": "就近", "en": "Near"},
        "because": {"zh": "{resource.title}由{provider.name}提供", "en": "{resource.title} by {provider.name}"},
        "demand": demand, "points": points, "require": near, **more,
    }  # fmt: skip


async def pairs() -> set[tuple[int | None, int]]:
    """Return (need or project, resource) of every suggested match."""
    rows = await Match.filter(status="SUGGESTED").values("need_id", "project_id", "resource_id")
    return {(row["need_id"] or row["project_id"], row["resource_id"]) for row in rows}
