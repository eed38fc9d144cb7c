"""Service items (服务事项): create, update, pause, resume, retire; each owns a resource.

Both rows change in the same unit of work. What the offer is (title, text, category, place, area,
windows, price, response) stands in the resource, the promise (standard, its source) beside it.
"""

from collections.abc import Mapping
from typing import Any

from api.commands import inputs
from api.commands.editing import load, refuse_stale, save
from api.commands.field_names import differences
from api.commands.item import Columns, item_columns
from api.commands.item_given import given_children
from api.commands.item_type import RESOURCE
from api.commands.item_update import apply
from api.commands.new_item import NewItem, Values, submit_all, submit_one
from api.commands.permission import require, scope_of
from api.commands.reference import Reference, load_reference
from api.commands.rematching import rematch
from api.commands.resource import new_offer, offer_children
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import InvalidInput
from api.identifiers import new_id
from api.models import Resource, ServiceItem
from api.models.choices import ItemKind, ResourceKind
from api.plan.viewer import Viewer
from api.state_machines.machine import check_move
from api.state_machines.resource import ResourceStatus
from api.state_machines.service_item import EDITABLE, TRANSITIONS, ServiceItemStatus
from auth.permissions import Action, Object

RESOURCE_STATUS: Mapping[ServiceItemStatus, ResourceStatus] = {
    ServiceItemStatus.LISTED: ResourceStatus.OFFERED,
    ServiceItemStatus.PAUSED: ResourceStatus.PAUSED,
    ServiceItemStatus.RETIRED: ResourceStatus.WITHDRAWN,
}
# Kept in both rows, since permissions look at the row that is asked for.
SHARED = ("path", "visibility")
