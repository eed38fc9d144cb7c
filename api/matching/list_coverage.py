"""The fields `coverage` and `usedBy` of lists, loaded for a whole level of lists at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.matching.coverage import SOURCES, Covered, coverage, used_by
from api.models.choices import ListKind
from api.plan.loaders import loader
from api.plan.reader import read_by_ids
from api.plan.selection import Selected
from api.plan.source import Row
from api.plan.viewer import Viewer

FIELDS: Final = {
    ListKind.RESOURCE: "resourceList",
    ListKind.NEED: "needList",
    ListKind.PROJECT: "projectList",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one list serves another, with the two lists as rows, as far as they were selected."""

    resource_list: Row | None
    need_list: Row | None
    project_list: Row | None
    lines: int
    covered: int
    share: float


@loader("resource-list-coverage")
async def _of_resource_lists(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    answers: dict[int, list[Coverage]] = {key: [] for key in keys}
    for kind in (ListKind.NEED, ListKind.PROJECT):
        found = await coverage(viewer, keys, kind)
        for each, shown in zip(found, await _shown(viewer, found, kind, asked), strict=True):
            answers[each.resource_list].append(shown)
    return {key: sorted(found, key=lambda each: -each.share) for key, found in answers.items()}


@loader("need-list-coverage")
async def _of_need_lists(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    return await _used_by(viewer, keys, ListKind.NEED, asked)


@loader("project-list-coverage")
async def _of_project_lists(viewer: Viewer, keys: list[int], asked: Selected) -> dict[int, Any]:
    return await _used_by(viewer, keys, ListKind.PROJECT, asked)


async def _used_by(viewer: Viewer, keys: list[int], kind: ListKind, asked: Selected) -> dict[int, list[Coverage]]:
    answers: dict[int, list[Coverage]] = {key: [] for key in keys}
    found = await used_by(viewer, keys, kind)
    for each, shown in zip(found, await _shown(viewer, found, kind, asked), strict=True):
        answers[each.item_list].append(shown)
    return answers


async def _shown(viewer: Viewer, found: Sequence[Covered], kind: ListKind, asked: Selected) -> list[Coverage]:
    offered = await _rows(viewer, ListKind.RESOURCE, [each.resource_list for each in found], asked)
    wanted = await _rows(viewer, kind, [each.item_list for each in found], asked)
    return [
        Coverage(
            offered.get(each.resource_list),
            wanted.get(each.item_list) if kind is ListKind.NEED else None,
            wanted.get(each.item_list) if kind is ListKind.PROJECT else None,
            each.lines,
            each.covered,
            each.share,
        )
        for each in found
    ]


async def _rows(viewer: Viewer, kind: ListKind, keys: list[int], asked: Selected) -> dict[int, Row]:
    selection = asked.child(FIELDS[kind])
    if selection is None:
        return {}
    return await read_by_ids(viewer, SOURCES[kind], sorted(set(keys)), selection)
