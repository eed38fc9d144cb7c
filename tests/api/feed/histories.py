"""Random histories of the made-up city: what commands do to rows, without the rest of the commands."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

from api import db
from api.feed.telling import Happened, tell
from api.identifiers import new_id
from api.matching.locking import lock_rule_sets
from api.models import (
    Agreement,
    Claim,
    Event,
    ItemList,
    Match,
    Need,
    Organisation,
    Pairing,
    Place,
    Project,
    Registration,
    Resource,
    RuleVersion,
    ServiceItem,
    ServicePoint,
    Team,
)
from auth.relations import Visibility
from tests.api.conftest import City
from tests.api.world import World
from tests.api.world_agreements import Agreements
from tests.api.world_claims import Claims
from tests.api.world_documents import Documents
from tests.api.world_items import Items
from tests.api.world_register import RegisterRows
from tests.api.world_standing import Standing

ITEMS: tuple[type[Any], ...] = (Need, Resource, Project)
REGISTER: tuple[type[Any], ...] = (Team, Registration, Pairing, ServicePoint)
ONE_LOCK = 7
"""What serialises whoever writes matches, as locks of rule sets do in matching."""


async def small_city(seed: str) -> City:
    """Write a city of some hundred rows, and an event for each of them."""
    world = World(seed)
    await world.register()
    items = await Items(world).build(needs=14, resources=10, projects=6)
    documents = await Documents(world, items).build(matches=20, lists=4, records=1)
    claims = await Claims(world, items).build(claims=12)
    agreements = await Agreements(world).build()
    register = await RegisterRows(world).build(each=6)
    models: tuple[type[Any], ...] = (
        Place,
        Organisation,
        *ITEMS,
        ServiceItem,
        RuleVersion,
        Match,
        ItemList,
        Claim,
        Agreement,
        *REGISTER,
    )
    async with db.transaction():
        await db.reading().execute_query("UPDATE event SET number = number WHERE 1 = 0")
        await tell([happened("create", row) for model in models for row in await model.all()])
    assert await Event.exists()
    return City(world, items, documents, claims, agreements, register, Standing(world, items))


def happened(verb: str, row: Any) -> Happened:
    name = f"{row.kind.capitalize()}List" if isinstance(row, ItemList) else type(row).__name__
    return Happened(f"{name.lower()}.{verb}", name, row.id, row.path)


class History:
    """Changes rows at random; `busy` are rows that another open transaction holds."""

    def __init__(self, city: City, chance: random.Random) -> None:
        self.world, self.chance = city.world, chance
        self.busy: set[int] = set()

    def step(self) -> Callable[[], Awaitable[None]]:
        """Return one of the things that happen."""
        return self.chance.choice(
            (self.move_item, self.move_item, self.move_item, self.edit_item, self.move_list, self.move_service_item,
             self.move_organisation, self.move_registered, self.move_registered, self.drop_match,
             self.drop_match, self.add_match)
        )  # fmt: skip

    async def move_item(self) -> None:
        """Change what permissions look at: place, visibility, owner, who was asked to act."""
        row = await self.any_of(self.chance.choice(ITEMS))
        columns: dict[str, Any] = {"visibility": self.chance.choice(list(Visibility))}
        if self.chance.random() < 0.4:
            place = self.chance.choice(self.world.buildings)
            columns |= {"path": place.path, "place_id": place.id}
        if self.chance.random() < 0.4:
            owner = self.chance.choice(self.world.organisations).id
            columns |= {"owner_organisation_id": owner, "owner_person_id": None, "owner_household_id": None}
        if hasattr(row, "assigned_person_id") and self.chance.random() < 0.5:
            columns["assigned_organisation_id"] = self.chance.choice((None, *self.world.organisations[:2]))
            given = columns["assigned_organisation_id"]
            columns["assigned_organisation_id"] = given and given.id
        await self.change(row, columns, matching=True)

    async def edit_item(self) -> None:
        row = await self.any_of(self.chance.choice(ITEMS))
        await self.change(row, {"version": row.version + 1}, matching=True)

    async def move_list(self) -> None:
        await self.change(await self.any_of(ItemList), {"visibility": self.chance.choice(list(Visibility))})

    async def move_service_item(self) -> None:
        await self.change(await self.any_of(ServiceItem), {"visibility": self.chance.choice(list(Visibility))})

    async def move_organisation(self) -> None:
        row = await self.any_of(Organisation)
        await self.change(row, {"path": self.chance.choice(self.world.buildings).path})

    async def move_registered(self) -> None:
        """Change who sees a row of the register: its place, whose it is, its visibility and its state."""
        row = await self.any_of(self.chance.choice(REGISTER))
        unit = self.chance.choice((None, *self.world.organisations[:3]))
        columns: dict[str, Any] = {"path": self.chance.choice(self.world.buildings).path}
        if not isinstance(row, Registration):
            columns["organisation_id"] = unit and unit.id
        if hasattr(row, "visibility"):
            columns["visibility"] = self.chance.choice(list(Visibility))
        if isinstance(row, Team):
            columns["lead_person_id"] = self.chance.choice(self.world.people).id
        if isinstance(row, Registration):
            columns["status"] = self.chance.choice(("PENDING", "ACTIVE", "ENDED"))
        await self.change(row, columns)

    async def drop_match(self) -> None:
        """Replace nothing by nothing: the match is gone for good."""
        await lock_rule_sets([ONE_LOCK])
        row = self.chance.choice(await Match.all().using_db(db.reading()) or [None])
        if row is not None:
            await Match.filter(id=row.id).using_db(db.reading()).delete()
            await tell([happened("gone", row)])

    async def add_match(self) -> None:
        await lock_rule_sets([ONE_LOCK])
        row = self.chance.choice(await Match.all().using_db(db.reading()) or [None])
        if row is not None:
            resource = await self.any_of(Resource)
            taken = Match.filter(rule_set_id=row.rule_set_id, line_id=row.line_id, resource_id=resource.id)
            if not await taken.using_db(db.reading()).exists():
                match = row.clone(pk=new_id())
                match.resource_id = resource.id
                await match.save(force_create=True, using_db=db.reading())
                await tell([happened("suggest", match)])

    async def any_of(self, model: type[Any]) -> Any:
        rows = await model.all().using_db(db.reading()).order_by("id")
        return self.chance.choice([row for row in rows if row.id not in self.busy])

    async def change(self, row: Any, columns: dict[str, Any], *, matching: bool = False) -> None:
        self.busy.add(row.id)
        await type(row).filter(id=row.id).using_db(db.reading()).update(**columns)
        if matching:
            await lock_rule_sets([ONE_LOCK])
        await tell([happened("update", row)])
