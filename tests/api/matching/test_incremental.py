"""Whatever the history, matching item by item ends where matching everything anew ends."""

import random
from typing import Any

import pytest

from api import db
from api.matching.facts import load_demands, load_resources
from api.matching.item import rematch_item
from api.matching.place import rematch_place, rematch_version
from api.matching.scope import DemandScope, ResourceScope
from api.matching.taxonomy import load_known
from api.matching.versions import versions_around, versions_of
from api.models import Match, Need, Project, RequirementLine, Resource
from api.models.choices import ItemKind
from rules.evaluator import decide_all
from rules.facts import Batch
from rules.facts import Resource as ResourceFact
from rules.workers import WorkerPool
from tests.api.matching.town import CATEGORIES, Town, rule

STEPS = 30
SPOTS = ("T", "D", "S", "A", "A1", "A1b", "A2", "B", "B1", "FS", "FV")
RULES: tuple[dict[str, Any], ...] = (
    rule("near", caps={"perResource": 2, "perDemand": 2, "perProvider": 4}),
    rule("served", points=3, require={"field": "pair.served", "op": "=", "value": True}),
    rule(
        "street", points=7, require={"field": "pair.sameSubdistrict", "op": "=", "value": True}, caps={"perDemand": 1}
    ),
    rule("next", points=5, demand="need", require={"field": "pair.adjacent", "op": "=", "value": True}),
    rule(
        "kin",
        points=1,
        require={"field": "pair.categoryDistance", "op": "<=", "value": 1},
        prefer=[
            {
                "when": {"field": "demand.urgency", "op": "=", "value": "HIGH"},
                "points": 2,
                "because": {"zh": "急", "en": "urgent"},
            }
        ],
    ),
)
COLUMNS = (
    "rule_set_id",
    "rule_version_id",
    "line_id",
    "resource_id",
    "community_id",
    "path",
    "score",
    "status",
    "conditions",
)


class History:
    """Random changes of a town, each followed by what the command would match."""

    def __init__(self, town: Town, pool: WorkerPool, chance: random.Random) -> None:
        self.town, self.pool, self.chance = town, pool, chance
        self.affairs: list[Need | Project] = []
        self.resources: list[Resource] = []

    async def step(self) -> None:
        steps = [self.add, self.add, self.add_resource, self.change, self.change_resource, self.dismiss, self.publish]
        await self.chance.choice(steps)()

    async def add(self) -> None:
        spot, category = self.chance.choice(SPOTS), self.chance.choice(CATEGORIES)
        if self.chance.random() < 0.7:
            lines = [{"category": self.chance.choice(CATEGORIES)} for _ in range(self.chance.randint(1, 3))]
            self.affairs.append(await self.town.need(spot, category, lines))
        else:
            self.affairs.append(await self.town.project(spot, category))
        await self.match(self.affairs[-1])

    async def add_resource(self) -> None:
        owner = self.chance.choice([self.town.organisation, self.town.other_organisation])
        self.resources.append(
            await self.town.resource(
                self.chance.choice(SPOTS), self.chance.choice(CATEGORIES), self.areas(), owner_organisation_id=owner
            )
        )
        await self.match(self.resources[-1])

    def areas(self) -> list[str]:
        return self.chance.sample(SPOTS, self.chance.choice([0, 0, 1, 2]))

    async def change(self) -> None:
        if not self.affairs:
            return
        affair = self.chance.choice(self.affairs)
        place = self.town.places[self.chance.choice(SPOTS)]
        changes: list[dict[str, Any]] = [
            {"urgency": self.chance.choice(["NORMAL", "HIGH"])},
            {
                "status": self.chance.choice(
                    ["WITHDRAWN", "REQUESTED"] if isinstance(affair, Need) else ["CANCELLED", "PLANNED"]
                )
            },
            {"place_id": place.id, "path": place.path, "community_id": place.community_id},
        ]
        await type(affair).filter(id=affair.id).update(**self.chance.choice(changes))
        if self.chance.random() < 0.3:
            await self.match(affair)
            owner = {"need_id" if isinstance(affair, Need) else "project_id": affair.id}
            await RequirementLine.filter(**owner).delete()
            await self.town.lines(owner, [{"category": self.chance.choice(CATEGORIES)}])
        await self.match(affair)

    async def change_resource(self) -> None:
        if not self.resources:
            return
        resource = self.chance.choice(self.resources)
        place = self.town.places[self.chance.choice(SPOTS)]
        changes: list[dict[str, Any]] = [
            {"status": self.chance.choice(["PAUSED", "OFFERED"])},
            {"category": self.chance.choice(CATEGORIES)},
            {"place_id": place.id, "path": place.path},
        ]
        await Resource.filter(id=resource.id).update(**self.chance.choice(changes))
        if self.chance.random() < 0.3:
            await self.town.areas(resource.id, self.areas())
        await self.match(resource)

    async def dismiss(self) -> None:
        rows = await Match.exclude(status="DISMISSED").order_by("id")
        if rows:
            row = self.chance.choice(rows)
            await Match.filter(id=row.id).update(status="DISMISSED", status_reason="不合适")
            # What the command does besides: somebody else may take the place of a cap.
            await self.match(await Resource.get(id=row.resource_id))

    async def publish(self) -> None:
        spot = self.chance.choice(("T", "S", "A", "B", "A1"))
        version = await self.town.publish(spot, *self.chance.sample(RULES, self.chance.randint(1, 2)))
        found = await versions_of([version.rule_set_id])
        await rematch_version(self.pool, found[version.rule_set_id])

    async def match(self, item: Need | Project | Resource) -> None:
        kind = ItemKind(type(item).__name__.upper())
        async with db.transaction():
            await rematch_item(self.pool, kind, item.id)


