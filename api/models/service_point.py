"""Service points: where people find somebody, at which hours."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.choices import ServicePointLevel
from api.models.fields import OrderedTextField
from api.state_machines.service_point import ServicePointStatus


class ServicePoint(VersionedRow):
    """阵地, which residents read as 服务站. Its phone is an office's and no personal datum."""

    name_zh = fields.CharField(max_length=100)
    name_en = fields.CharField(max_length=200, null=True)
    level = fields.CharEnumField(ServicePointLevel, max_length=16)
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="service_points", null=True, on_delete=fields.RESTRICT
    )
    phone = fields.CharField(max_length=30, null=True)
    services_zh = fields.CharField(max_length=1000, null=True)
    status = fields.CharEnumField(ServicePointStatus, max_length=16)
    status_reason = fields.CharField(max_length=500, null=True)
    confirmed_on = fields.DateField(null=True)

    class Meta:
        table = "service_point"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("place_id",)),
            Index(fields=("organisation_id",)),
            Index(fields=("updated_at",)),
        )
