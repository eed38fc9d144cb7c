"""Naming who steps in where an estate has no property firm (托底)."""

from collections.abc import Sequence
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.permission import require, scope_of
from api.commands.rematching import rematch_place
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import FieldConflict, InvalidInput, StaleVersion
from api.identifiers import new_id
from api.models import Category, FallbackProvider, Organisation, Place
from api.models.choices import OrganisationStatus
from api.plan.viewer import Viewer
from auth.permissions import Action, Object

MOST = 50


async def set_fallback(
    viewer: Viewer, place: int, organisation: int | None, categories: Sequence[str], expected: int | None
) -> int:
    """Name the organisation that serves a place's estates without a property firm, or nobody; return the place.

    Raises:
        StaleVersion: it is not at version `expected` (None: nobody was named yet).
        InvalidInput, NotFound, Unauthenticated, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        rows = Rows()
        where = await rows.visible(viewer, Place, place, ("place",))
        rule = require(viewer, Object.FALLBACK_PROVIDER, Action.UPDATE, scope_of(where), visible=True)
        row = await FallbackProvider.filter(place_id=where.id).select_for_update().first()
        _refuse_stale(row, organisation, expected)
        listed = await _categories(categories)
        named = None if organisation is None else await _named(viewer, rows, organisation)
        former = None if row is None else f"Organisation:{row.organisation_id}"
        now = None if named is None else f"Organisation:{named.id}"
        change = {"organisation": [former, now], "categories": [[] if row is None else row.categories, listed]}
        if named is None:
            if row is not None:
                await row.delete()
        elif row is None:
            row = FallbackProvider(
                id=new_id(), place_id=where.id, path=where.path, organisation_id=named.id, categories=listed
            )
            await row.save(force_create=True)
        else:
            await FallbackProvider.filter(id=row.id).update(
                organisation_id=named.id, categories=listed, version=row.version + 1, updated_at=clock.now()
            )
        # Rules may ask who steps in.
        await rematch_place([where.path])
        work.record(Done("fallback_provider.set", "Place", where.id, where.path, change, rule))
    return int(where.id)


def _refuse_stale(row: FallbackProvider | None, organisation: int | None, expected: int | None) -> None:
    version = None if row is None else row.version
    if version == expected:
        return
    current = None if row is None else f"Organisation:{row.organisation_id}"
    sent = None if organisation is None else f"Organisation:{organisation}"
    raise StaleVersion(
        "已被他人改过,请核对后再改",
        "It has meanwhile been changed",
        ("expectedVersion",),
        current_version=version or 0,
        conflicts=(FieldConflict("organisation", current, sent),),
    )


async def _named(viewer: Viewer, rows: Rows, identifier: int) -> Any:
    organisation = await rows.visible(viewer, Organisation, identifier, ("organisation",))
    if organisation.status is OrganisationStatus.SUSPENDED:
        raise InvalidInput("该单位已停用", "The organisation is suspended", ("organisation",))
    return organisation


async def _categories(given: Sequence[str]) -> list[str]:
    if len(given) > MOST:
        raise InvalidInput(f"最多 {MOST} 项", f"At most {MOST} entries", ("categories",))
    known = frozenset(map(str, await Category.all().values_list("code", flat=True)))
    return inputs.codes(list(given), known, ("categories",), "类别", "category")
