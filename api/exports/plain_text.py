"""The plain-text edition: what somebody pastes into a chat group. Short numbered lines, parts that fit."""

from typing import Any, Final

from api.exports.edition import Edition, EditionItem, editions, written
from api.exports.labels import label
from api.models.choices import ListKind
from api.plan.loaders import loader
from api.plan.selection import Selected
from api.plan.viewer import Viewer
from api.state_machines.item_list import ListStatus

LONGEST: Final = 2_000
"""Characters of one part; chat groups cut or fold what is much longer."""
MOST_COUNTERPARTS: Final = 3
NAMES: Final = {
    ListKind.NEED: {"zh": "需求清单", "en": "Needs"},
    ListKind.RESOURCE: {"zh": "资源清单", "en": "Resources"},
    ListKind.PROJECT: {"zh": "项目清单", "en": "Projects"},
}
# 对照 from both sides: who could help here, whom it could help.
COULD: Final = {
    ListKind.NEED: {"zh": "可对接", "en": "could be served by"},
    ListKind.PROJECT: {"zh": "可对接", "en": "could be served by"},
    ListKind.RESOURCE: {"zh": "可用于", "en": "could serve"},
}


def plain_text(edition: Edition) -> list[str]:
    """Return the edition in parts of at most 2,000 characters, each numbered when there are several."""
    heading = "\n".join(_heading(edition))
    blocks = [_item(edition, number, item) for number, item in enumerate(edition.items, 1)]
    # Room for "(12/34)" and a line's end.
    parts, room = [heading], LONGEST - 12
    for block in blocks:
        if len(parts[-1]) + len(block) + 1 > room:
            parts.append(block)
        else:
            parts[-1] = f"{parts[-1]}\n{block}"
    if len(parts) == 1:
        return parts
    return [f"({number}/{len(parts)})\n{part}" for number, part in enumerate(parts, 1)]


def _heading(edition: Edition) -> list[str]:
    zh, name = edition.language == "zh", NAMES[edition.kind][edition.language]
    state = "" if edition.status == ListStatus.PUBLISHED else label("list_status", edition.status, edition.language)
    day = "" if edition.published_on is None else written(edition.published_on, edition.language)
    amount = f"共{len(edition.items)}条" if zh else f"{len(edition.items)} items"
    published = f"{day}发布" if zh else f"published {day}"
    lines = [f"【{name}】{edition.title}" if zh else f"[{name}] {edition.title}"]
    if state:
        lines.append(f"注意:{state}" if zh else f"Note: {state}")
    lines.append(" ".join(filter(None, (edition.place, edition.owner))))
    lines.append(" ".join((f"编号{edition.number}" if zh else f"No. {edition.number}", published, amount)))
    return [line for line in lines if line]


def _item(edition: Edition, number: int, item: EditionItem) -> str:
    comma = "、" if edition.language == "zh" else ", "
    told = comma.join(filter(None, (*item.wants, item.status)))
    first = f"{number}. {item.title}" + (f"({told})" if told else "")
    if not item.counterparts:
        return first
    some = item.counterparts[:MOST_COUNTERPARTS]
    colon = ":" if edition.language == "zh" else ": "
    return f"{first}\n  → {COULD[edition.kind][edition.language]}{colon}{comma.join(some)}"


async def _loaded(viewer: Viewer, keys: list[int], kind: ListKind) -> dict[int, Any]:
    found = await editions(viewer, kind, keys)
    return {key: plain_text(found[key]) if key in found else [] for key in keys}


@loader("need-list-plain-text")
async def _of_needs(viewer: Viewer, keys: list[int], _: Selected) -> dict[int, Any]:
    return await _loaded(viewer, keys, ListKind.NEED)


@loader("resource-list-plain-text")
async def _of_resources(viewer: Viewer, keys: list[int], _: Selected) -> dict[int, Any]:
    return await _loaded(viewer, keys, ListKind.RESOURCE)


@loader("project-list-plain-text")
async def _of_projects(viewer: Viewer, keys: list[int], _: Selected) -> dict[int, Any]:
    return await _loaded(viewer, keys, ListKind.PROJECT)
