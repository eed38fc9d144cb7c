"""Taxonomy, units of measure and target groups: reference data that everybody may read."""

from api.plan.source import Source, ToOne, local_text, plain
from auth.permissions import Object

CATEGORY = Source(
    name="Category",
    table="category",
    object=Object.CATEGORY,
    columns={},
    fields={
        **plain("code"),
        **local_text("label"),
        "parent": ToOne("Category", "t.parent_code", target_column="t.code"),
    },
)
UNIT_OF_MEASURE = Source(name="UnitOfMeasure", table="unit_of_measure", fields={**plain("code"), **local_text("label")})
TARGET_GROUP = Source(name="TargetGroup", table="target_group", fields={**plain("code"), **local_text("label")})
