"""Projects: propose, update, move from plan to completion, cancel."""

from collections.abc import Mapping, Sequence
from typing import Any

from api import clock
from api.commands import inputs
from api.commands.item import item_columns, require_inputs, source_of
from api.commands.item_children import external_rows, line_rows, window_rows
from api.commands.item_place import public_columns
from api.commands.item_type import PROJECT
from api.commands.item_update import move_item, update_item
from api.commands.new_item import NewItem, Values, submit_all, submit_one
from api.commands.permission import require, scope_of
from api.commands.reference import Reference
from api.identifiers import new_id
from api.models import Project
from api.models.choices import ItemKind, Urgency, Visibility
from api.plan.viewer import Viewer
from api.state_machines.project import ProjectStatus
from auth.permissions import Action, Object

DEFAULTS: Mapping[str, Any] = {
    "target_groups": [],
    "visibility": Visibility.PUBLIC,
    "urgency": Urgency.NORMAL,
}
NEEDS_REASON = frozenset({ProjectStatus.SUSPENDED, ProjectStatus.CANCELLED})


async def propose_project(viewer: Viewer, values: Values) -> int:
    """Propose a project and match it; return its identifier.

    Raises:
        InvalidInput, NotFound, Duplicate: with the place of the fault.
        Forbidden: the viewer may not propose there for that owner.
    """
    return await submit_one(viewer, ItemKind.PROJECT, values, _new_project)


async def propose_projects(viewer: Viewer, many: Sequence[Values]) -> list[int]:
    """Propose many projects, all or none; return their identifiers in the same order.

    Raises:
        BatchRefused: each fault by its row's index.
    """
    return await submit_all(viewer, ItemKind.PROJECT, many, _new_project)


async def update_project(viewer: Viewer, identifier: int, changes: Mapping[str, Any], expected: int) -> int:
    """Change the given fields of a project and match it anew.

    Raises:
        StaleVersion: it was changed since version `expected`; both values are given.
        InvalidInput, NotFound, Duplicate, Forbidden.
    """
    return await update_item(viewer, PROJECT, identifier, changes, expected)


async def move_project(
    viewer: Viewer,
    identifier: int,
    to: ProjectStatus,
    expected: int,
    *,
    reason: str | None = None,
) -> int:
    """Move a project on; suspending and cancelling need a reason.

    People who proposed one may cancel it; that it is planned, begun or done is said by those in charge.

    Raises:
        InvalidTransition: the present state does not allow it.
        StaleVersion, InvalidInput, NotFound, Forbidden.
    """
    why = inputs.text(reason, ("reason",), 500, required=to in NEEDS_REASON)
    columns = {"status_reason": why}
    project = await Project.get_or_none(id=identifier)
    led = project is not None and project.owner_organisation_id is not None
    own = led or to is ProjectStatus.CANCELLED
    return await move_item(viewer, PROJECT, identifier, to, expected, columns, by_owner=own)


async def _new_project(viewer: Viewer, values: Values, reference: Reference) -> NewItem:
    require_inputs(values)
    columns = {**DEFAULTS, **await item_columns(viewer, values, reference)}
    columns |= await public_columns(columns, reference.rows)
    project = Project(
        id=new_id(),
        status=ProjectStatus.PROPOSED,
        source=source_of(viewer, values, columns),
        published_at=clock.now(),
        **columns,
    )
    rule = require(viewer, Object.PROJECT, Action.CREATE, scope_of(project), visible=True)
    owner = {"project_id": project.id}
    children = [
        *line_rows(owner, values.get("lines"), project.category, reference),
        *window_rows(owner, values.get("windows")),
        *external_rows(ItemKind.PROJECT, project.id, values.get("external_ids"), reference),
    ]
    return NewItem(project, children, PROJECT.done("propose", project, {}, rule))
