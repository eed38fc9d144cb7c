"""Needs."""

from api.plan.source import Source, ToOne, plain
from api.plan.sources.item import AFFAIR_SCOPE, affair_fields
from auth.permissions import Object

NEED = Source(
    name="Need",
    table="need",
    object=Object.NEED,
    columns=AFFAIR_SCOPE,
    fields=affair_fields("Need", Object.NEED_EXACT_PLACE)
    | {
        **plain("number"),
        "on_behalf": ToOne("OnBehalf", "t.id", target_column="t.need_id"),
    },
)
