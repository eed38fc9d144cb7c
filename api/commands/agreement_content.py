"""What an agreement consists of: its columns, its promises, and the digest that both sides sign."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from api.commands import inputs
from api.commands.field_names import camel, plain
from api.commands.item import Columns, place_columns
from api.commands.rows import Rows
from api.errors import InvalidInput
from api.identifiers import new_id
from api.models import Agreement, AgreementPromise, Category, Organisation, UnitOfMeasure
from api.models.choices import Family, OrganisationStatus, Visibility
from api.plan.viewer import Viewer

MOST_PROMISES = 50
PROMISE = ("category", "text_zh", "quantity", "unit", "hours", "due_on")
SIGNED = ("title_zh", "text_zh", "place_id", "committee_id", "unit_id", "valid_from", "valid_to")

Values = Mapping[str, Any]


async def agreement_columns(viewer: Viewer, values: Values, present: Agreement | None = None) -> Columns:
    """Return the checked columns of the given values; `present` is the draft to be changed.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
    """
    rows, columns = Rows(), Columns()
    if "title" in values:
        columns["title_zh"] = inputs.line(values["title"], ("title",), 200)
    if "title_en" in values:
        columns["title_en"] = inputs.text(values["title_en"], ("titleEn",), 200)
    if "text" in values:
        columns["text_zh"] = inputs.text(values["text"], ("text",), inputs.LONGEST_TEXT)
    if "place" in values:
        columns |= await place_columns(viewer, values["place"], rows)
    for name in ("valid_from", "valid_to"):
        if name in values:
            if values[name] is None:
                raise inputs.missing((camel(name),))
            columns[name] = values[name]
    if values.get("signed_visibility") is not None:
        columns["signed_visibility"] = inputs.choice(values["signed_visibility"], Visibility, ("signedVisibility",))
    start, end = (columns.get(name, getattr(present, name, None)) for name in ("valid_from", "valid_to"))
    inputs.period(start, end, ())
    return columns | await _sides(viewer, values, columns, present, rows)


async def _sides(viewer: Viewer, values: Values, columns: Columns, present: Any, rows: Rows) -> Columns:
    sides: Columns = {}
    path = columns.get("path", getattr(present, "path", ""))
    committee = values.get("committee", getattr(present, "committee_id", None))
    unit = values.get("unit", getattr(present, "unit_id", None))
    if "committee" in values or "place" in values:
        body = await rows.visible(viewer, Organisation, committee, ("committee",))
        if body.family != Family.COMMITTEE:
            raise InvalidInput("协议一方须是社区两委的单位", "One side is a body of the community", ("committee",))
        if not (path.startswith(body.path) or body.path.startswith(path)):
            raise InvalidInput("不是这个地点的单位", "It is no body of this place", ("committee",))
        sides["committee_id"] = body.id
    if "unit" in values:
        other = await rows.visible(viewer, Organisation, unit, ("unit",))
        if other.status is OrganisationStatus.SUSPENDED:
            raise InvalidInput("该单位已停用", "This organisation is suspended", ("unit",))
        sides["unit_id"] = other.id
    if committee == unit:
        raise InvalidInput("协议须有两方", "An agreement has two sides", ("unit",))
    return sides


async def checked_promises(given: Sequence[Values], columns: Values) -> list[Columns]:
    """Return the columns of promises; `columns` are the agreement's, whose period holds their days."""
    if len(given) > MOST_PROMISES:
        raise InvalidInput(f"最多 {MOST_PROMISES} 项承诺", f"At most {MOST_PROMISES} promises", ("promises",))
    categories = set(map(str, await Category.all().values_list("code", flat=True)))
    units = set(map(str, await UnitOfMeasure.all().values_list("code", flat=True)))
    return [_promise(each, ("promises", str(index)), categories, units, columns) for index, each in enumerate(given)]


def _promise(values: Values, path: inputs.Path, categories: set[str], units: set[str], agreement: Values) -> Columns:
    category = values.get("category") or ""
    if category not in categories:
        raise InvalidInput("没有这个类别", "Unknown category", (*path, "category"))
    quantity, unit, hours = (values.get(name) for name in ("quantity", "unit", "hours"))
    for name, amount in (("quantity", quantity), ("hours", hours)):
        if amount is not None and inputs.number(amount, (*path, name)) == 0:
            raise InvalidInput("须大于零;不限就不填", "Must be above zero; leave out what has no limit", (*path, name))
    if unit is not None:
        if unit not in units:
            raise InvalidInput("没有这个计量单位", "Unknown unit of measure", (*path, "unit"))
        if quantity is None:
            raise InvalidInput("有计量单位就须有数量", "A unit of measure needs a quantity", (*path, "quantity"))
    due = inputs.day(values.get("due_on"), (*path, "dueOn"))
    if due is not None and not agreement["valid_from"] <= due <= agreement["valid_to"]:
        raise InvalidInput("期限须在协议有效期内", "Must lie in the agreement's period", (*path, "dueOn"))
    text = inputs.text(values.get("text"), (*path, "text"), 500)
    return dict(zip(PROMISE, (category, text, quantity, unit, hours, due), strict=True))


async def write_promises(agreement_id: int, promises: Sequence[Columns]) -> None:
    """Replace the promises of a draft."""
    await AgreementPromise.filter(agreement_id=agreement_id).delete()
    await AgreementPromise.bulk_create(
        [
            AgreementPromise(id=new_id(), agreement_id=agreement_id, position=position, **columns)
            for position, columns in enumerate(promises)
        ]
    )


async def stored_promises(agreement_id: int) -> list[Columns]:
    """Return the columns of an agreement's promises, in their order."""
    rows: Any = await AgreementPromise.filter(agreement_id=agreement_id).order_by("position").values(*PROMISE)
    return [dict(row) for row in rows]


def shown(promises: Sequence[Columns]) -> list[dict[str, Any]]:
    """Return promises as history and conflicts show them: by GraphQL names, without what is not said."""
    return [
        {camel(name.removesuffix("_zh")): plain(value) for name, value in columns.items() if value is not None}
        for columns in promises
    ]


def digest(agreement: Agreement, promises: Sequence[Columns]) -> str:
    """Return SHA-256 of all that the two sides sign; hex."""
    content = {name: plain(getattr(agreement, name)) for name in SIGNED} | {"promises": shown(promises)}
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
