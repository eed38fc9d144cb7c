"""The taxonomy: categories with synonyms and kin, units of measure, target groups; all by upsert."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.permission import require
from api.commands.unit_of_work import unit_of_work
from api.commands.upsert import record, upsert
from api.errors import Duplicate, InvalidInput
from api.identifiers import new_id
from api.models import Category, CategoryKin, CategorySynonym, TargetGroup, UnitOfMeasure
from api.plan.viewer import Viewer
from auth.permissions import Action, Object
from auth.relations import RowScope

Given = Sequence[Mapping[str, Any]]
Columns = dict[str, Any]
LANGUAGES = ("zh", "en")
CODE = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", re.ASCII)
EVERYWHERE = RowScope()


async def upsert_categories(viewer: Viewer, given: Given) -> int:
    """Bring categories to what is given; return how many were added or changed.

    Values: code (a dotted path, whose parent must be known), label_zh, label_en, and optionally
    synonyms ({"zh": [...], "en": [...]}, all anew) and kin (codes; kinship holds both ways, and ends
    when both are given and neither names the other).

    Raises:
        InvalidInput, Duplicate: with index and field of the fault.
        Forbidden: the viewer does not keep the reference data.
    """
    async with unit_of_work(viewer) as work:
        rule = require(viewer, Object.CATEGORY, Action.UPDATE, EVERYWHERE, visible=True)
        stored = await Category.all()
        rows = [labelled(each, index, 100, (60, 120)) for index, each in enumerate(given)]
        known = {category.code for category in stored} | {row["code"] for row in rows}
        for index, row in enumerate(rows):
            parent = row["code"].rpartition(".")[0] or None
            if parent is not None and parent not in known:
                raise InvalidInput(f"没有上级类别:{parent}", f"Unknown parent: {parent}", (str(index), "code"))
            row["parent_code"] = parent
        done = await upsert(Category, ("code",), stored, rows)
        record(work, "Category", done, rule)
        ids = {category.code: category.id for category in await Category.all()}
        await _synonyms(given, ids)
        await _kin(given, known)
    return len(done)


async def upsert_units(viewer: Viewer, given: Given) -> int:
    """Bring units of measure (code, label_zh, label_en) to what is given; as `upsert_categories`."""
    return await _plain(viewer, UnitOfMeasure, given, 20, (20, 40))


async def upsert_target_groups(viewer: Viewer, given: Given) -> int:
    """Bring target groups (code, label_zh, label_en) to what is given; as `upsert_categories`."""
    return await _plain(viewer, TargetGroup, given, 40, (40, 80))


async def _plain(viewer: Viewer, model: type[Any], given: Given, longest: int, labels: tuple[int, int]) -> int:
    async with unit_of_work(viewer) as work:
        rule = require(viewer, Object.CATEGORY, Action.UPDATE, EVERYWHERE, visible=True)
        rows = [labelled(each, index, longest, labels) for index, each in enumerate(given)]
        done = await upsert(model, ("code",), await model.all(), rows)
        record(work, model.__name__, done, rule)
    return len(done)


def labelled(values: Mapping[str, Any], index: int, longest: int, labels: tuple[int, int]) -> Columns:
    """Return checked code and labels of one row of reference data."""
    path = (str(index),)
    code = inputs.line(values.get("code"), (*path, "code"), longest)
    if not CODE.fullmatch(code):
        raise InvalidInput("编码有误", "Not a code", (*path, "code"))
    return {
        "code": code,
        "label_zh": inputs.line(values.get("label_zh"), (*path, "labelZh"), labels[0]),
        "label_en": inputs.line(values.get("label_en"), (*path, "labelEn"), labels[1]),
    }


async def _synonyms(given: Given, ids: Mapping[str, int]) -> None:
    stored = {(row.language, row.text): row for row in await CategorySynonym.all()}
    wanted: dict[tuple[str, str], int] = {}
    replaced: set[int] = set()
    for index, values in enumerate(given):
        if values.get("synonyms") is None:
            continue
        owner = ids[values["code"].strip()]
        replaced.add(owner)
        for language in LANGUAGES:
            for number, text in enumerate(values["synonyms"].get(language) or []):
                path = (str(index), "synonyms", language, str(number))
                key = (language, inputs.line(text, path, 100))
                if wanted.setdefault(key, owner) != owner:
                    raise Duplicate("这个词已属于另一类别", "The word has a category already", path)
    gone = []
    for key, row in stored.items():
        owner_id: int = row.category_id
        if wanted.get(key) == owner_id:
            del wanted[key]
        elif owner_id in replaced:
            gone.append(row.id)
        elif key in wanted:
            word = ("synonyms", *key)
            raise Duplicate("这个词已属于另一类别", "The word has a category already", word)
    await CategorySynonym.filter(id__in=gone).delete()
    await CategorySynonym.bulk_create(
        [
            CategorySynonym(id=new_id(), category_id=owner, language=language, text=text)
            for (language, text), owner in wanted.items()
        ]
    )


async def _kin(given: Given, known: set[str]) -> None:
    wanted: set[tuple[str, str]] = set()
    named: set[str] = set()
    for index, values in enumerate(given):
        if values.get("kin") is None:
            continue
        code = values["code"].strip()
        named.add(code)
        others = inputs.codes(values["kin"], known, (str(index), "kin"), "类别", "category")
        wanted |= {(min(code, other), max(code, other)) for other in others if other != code}
    stored = {(row.code, row.kin_code): row.id for row in await CategoryKin.all()}
    gone = [key for pair, key in stored.items() if pair not in wanted and named.issuperset(pair)]
    await CategoryKin.filter(id__in=gone).delete()
    await CategoryKin.bulk_create(
        [CategoryKin(id=new_id(), code=one, kin_code=two) for one, two in sorted(wanted - set(stored))]
    )
