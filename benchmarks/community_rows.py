"""Write a community's facts into the open database, so that matching must find the same facts again."""

from collections.abc import Iterable
from typing import Any

from api import clock
from api.models import (
    Need,
    Organisation,
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
from benchmarks.community import ORGANISATIONS, PARTY_KINDS, Community
from benchmarks.rule_documents import Json
from benchmarks.taxonomy_rows import CITY, store_place, store_reference
from rules.facts import Demand, PlaceFacts
from rules.facts import Resource as ResourceFact
from rules.language import content_hash, parse

Values = dict[str, Any]


async def store_community(made: Community) -> dict[str, Place]:
    """Store everything; return the places by path."""
    kinds = await store_reference()
    places = await _store_places(made)
    await Person.bulk_create([Person(id=1, place=places["T/"], path="T/")])
    await Organisation.bulk_create(
        Organisation(
            id=100 + each, name_zh=f"单位{each}", kind_id=kinds[PARTY_KINDS[each % len(PARTY_KINDS)]],
            family="UNITS", place=places["T/D/S/"], path="T/D/S/",
        )
        for each in range(ORGANISATIONS)
    )  # fmt: skip
    await Resource.bulk_create(_resource(each, places) for each in made.batch.resources)
    await _store_demands(made, places)
    await ServiceArea.bulk_create(
        ServiceArea(resource_id=int(each.id), place=places[path], path=path)
        for each in made.batch.resources
        for path in each.service_area
    )
    return places


async def publish(document: Json, place: Place) -> RuleVersion:
    """Put a document in force at a place, without the command and its matching."""
    rule_set = await RuleSet.create(key=document["id"], place=place, path=place.path, title_zh="测量用规则")
    return await RuleVersion.create(
        rule_set=rule_set, path=place.path, number=1, document=document, document_hash=content_hash(parse(document)),
        status=RuleVersionStatus.PUBLISHED, published_at=clock.now(),
    )  # fmt: skip


async def _store_places(made: Community) -> dict[str, Place]:
    places: dict[str, Place] = {}
    above: Place | None = None
    for code, kind in CITY:
        above = await store_place(code, kind, above)
        places[above.path] = above
    for facts in made.places:
        for path, kind in zip(_paths(facts), ("COMMUNITY", "ESTATE", "BUILDING"), strict=True):
            if path not in places:
                code, parent = path.split("/")[-2], places[path[: path[:-1].rindex("/") + 1]]
                places[path] = await store_place(code, kind, parent, **(_profile(facts) if kind == "ESTATE" else {}))
    links = {(facts.community, *facts.adjacent) for facts in made.places[:1]}
    for one, other in links:
        await PlaceLink.create(place=places[f"T/D/S/{one}/"], other=places[f"T/D/S/{other}/"], kind="ADJACENT")
    return places


def _paths(facts: PlaceFacts) -> Iterable[str]:
    codes = facts.path.split("/")
    return ("/".join(codes[:depth]) + "/" for depth in (4, 5, 6))


def _profile(facts: PlaceFacts) -> Values:
    return {
        "estate_kind": facts.estate_kind,
        "share_over_60": facts.share_over_60,
        "has_property_firm": facts.has_property_firm,
    }


async def _store_demands(made: Community, places: dict[str, Place]) -> None:
    lines: dict[str, list[Demand]] = {}
    for fact in made.batch.demands:
        lines.setdefault(fact.item_id, []).append(fact)
    affairs = [_affair(facts[0], places) for facts in lines.values()]
    await Need.bulk_create(affair for affair in affairs if isinstance(affair, Need))
    await Project.bulk_create(affair for affair in affairs if isinstance(affair, Project))
    await RequirementLine.bulk_create(
        RequirementLine(
            id=int(fact.id), position=position, kind=fact.line_kind, category=fact.category,
            quantity=fact.quantity, unit=fact.unit, **{f"{fact.kind.lower()}_id": int(fact.item_id)},
        )
        for facts in lines.values()
        for position, fact in enumerate(facts)
    )  # fmt: skip
    owners = {key: facts[0].kind.lower() for key, facts in lines.items()}
    await TimeWindow.bulk_create(
        TimeWindow(
            starts_at=span.begins, ends_at=span.ends, rrule="FREQ=WEEKLY" if span.weekly else None,
            **{f"{owners.get(key, 'resource')}_id": int(key)},
        )
        for key, span in made.spans.items()
    )  # fmt: skip


def _affair(fact: Demand, places: dict[str, Place]) -> Need | Project:
    values: Values = {
        "id": int(fact.item_id), "urgency": fact.urgency, "estimated_effort_hours": fact.estimated_effort,
        "estimated_cost_fen": None if fact.estimated_cost is None else round(fact.estimated_cost * 100),
        "concerns_id": None if fact.concerns is None else int(fact.concerns),
        **_item(fact, f"第{fact.item_id}件事", fact.family, fact.source, places),
    }  # fmt: skip
    if fact.kind == "NEED":
        return Need(number=fact.item_id, status="REQUESTED", owner_person_id=1, **values)
    return Project(status="PROPOSED", owner_organisation_id=100, **values)


def _resource(fact: ResourceFact, places: dict[str, Place]) -> Resource:
    owner = "owner_person_id" if fact.provider_type == "PERSON" else "owner_organisation_id"
    return Resource(
        id=int(fact.id), kind=fact.kind, status="OFFERED", quantity=fact.quantity, unit=fact.unit,
        price_class=fact.price_class, price_fen=None if fact.price is None else round(fact.price * 100),
        response_minutes=fact.response_minutes and int(fact.response_minutes), at_home=fact.at_home,
        **_item(fact, f"第{fact.id}项资源", fact.provider_family, "ORGANISATION", places),
        **{owner: int(fact.provider_id)},
    )  # fmt: skip


def _item(fact: Demand | ResourceFact, title: str, family: str | None, source: str, places: dict[str, Place]) -> Values:
    place = places[fact.place.path]
    point = fact.point or (None, None)
    return {
        "title_zh": title, "category": fact.category, "place": place, "path": place.path,
        "public_place_id": place.parent_id, "public_path": place.path[: place.path[:-1].rindex("/") + 1],
        "community_id": place.community_id, "longitude": point[0], "latitude": point[1],
        "target_groups": sorted(fact.target_groups), "visibility": "PUBLIC", "family": family, "source": source,
        "published_at": clock.now(),
    }  # fmt: skip
