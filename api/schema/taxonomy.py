"""Categories, units of measure, target groups, kinds of party."""

from typing import Annotated

import strawberry

from api.models.choices import Family
from api.schema.base import Node, related, value


@strawberry.type(description="类别: a matter in the taxonomy tree")
class Category(Node):
    """Category."""

    code: str = value("Dotted code, e.g. life.haircut; everything below life begins with life.")
    label: str = value("Label in the caller's language")
    label_zh: str = value("Chinese label")
    label_en: str = value("English label")
    parent: Annotated["Category", strawberry.lazy("api.schema.taxonomy")] | None = related("Category above")


@strawberry.type(description="计量单位: unit of measure")
class UnitOfMeasure(Node):
    """Unit."""

    code: str = value("Code, e.g. m2")
    label: str = value("Label in the caller's language")
    label_zh: str = value("Chinese label")
    label_en: str = value("English label")


@strawberry.type(description="服务对象: group of people that something is for")
class TargetGroup(Node):
    """Target group."""

    code: str = value("Code, e.g. ELDERLY")
    label: str = value("Label in the caller's language")
    label_zh: str = value("Chinese label")
    label_en: str = value("English label")


@strawberry.type(description="Kind of party, e.g. 居委会")
class PartyKind(Node):
    """Kind of party."""

    code: str = value("Code, e.g. RESIDENTS_COMMITTEE")
    family: Family | None = value("Family it belongs to; null for mixed bodies such as 物管会")
    label: str = value("Label in the caller's language")
    label_zh: str = value("Chinese label")
    label_en: str = value("English label")
