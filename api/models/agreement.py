"""Agreements between a community and a unit: what was promised, who signed, what became of it."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.choices import Visibility
from api.models.fields import OrderedTextField
from api.state_machines.agreement import AgreementStatus


class Agreement(VersionedRow):
    """共驻共建协议 of two sides: the committee's organisation of a community, and a unit."""

    number = fields.CharField(max_length=40, unique=True)
    title_zh = fields.CharField(max_length=200)
    title_en = fields.CharField(max_length=200, null=True)
    text_zh = fields.TextField(null=True)
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    committee_id: int
    committee: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name=False, on_delete=fields.RESTRICT
    )
    unit_id: int
    unit: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="agreements", on_delete=fields.RESTRICT
    )
    valid_from = fields.DateField()
    valid_to = fields.DateField()
    # Who may see it now: the two sides and the staff until both have signed, then whom it is meant for.
    visibility = fields.CharEnumField(Visibility, max_length=16)
    signed_visibility = fields.CharEnumField(Visibility, max_length=16)
    # The day on which it came into force, and the one on which it ended before its period did.
    in_force_on = fields.DateField(null=True)
    ended_on = fields.DateField(null=True)
    status = fields.CharEnumField(AgreementStatus, max_length=16)
    status_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "agreement"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("place_id",)),
            Index(fields=("community_id", "status", "id")),
            Index(fields=("committee_id",)),
            Index(fields=("unit_id", "status", "id")),
            Index(fields=("status", "valid_to")),
            Index(fields=("updated_at",)),
        )


class AgreementSignature(Row):
    """One side's signature under one version of the text; a changed text is signed anew."""

    agreement_id: int
    agreement: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Agreement", related_name="signatures", on_delete=fields.CASCADE
    )
    organisation_id: int
    organisation: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name=False, on_delete=fields.RESTRICT
    )
    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    digest = fields.CharField(max_length=64)
    signed_at = fields.DatetimeField()

    class Meta:
        table = "agreement_signature"
        unique_together = (("agreement_id", "organisation_id"),)
        indexes = (Index(fields=("organisation_id",)), Index(fields=("person_id",)))


class AgreementPromise(Row):
    """One promise: what, how much until when. How far it is kept follows from claims made under it."""

    agreement_id: int
    agreement: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Agreement", related_name="promises", on_delete=fields.CASCADE
    )
    position = fields.IntField()
    category = OrderedTextField(max_length=100)
    text_zh = fields.CharField(max_length=500, null=True)
    # Null: any quantity; the promise is then kept by the first delivery.
    quantity = fields.FloatField(null=True)
    unit = fields.CharField(max_length=20, null=True)
    hours = fields.FloatField(null=True)
    due_on = fields.DateField(null=True)
    # How a broken promise was made good, and when.
    remedy = fields.CharField(max_length=500, null=True)
    remedied_on = fields.DateField(null=True)

    class Meta:
        table = "agreement_promise"
        unique_together = (("agreement_id", "position"),)
        indexes = (Index(fields=("category",)),)
