"""Accounts of people and bearer keys of organisations and people."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row


class Account(Row):
    """A login of a person. The password is an argon2 hash; failures slow the next try down."""

    person_id: int
    person: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="accounts", on_delete=fields.CASCADE
    )
    login = fields.CharField(max_length=64, unique=True)
    password_hash = fields.CharField(max_length=200, null=True)
    failures = fields.IntField(default=0, db_default=0)
    last_failure_at = fields.DatetimeField(null=True)
    disabled_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "account"
        indexes = (Index(fields=("person_id",)),)


class BearerKey(Row):
    """A bearer key: of an organisation (a program) or of a person (a session). Only its hash is kept."""

    key_id = fields.CharField(max_length=16, unique=True)
    secret_hash = fields.CharField(max_length=64)
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Organisation", related_name="keys", null=True, on_delete=fields.CASCADE
    )
    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name="keys", null=True, on_delete=fields.CASCADE
    )
    label = fields.CharField(max_length=100)
    scopes: Any = fields.JSONField(null=True)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    last_used_on = fields.DateField(null=True)

    class Meta:
        table = "bearer_key"
        indexes = (Index(fields=("organisation_id",)), Index(fields=("person_id",)))
