"""What resources, needs and projects share, and the child rows they have in common."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.choices import Consent, ItemKind, LineKind, Source, Visibility
from api.models.fields import OrderedTextField

PLACE = "wujia.Place"


class Item(VersionedRow):
    """Columns of every list item.

    `path` is where it lies exactly and decides which roles are in force; `public_path` is no finer than
    the estate and is what the public sees and filters by.
    """

    title_zh = fields.CharField(max_length=200)
    title_en = fields.CharField(max_length=200, null=True)
    text_zh = fields.TextField(null=True)
    text_en = fields.TextField(null=True)
    category = OrderedTextField(max_length=100)
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(PLACE, related_name=False, on_delete=fields.RESTRICT)
    path = OrderedTextField(max_length=400)
    public_place_id: int
    public_place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        PLACE, related_name=False, on_delete=fields.RESTRICT
    )
    public_path = OrderedTextField(max_length=400)
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PLACE, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    longitude = fields.FloatField(null=True)
    latitude = fields.FloatField(null=True)
    target_groups: Any = fields.JSONField(default=list)
    valid_from = fields.DateField(null=True)
    valid_to = fields.DateField(null=True)
    visibility = fields.CharEnumField(Visibility, max_length=16)
    owner_person_id: int | None
    owner_person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    owner_household_id: int | None
    owner_household: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Household", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    owner_organisation_id: int | None
    owner_organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    family = fields.CharField(max_length=16, null=True)
    source = fields.CharEnumField(Source, max_length=16)
    published_at = fields.DatetimeField()

    class Meta:
        abstract = True


class Affair(Item):
    """Columns that needs and projects add: what it costs, whom it concerns, who was asked to act."""

    urgency = fields.CharField(max_length=16)
    estimated_cost_fen = fields.BigIntField(null=True)
    estimated_effort_hours = fields.FloatField(null=True)
    concerns_id: int | None
    concerns: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    assigned_person_id: int | None
    assigned_person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    assigned_organisation_id: int | None
    assigned_organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    on_behalf_by_id: int | None
    on_behalf_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    consent = fields.CharEnumField(Consent, max_length=8, null=True)
    status_reason = fields.CharField(max_length=500, null=True)
    review_on = fields.DateField(null=True)

    class Meta:
        abstract = True


class RequirementLine(Row):
    """One thing a need or project asks for; matched by itself. A null quantity is unknown."""

    need_id: int | None
    need: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Need", related_name="lines", null=True, on_delete=fields.CASCADE
    )
    project_id: int | None
    project: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Project", related_name="lines", null=True, on_delete=fields.CASCADE
    )
    position = fields.IntField()
    kind = fields.CharEnumField(LineKind, max_length=16, null=True)
    category = OrderedTextField(max_length=100)
    quantity = fields.FloatField(null=True)
    unit = fields.CharField(max_length=20, null=True)
    note = fields.CharField(max_length=500, null=True)
    # What whoever does it must be able to do, in the words of teams and registrations.
    skills: Any = fields.JSONField(default=list)

    class Meta:
        table = "requirement_line"
        indexes = (
            Index(fields=("need_id", "position")),
            Index(fields=("project_id", "position")),
            Index(fields=("category",)),
        )


class TimeWindow(Row):
    """When something is wanted, offered or open; `rrule` (RFC 5545) makes it recur, in Asia/Shanghai."""

    need_id: int | None
    need: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Need", related_name="windows", null=True, on_delete=fields.CASCADE
    )
    resource_id: int | None
    resource: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Resource", related_name="windows", null=True, on_delete=fields.CASCADE
    )
    project_id: int | None
    project: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Project", related_name="windows", null=True, on_delete=fields.CASCADE
    )
    service_point_id: int | None
    service_point: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.ServicePoint", related_name="windows", null=True, on_delete=fields.CASCADE
    )
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    rrule = fields.CharField(max_length=300, null=True)

    class Meta:
        table = "time_window"
        indexes = (
            Index(fields=("need_id",)),
            Index(fields=("resource_id",)),
            Index(fields=("project_id",)),
            Index(fields=("service_point_id",)),
        )


class ServiceArea(Row):
    """A place that a resource serves, with all below it; without any it serves its own place."""

    resource_id: int
    resource: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Resource", related_name="service_area", on_delete=fields.CASCADE
    )
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(PLACE, related_name=False, on_delete=fields.RESTRICT)
    path = OrderedTextField(max_length=400)

    class Meta:
        table = "service_area"
        unique_together = (("resource_id", "place_id"),)
        indexes = (Index(fields=("path", "resource_id")),)


class ExternalId(Row):
    """The identifier of an object in another system, e.g. a hotline ticket."""

    item_kind = fields.CharEnumField(ItemKind, max_length=16)
    item_id = fields.BigIntField()
    system = fields.CharField(max_length=60)
    value = fields.CharField(max_length=200)

    class Meta:
        table = "external_id"
        unique_together = (("item_kind", "system", "value"),)
        indexes = (Index(fields=("item_kind", "item_id")),)
