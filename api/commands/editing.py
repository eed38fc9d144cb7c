"""Loading what is visible, refusing stale edits with both values, saving by compare-and-set."""

from collections.abc import Mapping
from typing import Any, TypeVar

from tortoise.models import Model

from api import clock
from api.commands.field_names import differences
from api.commands.permission import require, scope_of
from api.errors import FieldConflict, NotFound, StaleVersion
from api.plan.viewer import Viewer
from auth.permissions import Action, Object

Found = TypeVar("Found", bound=Model)
Columns = Mapping[str, Any]
Changes = dict[str, list[Any]]


async def load(
    viewer: Viewer, model: type[Found], object_: Object, identifier: int, action: Action
) -> tuple[Found, str | None]:
    """Return a row and the policy rule that allows the action on it.

    Raises:
        NotFound: it does not exist or the viewer may not see it.
        Forbidden, Unauthenticated: it is visible and the action is not allowed.
    """
    row: Any = await model.get_or_none(id=identifier)
    if row is None:
        raise NotFound(path=("id",))
    return row, require(viewer, object_, action, scope_of(row))


def refuse_stale(version: int, expected: int, found: Mapping[str, tuple[Any, Any]]) -> None:
    """Raise StaleVersion unless `version` is the expected one.

    `found` has the fields whose stored and sent values differ, by their GraphQL names.
    """
    if version != expected:
        raise StaleVersion(
            f"已被他人改到第 {version} 版,请核对后再改",
            f"It has meanwhile been changed to version {version}",
            ("expectedVersion",),
            current_version=version,
            conflicts=tuple(FieldConflict(name, *both) for name, both in found.items()),
        )


async def save(row: Any, columns: Columns) -> Changes:
    """Write the columns if the row still has the version it was read with.

    Return the former and the new value of each changed field, by its GraphQL name.

    Raises:
        StaleVersion: somebody else was faster; both values are given.
    """
    changed = differences(row, columns)
    written = await (
        type(row)
        .filter(id=row.id, version=row.version)
        .update(**columns, version=row.version + 1, updated_at=clock.now())
    )
    if not written:
        current = await type(row).get_or_none(id=row.id)
        if current is None:
            raise NotFound(path=("id",))
        refuse_stale(current.version, row.version, differences(current, columns))
    await row.refresh_from_db()
    return {name: list(both) for name, both in changed.items()}
