"""What a service item said in each of its versions."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.choices import PriceClass, Visibility
from api.models.fields import OrderedTextField
from api.state_machines.service_item import ServiceItemStatus


class ServiceItemVersion(Row):
    """One version of a service item, whole, as it was reached; never changed.

    `by` is the role and the organisation of whoever changed it, never a person's name.
    """

    service_item_id: int
    service_item: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.ServiceItem", related_name="versions", on_delete=fields.CASCADE
    )
    number = fields.IntField()
    at = fields.DatetimeField()
    action = fields.CharField(max_length=60)
    by_zh = fields.CharField(max_length=300)
    by_en = fields.CharField(max_length=400)
    title_zh = fields.CharField(max_length=200)
    title_en = fields.CharField(max_length=200, null=True)
    text_zh = fields.TextField(null=True)
    text_en = fields.TextField(null=True)
    category = OrderedTextField(max_length=100)
    quantity = fields.FloatField(null=True)
    unit = fields.CharField(max_length=20, null=True)
    price_class = fields.CharEnumField(PriceClass, max_length=16, null=True)
    price_fen = fields.BigIntField(null=True)
    price_unit = fields.CharField(max_length=20, null=True)
    standard_zh = fields.TextField(null=True)
    standard_source = fields.CharField(max_length=200, null=True)
    service_point_id: int | None
    service_point: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.ServicePoint", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    response_minutes = fields.IntField(null=True)
    at_home = fields.BooleanField(null=True)
    # Each as the history shows it: {"startsAt", "endsAt", "rrule"} and "Place:1".
    windows: Any = fields.JSONField()
    service_area: Any = fields.JSONField()
    target_groups: Any = fields.JSONField()
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    valid_from = fields.DateField(null=True)
    valid_to = fields.DateField(null=True)
    visibility = fields.CharEnumField(Visibility, max_length=16)
    status = fields.CharEnumField(ServiceItemStatus, max_length=16)

    class Meta:
        table = "service_item_version"
        unique_together = (("service_item_id", "number"),)
        indexes = (Index(fields=("service_point_id",)),)
