"""Resources, service items, needs, projects and lists of the story, through the real commands.

Each is entered at noon of its own day, so that the story's past lies in the past; what one day brought is one batch.
"""

from typing import Any

from api.commands.item_list import publish_list
from api.commands.need import move_need, submit_needs
from api.commands.project import move_project, propose_projects
from api.commands.resource import move_resource, offer_resources
from api.commands.service_item import create_service_items
from api.models.choices import Consent, LineKind, ListKind, PriceClass, Source, Urgency, Visibility
from api.plan.viewer import Viewer
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from api.state_machines.resource import ResourceStatus
from seeds.collecting import publish_answer
from seeds.days import by_day, on, on_their_days
from seeds.files import Entry, day, instant, two
from seeds.register import Keys
from seeds.story import told

# The way each state is reached; the commands check every step.
N, P = NeedStatus, ProjectStatus
NEED_WAYS: dict[str, tuple[NeedStatus, ...]] = {
    "REQUESTED": (),
    "DELIBERATING": (N.DELIBERATING,),
    "DISPATCHED": (N.DISPATCHED,),
    "IN_PROGRESS": (N.DISPATCHED, N.IN_PROGRESS),
    "CLEARED": (N.DISPATCHED, N.IN_PROGRESS, N.CLEARED),
    "EVALUATED": (N.DISPATCHED, N.IN_PROGRESS, N.CLEARED, N.EVALUATED),
    "WITHDRAWN": (N.WITHDRAWN,),
    "MERGED": (N.MERGED,),
    "DEFERRED": (N.DEFERRED,),
}
PROJECT_WAYS: dict[str, tuple[ProjectStatus, ...]] = {
    "PROPOSED": (),
    "PLANNED": (P.PLANNED,),
    "IN_PROGRESS": (P.IN_PROGRESS,),
    "COMPLETED": (P.IN_PROGRESS, P.COMPLETED),
    "SUSPENDED": (P.PLANNED, P.SUSPENDED),
    "CANCELLED": (P.CANCELLED,),
}


async def load_items(viewer: Viewer, keys: Keys) -> None:
    """Enter all items, the oldest first."""
    kinds = {"resources": _resources, "service_items": _service_items, "needs": _needs, "projects": _projects}
    everything = [entry | {"table": name} for name in kinds for entry in told(name)]
    for day_, entered in by_day(everything, "publishedOn"):
        async with on(viewer, day_):
            for name, enter in kinds.items():
                found = [entry for entry in entered if entry["table"] == name]
                made = await enter(viewer, keys, found) if found else []
                keys.items |= {entry["key"]: key for entry, key in zip(found, made, strict=True)}


async def load_lists(viewer: Viewer, keys: Keys) -> None:
    """Publish the lists; one without a number gets its own from the command."""

    async def publish(entry: Entry) -> None:
        values = {
            "title": entry["title"]["zh"],
            "title_en": entry["title"]["en"],
            "number": entry["number"],
            "place": keys.places[entry["place"]],
            "owner": keys.owner(entry["owner"]),
            "period_from": day(entry["periodFrom"]),
            "period_to": day(entry["periodTo"]),
            "visibility": Visibility(entry["visibility"]),
            "items": [keys.items[item] for item in entry["items"]],
        }
        if not await publish_answer(viewer, keys, entry, values):
            await publish_list(viewer, ListKind(entry["kind"]), values=values)

    await on_their_days(viewer, told("lists"), "publishedOn", publish)


def windows(found: list[Entry]) -> list[Entry]:
    """Return time windows as the commands take them."""
    return [
        {"starts_at": instant(window["start"]), "ends_at": instant(window["end"]), "rrule": window["rrule"]}
        for window in found
    ]


