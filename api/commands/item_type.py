"""What the commands of needs, resources and projects need to know of each kind of item."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api.commands.unit_of_work import Done
from api.models import Need, Project, Resource
from api.models.choices import ItemKind
from api.state_machines import need, project, resource
from auth.permissions import Object


@dataclass(frozen=True, slots=True)
class ItemType:
    """One kind of item: its table, its permission object, its life."""

    kind: ItemKind
    model: type[Any]
    object: Object
    name_zh: str
    transitions: Mapping[Any, frozenset[Any]]
    editable: frozenset[StrEnum]
    withdrawn: StrEnum
    # In these states nothing is to be done any more: open claims end.
    closing: frozenset[StrEnum] = frozenset()

    @property
    def lines(self) -> bool:
        """Tell whether it asks for things, line by line, rather than offers one."""
        return self.kind is not ItemKind.RESOURCE

    @property
    def key(self) -> str:
        """Return the column by which child rows name an item of this kind."""
        return f"{self.kind.lower()}_id"

    def done(self, verb: str, row: Any, change: dict[str, Any], rule: str | None) -> Done:
        """Return the record of something done to an item, e.g. "need.submit"."""
        action, history = f"{self.kind.lower()}.{verb}", (self.kind, row.version)
        return Done(action, self.object, row.id, row.path, change, rule, history)


NEED = ItemType(
    ItemKind.NEED,
    Need,
    Object.NEED,
    "需求",
    need.TRANSITIONS,
    need.EDITABLE,
    need.NeedStatus.WITHDRAWN,
    frozenset({need.NeedStatus.WITHDRAWN, need.NeedStatus.MERGED}),
)
RESOURCE = ItemType(
    ItemKind.RESOURCE,
    Resource,
    Object.RESOURCE,
    "资源",
    resource.TRANSITIONS,
    resource.EDITABLE,
    resource.ResourceStatus.WITHDRAWN,
)
PROJECT = ItemType(
    ItemKind.PROJECT,
    Project,
    Object.PROJECT,
    "项目",
    project.TRANSITIONS,
    project.EDITABLE,
    project.ProjectStatus.CANCELLED,
    frozenset({project.ProjectStatus.CANCELLED}),
)
