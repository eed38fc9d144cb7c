"""What people who used a service item think of it."""

from typing import Any

from tortoise import fields

from api.models.base import VersionedRow


class ServiceRating(VersionedRow):
    """One household's (or person's) rating of a service item in one month.

    `rater` is a keyed hash: the row tells that nobody rates twice, and not who it was.
    """

    service_item_id: int
    service_item: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.ServiceItem", related_name="ratings", on_delete=fields.CASCADE
    )
    rater = fields.CharField(max_length=64)
    month = fields.CharField(max_length=7)
    score = fields.IntField()
    text = fields.CharField(max_length=500, null=True)
    hidden_at = fields.DatetimeField(null=True)
    hidden_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        table = "service_rating"
        unique_together = (("service_item_id", "rater", "month"),)