def _common(keys: Keys, entry: Entry) -> dict[str, Any]:
    values = {
        **two(entry["title"], "title"),
        **two(entry["text"], "text"),
        "category": entry["category"],
        "place": keys.places[entry["place"]],
        "point": entry["point"],
        "target_groups": entry["targetGroups"],
        "visibility": Visibility(entry["visibility"]),
        "windows": windows(entry["windows"]),
        "external_ids": [{"system": "wujia-demo", "value": entry["key"]}],
    }
    for name, key in (("valid_from", "validFrom"), ("valid_to", "validTo")):
        if entry.get(key):
            values[name] = day(entry[key])
    return values


def _offer(keys: Keys, entry: Entry) -> dict[str, Any]:
    return _common(keys, entry) | {
        "quantity": entry["quantity"],
        "unit": entry["unit"],
        "service_area": [keys.places[place] for place in entry["serviceArea"]],
        "price_class": PriceClass(entry["priceClass"]) if entry["priceClass"] else None,
        "price": entry["price"],
        "price_unit": entry["priceUnit"],
        "response_minutes": entry["responseMinutes"],
        "at_home": entry["atHome"],
    }


def _affair(keys: Keys, entry: Entry) -> dict[str, Any]:
    lines = [line | {"kind": LineKind(line["kind"]) if line["kind"] else None} for line in entry["lines"]]
    return _common(keys, entry) | {
        "owner": keys.owner(entry["owner"]),
        "urgency": Urgency(entry["urgency"]),
        "estimated_cost": entry["estimatedCost"],
        "estimated_effort": entry["estimatedEffort"],
        "concerns": keys.organisations[entry["concerns"]] if entry["concerns"] else None,
        "source": Source(entry["source"]),
        "lines": lines,
    }


async def _resources(viewer: Viewer, keys: Keys, found: list[Entry]) -> list[int]:
    entered = await offer_resources(
        viewer, [_offer(keys, entry) | {"owner": keys.owner(entry["owner"])} for entry in found]
    )
    for entry, key in zip(found, entered, strict=True):
        if entry["status"] != "OFFERED":
            reason = "演示:已收回" if entry["status"] == "WITHDRAWN" else None
            await move_resource(viewer, key, ResourceStatus(entry["status"]), 1, reason=reason)
    return entered


async def _service_items(viewer: Viewer, keys: Keys, found: list[Entry]) -> list[int]:
    many = []
    for entry in found:
        standard = entry["standard"] or {"zh": None, "source": None}
        values = _offer(keys, entry) | keys.owner(entry["owner"]) | {"standard": standard["zh"]}
        values["standard_source"] = standard["source"]
        values.pop("external_ids")
        many.append(values)
    return await create_service_items(viewer, many)


def _behalf(entry: Entry) -> Entry:
    behalf = entry["onBehalf"]
    if not behalf:
        return {}
    sheet = "社区服务窗口,代填单文件夹" if behalf["consent"] == Consent.PAPER else None
    return {"on_behalf_of": {"consent": Consent(behalf["consent"]), "sheet_at": behalf.get("sheetAt", sheet)}}


async def _needs(viewer: Viewer, keys: Keys, found: list[Entry]) -> list[int]:
    entered = await submit_needs(viewer, [_affair(keys, entry) | _behalf(entry) for entry in found])
    for entry, key in zip(found, entered, strict=True):
        for version, step in enumerate(NEED_WAYS[entry["status"]], 1):
            last = step == entry["status"]
            assigned = entry.get("assignee") if step is N.DISPATCHED else None
            await move_need(
                viewer,
                key,
                step,
                version,
                reason=entry["statusReason"] if last else None,
                assignee=keys.owner(assigned) if assigned else None,
                review_on=day(entry.get("reviewOn")) if last else None,
            )
    return entered


async def _projects(viewer: Viewer, keys: Keys, found: list[Entry]) -> list[int]:
    entered = await propose_projects(viewer, [_affair(keys, entry) for entry in found])
    for entry, key in zip(found, entered, strict=True):
        for version, step in enumerate(PROJECT_WAYS[entry["status"]], 1):
            await move_project(viewer, key, step, version, reason=entry["statusReason"])
    return entered
