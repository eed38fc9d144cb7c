"""Matches: the engine's suggestions with their reasons."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.fields import OrderedTextField
from api.state_machines.match import MatchStatus


class Match(Row):
    """匹配 of one requirement line and one resource under one rule set."""

    rule_set_id: int
    rule_set: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.RuleSet", related_name="matches", on_delete=fields.RESTRICT
    )
    rule_version_id: int
    rule_version: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.RuleVersion", related_name="matches", on_delete=fields.RESTRICT
    )
    rule_id = fields.CharField(max_length=40)
    branch = fields.IntField()
    line_id: int
    line: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.RequirementLine", related_name="matches", on_delete=fields.CASCADE
    )
    need_id: int | None
    need: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Need", related_name="matches", null=True, on_delete=fields.CASCADE
    )
    project_id: int | None
    project: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Project", related_name="matches", null=True, on_delete=fields.CASCADE
    )
    resource_id: int
    resource: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Resource", related_name="matches", on_delete=fields.CASCADE
    )
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    score = fields.IntField()
    parts: Any = fields.JSONField()
    conditions: Any = fields.JSONField()
    rule_title_zh = fields.CharField(max_length=100)
    rule_title_en = fields.CharField(max_length=100)
    because_zh = fields.CharField(max_length=2000)
    because_en = fields.CharField(max_length=2000)
    status = fields.CharEnumField(MatchStatus, max_length=16)
    status_reason = fields.CharField(max_length=500, null=True)
    decided_at = fields.DatetimeField()

    class Meta:
        table = "match"
        unique_together = (("rule_set_id", "line_id", "resource_id"),)
        indexes = (
            Index(fields=("need_id", "score", "id")),
            Index(fields=("project_id", "score", "id")),
            Index(fields=("resource_id", "score", "id")),
            Index(fields=("line_id",)),
            Index(fields=("path", "id")),
            Index(fields=("rule_version_id", "rule_id")),
            Index(fields=("community_id", "id")),
        )