@pytest.mark.parametrize("seed", range(6))
async def test_item_by_item_ends_where_everything_anew_ends(town: Town, pool: WorkerPool, seed: int) -> None:
    history = History(town, pool, random.Random(seed))
    await town.publish("S", *RULES[:3])
    for _ in range(STEPS):
        await history.step()

    stepwise = await Match.all().order_by("id").values("id", *COLUMNS)
    await rematch_place(pool, town.path("T"))
    assert await Match.all().order_by("id").values("id", *COLUMNS) == stepwise, "nothing is left to do"

    held = {(row["rule_set_id"], row["line_id"], row["resource_id"], row["score"]) for row in stepwise}
    assert held == await naive(town)

    dismissed = await Match.filter(status="DISMISSED").count()
    await Match.exclude(status="DISMISSED").delete()
    await rematch_place(pool, town.path("T"))
    anew = await Match.all().values(*COLUMNS)
    assert _sorted(anew) == _sorted([{name: row[name] for name in COLUMNS} for row in stepwise])
    assert len(anew) > dismissed, "a history without a match proves nothing"


async def naive(town: Town) -> set[tuple[int, int, int, int]]:
    """Return rule set, line, resource and best score of every pair that the evaluator accepts, one by one."""
    demands = await load_demands(DemandScope(("",)))
    resources = await load_resources(ResourceScope(""))
    known = await load_known()
    best: dict[tuple[int, int, int], int] = {}
    for version in await versions_around(town.path("T")):
        asked = tuple(row.fact for row in demands if row.path.startswith(version.path))
        offered = tuple(row.fact for row in resources if touches(row.fact, version.path))
        for _, line, resource, score in decide_all(version.document, Batch(asked, offered, known.taxonomy)):
            key = (version.rule_set_id, int(line), int(resource))
            best[key] = max(score, best.get(key, score))
    return {(*key, score) for key, score in best.items()}


def touches(resource: ResourceFact, path: str) -> bool:
    areas = resource.service_area or (resource.place.path,)
    return resource.place.path.startswith(path) or any(area.startswith(path) or path.startswith(area) for area in areas)


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(row) for row in rows)
