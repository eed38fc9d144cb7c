"""The number that changes with everything a sign-in reads."""

from tortoise import fields

from api.models.base import Row


class Authority(Row):
    """One row. Triggers (api/authority.py) count `number` up in each transaction that changes who may do what.

    `changed_in` is PostgreSQL's number of the last such transaction, which counts once.
    """

    number = fields.BigIntField()
    changed_in = fields.BigIntField(default=0, db_default=0)

    class Meta:
        table = "authority"
