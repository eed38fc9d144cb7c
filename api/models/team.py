"""Volunteer teams: who leads, where, what they can do."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import VersionedRow
from api.models.fields import OrderedTextField
from api.state_machines.team import TeamStatus


class Team(VersionedRow):
    """志愿队. Its lead acts for it; a team of an organisation is also the organisation's."""

    name_zh = fields.CharField(max_length=100)
    name_en = fields.CharField(max_length=200, null=True)
    text_zh = fields.TextField(null=True)
    lead_person_id: int
    lead_person: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="teams", on_delete=fields.RESTRICT
    )
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="teams", null=True, on_delete=fields.RESTRICT
    )
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    skills: Any = fields.JSONField(default=list)
    certificates: Any = fields.JSONField(default=list)
    members = fields.IntField(null=True)
    # The lead's role, where it was given for this team; it goes with the team unless another needs it.
    membership_id: int | None
    membership: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Membership", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    status = fields.CharEnumField(TeamStatus, max_length=16)
    confirmed_on = fields.DateField(null=True)

    class Meta:
        table = "team"
        indexes = (
            Index(fields=("path", "id")),
            Index(fields=("lead_person_id",)),
            Index(fields=("organisation_id",)),
            Index(fields=("place_id",)),
            Index(fields=("membership_id",)),
        )
