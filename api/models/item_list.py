"""Lists (清单) as documents."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.choices import ListKind, Visibility
from api.models.fields import OrderedTextField
from api.state_machines.item_list import ListStatus


class ItemList(VersionedRow):
    """清单: a numbered document of an organisation, household or person, published on a date.

    `invitation` is the one it answers, `entered_by` who entered it for a household or person.
    """

    kind = fields.CharEnumField(ListKind, max_length=16)
    number = fields.CharField(max_length=40)
    title_zh = fields.CharField(max_length=200)
    title_en = fields.CharField(max_length=200, null=True)
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
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
    period_from = fields.DateField(null=True)
    period_to = fields.DateField(null=True)
    visibility = fields.CharEnumField(Visibility, max_length=16)
    status = fields.CharEnumField(ListStatus, max_length=16)
    published_on = fields.DateField(null=True)
    invitation_id: int | None
    invitation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.CollectionInvitation", related_name="lists", null=True, on_delete=fields.RESTRICT
    )
    entered_by_id: int | None
    entered_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    submitted_on = fields.DateField(null=True)
    status_reason = fields.CharField(max_length=500, null=True)
    supersedes_id: int | None
    supersedes: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.ItemList", related_name="superseded_by", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "item_list"
        unique_together = (("kind", "number"),)
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("community_id", "kind", "id")),
            Index(fields=("kind", "status", "id")),
            Index(fields=("owner_person_id",)),
            Index(fields=("owner_household_id",)),
            Index(fields=("owner_organisation_id",)),
            Index(fields=("updated_at",)),
            Index(fields=("supersedes_id",)),
            Index(fields=("invitation_id",)),
            Index(fields=("entered_by_id",)),
        )


class ListEntry(Row):
    """One item of a list, in its order."""

    item_list_id: int
    item_list: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.ItemList", related_name="entries", on_delete=fields.CASCADE
    )
    position = fields.IntField()
    resource_id: int | None
    resource: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Resource", related_name="entries", null=True, on_delete=fields.RESTRICT
    )
    need_id: int | None
    need: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Need", related_name="entries", null=True, on_delete=fields.RESTRICT
    )
    project_id: int | None
    project: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Project", related_name="entries", null=True, on_delete=fields.RESTRICT
    )

    class Meta:
        table = "list_entry"
        unique_together = (("item_list_id", "position"),)
        indexes = (
            Index(fields=("resource_id",)),
            Index(fields=("need_id",)),
            Index(fields=("project_id",)),
        )
