"""A deployment's own additions to the shipped policy, and the counter that tells they changed."""

from tortoise import fields

from api.models.base import Row


class PolicyVersion(Row):
    """One row; `number` grows with each change, and every sign-in reads it."""

    number = fields.IntField()

    class Meta:
        table = "policy_version"


class PolicyOverlay(Row):
    """One additional policy rule; checked against the enums when it is loaded."""

    rule_id = fields.CharField(max_length=20, unique=True)
    role = fields.CharField(max_length=32)
    object = fields.CharField(max_length=40)
    action = fields.CharField(max_length=20)
    relation = fields.CharField(max_length=12)
    effect = fields.CharField(max_length=8)

    class Meta:
        table = "policy_overlay"
