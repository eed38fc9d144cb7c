"""How somebody agreed that another person enters their need."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.choices import Recorder, Visibility
from api.models.fields import SealedField


class NeedConsent(Row):
    """Words and date of a consent, who took it down, and who made sure of it; its way stands in the need.

    `wanted` is the visibility that was asked for; until somebody in charge has made sure, the need itself is
    for administrators only. `chosen` is what the need's visibility was last set to since: it may be the same, and
    is a choice all the same. The words and the place of the sheet can name people, so both are sealed.
    """

    need_id: int
    need: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Need", related_name="consents", on_delete=fields.CASCADE
    )
    recorder = fields.CharEnumField(Recorder, max_length=16)
    words: Any = SealedField()
    given_on = fields.DateField()
    sheet_at: Any = SealedField(null=True)
    recorded_by_id: int | None
    recorded_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    recorded_at = fields.DatetimeField()
    wanted = fields.CharEnumField(Visibility, max_length=16)
    chosen = fields.CharEnumField(Visibility, max_length=16, null=True)
    confirmed_by_id: int | None
    confirmed_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    confirmed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "need_consent"
        unique_together = (("need_id",),)
        indexes = (Index(fields=("recorded_by_id", "confirmed_at")), Index(fields=("confirmed_by_id",)))
