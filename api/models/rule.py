"""Rule sets, their one draft, and their published versions."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.fields import OrderedTextField
from api.state_machines.rule_version import RuleVersionStatus


class RuleSet(VersionedRow):
    """匹配规则 of a place. Its draft may change; its versions never do."""

    key = fields.CharField(max_length=40)
    place_id: int
    place: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name="rule_sets", on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    title_zh = fields.CharField(max_length=100)
    title_en = fields.CharField(max_length=200, null=True)
    # The text as the author left it: a draft may be wrong, and nothing of it may be lost.
    draft = fields.TextField(null=True)
    draft_version = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "rule_set"
        unique_together = (("place_id", "key"),)
        indexes = (Index(fields=("path", "id")),)


class RuleVersion(Row):
    """A published version: document, its hash, who published it and what it did."""

    rule_set_id: int
    rule_set: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.RuleSet", related_name="versions", on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    number = fields.IntField()
    document: Any = fields.JSONField()
    document_hash = fields.CharField(max_length=64)
    status = fields.CharEnumField(RuleVersionStatus, max_length=16)
    published_at = fields.DatetimeField()
    published_by_id: int | None
    published_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Person", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    restored_from_id: int | None
    restored_from: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.RuleVersion", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    valid_to = fields.DatetimeField(null=True)
    quarantine_reason = fields.CharField(max_length=500, null=True)
    effect: Any = fields.JSONField(null=True)

    class Meta:
        table = "rule_version"
        unique_together = (("rule_set_id", "number"),)
        indexes = (Index(fields=("path", "id")), Index(fields=("status", "path")))
