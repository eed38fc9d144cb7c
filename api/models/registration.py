"""Registrations: which unit and which of its people stand ready for a community."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.choices import Visibility
from api.models.fields import OrderedTextField
from api.state_machines.registration import RegistrationStatus


class Registration(VersionedRow):
    """双报到: an organisation registers to a community, a person to the place where they live.

    With a person, `organisation` only says for which unit they register; it gives no right to speak for it.
    What is offered (hours, how much, whom for) stands in the resource it owns, if it offers anything.
    """

    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="registrations", null=True, on_delete=fields.RESTRICT
    )
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="registrations", null=True, on_delete=fields.RESTRICT
    )
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    # A unit's registration is public, a person's is for those in charge.
    visibility = fields.CharEnumField(Visibility, max_length=16)
    offer_zh = fields.CharField(max_length=200, null=True)
    skills: Any = fields.JSONField(default=list)
    certificates: Any = fields.JSONField(default=list)
    resource_id: int | None
    resource: fields.OneToOneNullableRelation[Any] = fields.OneToOneField(
        "wujia.Resource", related_name="registration", null=True, on_delete=fields.RESTRICT
    )
    # The role that came with the confirmation, and goes with the end.
    membership_id: int | None
    membership: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Membership", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    # Who entered it does not confirm it.
    entered_by_id: int | None
    entered_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    status = fields.CharEnumField(RegistrationStatus, max_length=16)
    status_reason = fields.CharField(max_length=500, null=True)
    confirmed_on = fields.DateField(null=True)
    # Who is registered where, and null once it has ended: nobody waits or stands in one place twice.
    live_key = fields.CharField(max_length=60, null=True, unique=True)

    class Meta:
        table = "registration"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("place_id",)),
            Index(fields=("community_id", "status", "id")),
            Index(fields=("person_id", "status")),
            Index(fields=("organisation_id", "status")),
            Index(fields=("membership_id",)),
            Index(fields=("entered_by_id",)),
            Index(fields=("updated_at",)),
        )
