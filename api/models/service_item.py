"""Service items."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.choices import Visibility
from api.models.fields import OrderedTextField
from api.state_machines.service_item import ServiceItemStatus


class ServiceItem(VersionedRow):
    """服务事项. Title, category, area, hours, price and response stand in the resource it owns."""

    resource_id: int
    resource: fields.OneToOneRelation[Any] = fields.OneToOneField(
        "wujia.Resource", related_name="service_item", on_delete=fields.RESTRICT
    )
    organisation_id: int
    organisation: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="service_items", on_delete=fields.RESTRICT
    )
    service_point_id: int | None
    service_point: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.ServicePoint", related_name="service_items", null=True, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    visibility = fields.CharEnumField(Visibility, max_length=16)
    standard_zh = fields.TextField(null=True)
    standard_source = fields.CharField(max_length=200, null=True)
    status = fields.CharEnumField(ServiceItemStatus, max_length=16)

    class Meta:
        table = "service_item"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("organisation_id", "id")),
            Index(fields=("service_point_id",)),
            Index(fields=("status", "id")),
            Index(fields=("updated_at",)),
        )
