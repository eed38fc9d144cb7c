"""Organisations of the five families: register, update, suspend, resume."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.contact import contact_columns, new_contact, write_contact
from api.commands.editing import load, refuse_stale, save
from api.commands.field_names import camel, differences
from api.commands.item_children import external_rows
from api.commands.new_item import NewItem, Values, submit_all
from api.commands.permission import require, scope_of
from api.commands.reference import Reference
from api.commands.rematching import rematch_place
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import BatchRefused, InvalidInput, InvalidTransition
from api.identifiers import new_id
from api.models import ItemList, Need, Organisation, PartyKind, Place, Project, Resource
from api.models.choices import ItemKind, OrganisationStatus
from api.plan.viewer import Viewer
from auth.permissions import Action, Object

Columns = dict[str, Any]
# Their family is the owner's, noted in each row.
OWNED = (Resource, Need, Project, ItemList)


async def register_organisation(viewer: Viewer, values: Values) -> int:
    """Register an organisation with its sealed contact; return its identifier.

    Values: name, name_en, kind (code of a party kind, which brings the family), text, text_en,
    place, contact (name, phone, address), external_ids.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not register organisations there.
    """
    try:
        return (await register_organisations(viewer, [values]))[0]
    except BatchRefused as refused:
        raise refused.errors[0] from None


async def register_organisations(viewer: Viewer, many: Sequence[Values]) -> list[int]:
    """Register many organisations, all or none; return their identifiers in the same order.

    Raises:
        BatchRefused: each fault by its row's index.
    """
    kinds = {kind.code: kind for kind in await PartyKind.all()}

    async def build(viewer: Viewer, values: Values, reference: Reference) -> NewItem:
        return await _new_organisation(viewer, values, reference, kinds)

    return await submit_all(viewer, ItemKind.ORGANISATION, many, build, matched=False)


async def update_organisation(viewer: Viewer, identifier: int, changes: Values, expected: int) -> int:
    """Change the given fields and the contact of an organisation.

    When its family changes, that of all it owns does, and their place is matched anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Organisation, Object.ORGANISATION, identifier, Action.UPDATE)
        kinds = {kind.code: kind for kind in await PartyKind.all()}
        columns = await _columns(viewer, changes, Rows(), kinds)
        refuse_stale(row.version, expected, differences(row, columns))
        former = row.family
        changed = await save(row, columns)
        require(viewer, Object.ORGANISATION, Action.UPDATE, scope_of(row), visible=True)
        if changes.get("contact") is not None:
            scope = scope_of(row)
            require(viewer, Object.ORGANISATION_CONTACT, Action.UPDATE, scope, visible=True)
            contact = contact_columns(changes["contact"], ("contact",))
            written = await write_contact("organisation", row.id, contact)
            changed |= {f"contact.{name}": [None, None] for name in written}
        if row.family != former:
            await _follow_family(work, row)
        work.record(_done("update", row, changed, rule))
    return int(row.id)


async def suspend_organisation(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """Suspend an organisation: its keys stop working and it owns nothing new.

    Raises:
        InvalidTransition, StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    return await _move(viewer, identifier, OrganisationStatus.SUSPENDED, reason, expected)


async def resume_organisation(viewer: Viewer, identifier: int, reason: str, expected: int) -> int:
    """Let a suspended organisation take part again. Raise as `suspend_organisation`."""
    return await _move(viewer, identifier, OrganisationStatus.ACTIVE, reason, expected)


async def _move(viewer: Viewer, identifier: int, to: OrganisationStatus, reason: str, expected: int) -> int:
    why = inputs.text(reason, ("reason",), 500, required=True)
    async with unit_of_work(viewer) as work:
        row, rule = await load(viewer, Organisation, Object.ORGANISATION, identifier, Action.WITHDRAW)
        refuse_stale(row.version, expected, differences(row, {"status": to}))
        if row.status is to:
            raise InvalidTransition(f"单位已经是 {to}", f"The organisation is {to} already", ("id",))
        changed = await save(row, {"status": to})
        # What it offers is matched no longer, or again.
        offers = await Resource.filter(owner_organisation_id=row.id).only("id", "path")
        await rematch_place([row.path, *(offer.path for offer in offers)])
        work.record(_done(to.lower(), row, changed | {"reason": [None, why]}, rule))
    return int(row.id)


async def _new_organisation(
    viewer: Viewer, values: Values, reference: Reference, kinds: Mapping[str, PartyKind]
) -> NewItem:
    for name in ("name", "kind", "place"):
        if values.get(name) is None:
            raise inputs.missing((name,))
    columns = await _columns(viewer, values, reference.rows, kinds)
    row = Organisation(id=new_id(), status=OrganisationStatus.ACTIVE, **columns)
    rule = require(viewer, Object.ORGANISATION, Action.CREATE, scope_of(row), visible=True)
    contact = contact_columns(values.get("contact") or {}, ("contact",))
    external = values.get("external_ids")
    children = [
        new_contact("organisation", row.id, contact),
        *external_rows(ItemKind.ORGANISATION, row.id, external, reference),
    ]
    return NewItem(row, children, _done("register", row, {}, rule))


async def _columns(viewer: Viewer, values: Values, rows: Rows, kinds: Mapping[str, PartyKind]) -> Columns:
    columns: Columns = {}
    if "name" in values:
        columns["name_zh"] = inputs.line(values["name"], ("name",), 200)
    for name, column, longest in (
        ("name_en", "name_en", 200),
        ("text", "text_zh", inputs.LONGEST_TEXT),
        ("text_en", "text_en", inputs.LONGEST_TEXT),
    ):
        if name in values:
            columns[column] = inputs.text(values[name], (camel(name),), longest)
    if "kind" in values:
        kind = kinds.get(values["kind"] or "")
        if kind is None:
            raise InvalidInput("没有这种单位类别", "Unknown kind of organisation", ("kind",))
        columns |= {"kind_id": kind.id, "family": kind.family}
    if "place" in values:
        if values["place"] is None:
            raise inputs.missing(("place",))
        place = await rows.visible(viewer, Place, values["place"], ("place",))
        columns |= {"place_id": place.id, "path": place.path}
    return columns


async def _follow_family(work: UnitOfWork, row: Organisation) -> None:
    paths = [row.path]
    for model in OWNED:
        owned: Any = model.filter(owner_organisation_id=row.id)
        for each in await owned:
            name = f"{each.kind.capitalize()}List" if model is ItemList else model.__name__
            work.changed_along(f"{name[0].lower()}{name[1:]}.family", name, each.id, each.path)
            paths.append(each.path)
        await owned.update(family=row.family)
    await rematch_place(paths)


def _done(verb: str, row: Organisation, change: dict[str, Any], rule: str | None) -> Done:
    history = (ItemKind.ORGANISATION, row.version)
    return Done(f"organisation.{verb}", "Organisation", row.id, row.path, change, rule, history)
