"""Resources, service items, needs, projects and lists of the story, through the real commands.

Each is entered at noon of its own day, so that the story's past lies in the past.
"""

from typing import Any

from api import clock
from api.commands.item_list import publish_list
from api.commands.need import move_need, submit_need
from api.commands.project import move_project, propose_project
from api.commands.resource import move_resource, offer_resource
from api.commands.service_item import create_service_item
from api.models import Need, Project, Resource
from api.models.choices import Consent, LineKind, ListKind, PriceClass, Source, Urgency, Visibility
from api.plan.viewer import Viewer
from api.state_machines.need import NeedStatus
from api.state_machines.project import ProjectStatus
from api.state_machines.resource import ResourceStatus
from seeds.files import Entry, day, entries, instant, noon, two
from seeds.register import Keys

# The way each state is reached; the commands check every step.
NEED_WAYS: dict[str, tuple[NeedStatus, ...]] = {
    "REQUESTED": (),
    "DELIBERATING": (NeedStatus.DELIBERATING,),
    "DISPATCHED": (NeedStatus.DISPATCHED,),
    "CLEARED": (NeedStatus.DISPATCHED, NeedStatus.IN_PROGRESS, NeedStatus.CLEARED),
    "EVALUATED": (NeedStatus.DISPATCHED, NeedStatus.IN_PROGRESS, NeedStatus.CLEARED, NeedStatus.EVALUATED),
}
PROJECT_WAYS: dict[str, tuple[ProjectStatus, ...]] = {
    "PROPOSED": (),
    "PLANNED": (ProjectStatus.PLANNED,),
    "IN_PROGRESS": (ProjectStatus.IN_PROGRESS,),
    "COMPLETED": (ProjectStatus.IN_PROGRESS, ProjectStatus.COMPLETED),
}


async def load_items(viewer: Viewer, keys: Keys) -> None:
    """Enter all items, the oldest first."""
    kinds = {"resources": _resource, "service_items": _service_item, "needs": _need, "projects": _project}
    dated = [(entry["publishedOn"], name, entry) for name in kinds for entry in entries(name)]
    for published, name, entry in sorted(dated, key=lambda item: item[0]):
        with clock.fixed(noon(published)):
            keys.items[entry["key"]] = await kinds[name](viewer, keys, entry)


async def load_lists(viewer: Viewer, keys: Keys) -> None:
    """Publish the lists."""
    for entry in sorted(entries("lists"), key=lambda entry: str(entry["publishedOn"])):
        values = {
            "title": entry["title"]["zh"],
            "title_en": entry["title"]["en"],
            "number": entry["number"],
            "place": keys.places[entry["place"]],
            "owner": keys.owner(entry),
            "period_from": day(entry["periodFrom"]),
            "period_to": day(entry["periodTo"]),
            "visibility": Visibility(entry["visibility"]),
            "items": [keys.items[item] for item in entry["items"]],
        }
        with clock.fixed(noon(entry["publishedOn"])):
            keys.lists[entry["key"]] = await publish_list(viewer, ListKind(entry["kind"]), values=values)


def _common(keys: Keys, entry: Entry) -> dict[str, Any]:
    values = {
        **two(entry["title"], "title"),
        **two(entry["text"], "text"),
        "category": entry["category"],
        "place": keys.places[entry["place"]],
        "point": entry["point"],
        "target_groups": entry["targetGroups"],
        "visibility": Visibility(entry["visibility"]),
        "windows": [
            {"starts_at": instant(window["start"]), "ends_at": instant(window["end"]), "rrule": window["rrule"]}
            for window in entry["windows"]
        ],
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
        "owner": keys.owner(entry),
        "urgency": Urgency(entry["urgency"]),
        "estimated_cost": entry["estimatedCost"],
        "estimated_effort": entry["estimatedEffort"],
        "concerns": keys.organisations[entry["concerns"]] if entry["concerns"] else None,
        "source": Source(entry["source"]),
        "lines": lines,
    }


async def _resource(viewer: Viewer, keys: Keys, entry: Entry) -> int:
    key = await offer_resource(viewer, _offer(keys, entry) | {"owner": keys.owner(entry)})
    if entry["status"] != "OFFERED":
        row = await Resource.get(id=key)
        reason = "演示:已收回" if entry["status"] == "WITHDRAWN" else None
        await move_resource(viewer, key, ResourceStatus(entry["status"]), row.version, reason=reason)
    return key


async def _service_item(viewer: Viewer, keys: Keys, entry: Entry) -> int:
    owner = keys.owner(entry)["organisation"]
    standard = entry["standard"] or {"zh": None, "source": None}
    values = _offer(keys, entry) | {"organisation": owner, "standard": standard["zh"]}
    values["standard_source"] = standard["source"]
    values.pop("external_ids")
    return await create_service_item(viewer, values)


async def _need(viewer: Viewer, keys: Keys, entry: Entry) -> int:
    values = _affair(keys, entry)
    if entry["onBehalf"]:
        behalf = entry["onBehalf"]
        sheet = "社区服务窗口,代填单文件夹" if behalf["consent"] == Consent.PAPER else None
        values["on_behalf_of"] = {"consent": Consent(behalf["consent"]), "sheet_at": behalf.get("sheetAt", sheet)}
    key = await submit_need(viewer, values)
    for step in NEED_WAYS[entry["status"]]:
        row = await Need.get(id=key)
        await move_need(viewer, key, step, row.version)
    return key


async def _project(viewer: Viewer, keys: Keys, entry: Entry) -> int:
    key = await propose_project(viewer, _affair(keys, entry))
    for step in PROJECT_WAYS[entry["status"]]:
        row = await Project.get(id=key)
        await move_project(viewer, key, step, row.version)
    return key
