"""The taxonomy: category tree with labels, synonyms and kin, units of measure, target groups."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row
from api.models.fields import OrderedTextField


class Category(Row):
    """类别. `code` is a dotted path, so everything below "life" starts with "life."."""

    code = OrderedTextField(max_length=100, unique=True)
    parent_code = OrderedTextField(max_length=100, null=True)
    label_zh = fields.CharField(max_length=60)
    label_en = fields.CharField(max_length=120)

    class Meta:
        table = "category"
        indexes = (Index(fields=("parent_code",)),)


class CategorySynonym(Row):
    """Another word for a category, by which free text is recognised."""

    category_id: int
    category: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Category", related_name="synonyms", on_delete=fields.CASCADE
    )
    language = fields.CharField(max_length=2)
    text = fields.CharField(max_length=100)

    class Meta:
        table = "category_synonym"
        unique_together = (("language", "text"),)
        indexes = (Index(fields=("category_id",)),)


class CategoryKin(Row):
    """Two categories that mean nearly the same; the smaller code comes first."""

    code = OrderedTextField(max_length=100)
    kin_code = OrderedTextField(max_length=100)

    class Meta:
        table = "category_kin"
        unique_together = (("code", "kin_code"),)


class UnitOfMeasure(Row):
    """计量单位."""

    code = fields.CharField(max_length=20, unique=True)
    label_zh = fields.CharField(max_length=20)
    label_en = fields.CharField(max_length=40)

    class Meta:
        table = "unit_of_measure"


class TargetGroup(Row):
    """服务对象: for whom something is."""

    code = fields.CharField(max_length=40, unique=True)
    label_zh = fields.CharField(max_length=40)
    label_en = fields.CharField(max_length=80)

    class Meta:
        table = "target_group"
