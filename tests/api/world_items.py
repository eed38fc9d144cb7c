"""The items of the made-up city: needs, resources, projects, service items with everything below them."""

from datetime import timedelta
from typing import Any

from api.commands.service_item_version import version_of
from api.identifiers import new_id
from api.models import (
    ExternalId,
    HistoryEntry,
    Need,
    Place,
    Project,
    RequirementLine,
    Resource,
    ServiceArea,
    ServiceItem,
    TimeWindow,
)
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from api.state_machines.resource import ResourceStatus
from api.state_machines.service_item import ServiceItemStatus
from auth.relations import Visibility
from auth.roles import Label
from tests.api.world import CATEGORIES, GROUPS, KINDS, NOW, Values, World, write

RULES = ("FREQ=WEEKLY;BYDAY=TU", "FREQ=DAILY;COUNT=3", "FREQ=MONTHLY;BYMONTHDAY=5;UNTIL=20261231T000000Z")
FAMILIES = (None, *(family for family in KINDS.values() if family))


class Items:
    """Needs, resources, projects and service items over a registered world, and their children."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.chance
        self.needs: list[Need] = []
        self.resources: list[Resource] = []
        self.projects: list[Project] = []
        self.service_items: list[ServiceItem] = []
        self.lines: list[RequirementLine] = []
        self.children: list[Any] = []

    async def build(self, needs: int = 80, resources: int = 60, projects: int = 40) -> "Items":
        """Write so many items."""
        for _ in range(needs):
            self.need()
        for _ in range(resources):
            self.resource()
        for _ in range(projects):
            self.project()
        for firm in (each for each in self.world.organisations if each.family == "PROPERTY_FIRM"):
            for _ in range(4):
                self.service_item(firm)
        await write(self.needs, self.resources, self.projects, self.service_items, self.lines, self.children)
        return self

    def need(self, **given: Any) -> Need:
        key = new_id()
        values = self.affair(key, "need") | {"number": f"N{key}"[-16:], "status": self.chance.choice(list(NeedStatus))}
        need = Need(id=key, **{**values, **given})
        self.needs.append(need)
        return need

    def project(self, **given: Any) -> Project:
        key = new_id()
        values = self.affair(key, "project") | {"status": self.chance.choice(list(ProjectStatus))}
        project = Project(id=key, **{**values, **given})
        self.projects.append(project)
        return project

    def resource(self, **given: Any) -> Resource:
        key = new_id()
        values = self.item(key, "resource") | {
            "kind": "RESOURCE", "status": self.chance.choice(list(ResourceStatus)), "quantity": 3.5, "unit": "HOUR",
            "price_fen": 1250, "at_home": True,
        }  # fmt: skip
        resource = Resource(id=key, **{**values, **given})
        self.resources.append(resource)
        for code in self.chance.sample(sorted(self.world.places), self.chance.choice((0, 0, 1, 2))):
            area = self.world.places[code]
            self.children.append(ServiceArea(id=new_id(), resource_id=key, place_id=area.id, path=area.path))
        return resource

    def service_item(self, firm: Any) -> ServiceItem:
        place = self.world.place_of(firm.path)
        resource = self.resource(
            kind="SERVICE_ITEM", owner_person_id=None, owner_household_id=None, owner_organisation_id=firm.id,
            family=firm.family, **located(place, place), longitude=None, latitude=None, visibility="PUBLIC",
        )  # fmt: skip
        item = ServiceItem(
            id=new_id(), resource_id=resource.id, organisation_id=firm.id, path=firm.path, standard_zh="标准",
            visibility=self.chance.choice(list(Visibility)), standard_source="合同",
            status=self.chance.choice(list(ServiceItemStatus)), **self.world.changed(),
        )  # fmt: skip
        self.service_items.append(item)
        self.history("SERVICE_ITEM", item.id)
        self.children.append(version_of(item, resource, [], [], "service_item.update", Label("谁", "who")))
        return item

    def affair(self, key: int, name: str) -> Values:
        world, chance = self.world, self.chance
        for position in range(chance.randrange(1, 3)):
            self.lines.append(
                RequirementLine(
                    id=new_id(), position=position, kind="SERVICE", category=chance.choice(CATEGORIES),
                    quantity=chance.choice((None, 2.0)), unit="PERSON", note=f"备注{key}", **{f"{name}_id": key},
                )
            )  # fmt: skip
        return self.item(key, name) | {
            "urgency": "NORMAL", "estimated_cost_fen": 123_400, "estimated_effort_hours": 2.5, "consent": "ORAL",
            "concerns_id": chance.choice(world.organisations).id, "on_behalf_by_id": chance.choice(world.people).id,
            "assigned_person_id": self.perhaps(world.people), "status_reason": "原因", "review_on": NOW.date(),
            "assigned_organisation_id": self.perhaps(world.organisations),
        }  # fmt: skip

    def item(self, key: int, name: str) -> Values:
        world, chance = self.world, self.chance
        place = chance.choice(world.buildings)
        if chance.random() < 0.3:
            place = self.above(place)
        owner = chance.choice(("person", "household", "organisation"))
        owners: dict[str, list[Any]] = {
            "person": world.people, "household": world.households, "organisation": world.organisations
        }  # fmt: skip
        shown = place if owner == "organisation" else self.estate(place)
        longitude, latitude = shown.longitude, shown.latitude
        if owner == "organisation" and chance.random() < 0.7:
            longitude, latitude = 116.3 + chance.random() * 0.03, 40.0 + chance.random() * 0.03
        self.windows(key, name)
        self.history(name.upper(), key)
        number = ExternalId(id=new_id(), item_kind=name.upper(), item_id=key, system="12345", value=f"{key}")
        self.children.append(number)
        return {
            "title_zh": f"事{name}{key}", "title_en": chance.choice((None, f"{name} {key}")), "text_zh": f"文{key}",
            "category": chance.choice(CATEGORIES), "target_groups": chance.sample(GROUPS, chance.randrange(3)),
            "longitude": longitude, "latitude": latitude, "visibility": chance.choice(list(Visibility)),
            "family": chance.choice(FAMILIES), "source": "RESIDENT", "published_at": NOW,
            f"owner_{owner}_id": chance.choice(owners[owner]).id, **located(place, shown), **world.changed(),
        }  # fmt: skip

    def estate(self, place: Place) -> Place:
        return place if place.kind == "ESTATE" else self.above(place)

    def above(self, place: Place) -> Place:
        return self.world.place_of(place.path.rstrip("/").rpartition("/")[0])

    def windows(self, key: int, name: str) -> None:
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            start = NOW + timedelta(days=self.chance.randrange(-40, 20), hours=self.chance.randrange(24))
            end = start + timedelta(hours=self.chance.randrange(1, 30))
            rule = self.chance.choice((None, *RULES))
            owner: Values = {f"{name}_id": key}
            self.children.append(TimeWindow(id=new_id(), starts_at=start, ends_at=end, rrule=rule, **owner))

    def history(self, kind: str, key: int) -> None:
        for version in (1, 2):
            self.children.append(
                HistoryEntry(
                    id=new_id(), item_kind=kind, item_id=key, version=version, at=NOW, actor="person:1",
                    action="item.change", changes={"title": [f"旧{key}", f"新{key}"]},
                )
            )  # fmt: skip

    def perhaps(self, rows: list[Any]) -> int | None:
        return self.chance.choice(rows).id if self.chance.random() < 0.3 else None


def located(place: Place, shown: Place) -> Values:
    """Return where an item lies, and where the public learns that it lies."""
    return {
        "place_id": place.id, "path": place.path, "public_place_id": shown.id, "public_path": shown.path,
        "community_id": place.community_id,
    }  # fmt: skip
