"""The typed words a rule may use (docs/rule-language.md, "The vocabulary").

Every field a rule can name stands here once, with its type, whether it can be
unknown, its choices, its unit, its two labels and the question of the form it
hangs under. Nothing else in ``rules/`` repeats this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rules.fields import FieldSpec, FieldType, Question

FAMILIES: Final = ("COMMITTEE", "OWNERS", "PROPERTY_FIRM", "UNITS", "EXPERTS")
PLACE_KINDS: Final = (
    "entrance",
    "building",
    "courtyard",
    "estate",
    "grid",
    "community",
    "subdistrict",
    "district",
    "city",
)
_PLACE_LABELS: Final = {
    "entrance": ("楼门", "entrance"),
    "building": ("楼栋", "building"),
    "courtyard": ("楼院", "courtyard"),
    "estate": ("小区", "estate"),
    "grid": ("网格", "grid"),
    "community": ("社区", "community"),
    "subdistrict": ("街道", "sub-district"),
    "district": ("区", "district"),
    "city": ("市", "city"),
}


def _field(
    path: str,
    type_: FieldType,
    question: Question,
    label_zh: str,
    label_en: str,
    *,
    nullable: bool = False,
    choices: tuple[str, ...] = (),
    ordered: bool = False,
    unit: str | None = None,
) -> FieldSpec:
    return FieldSpec(path, type_, nullable, choices, ordered, unit, label_zh, label_en, question)


_T = FieldType
_Q = Question
_LINE_KINDS: Final = ("GOODS", "SPACE", "DEVICE", "LABOUR", "MONEY", "SERVICE")
_SOURCES: Final = ("RESIDENT", "ON_BEHALF", "GRID_WORKER", "HOTLINE", "ORGANISATION")
_URGENCIES: Final = ("LOW", "NORMAL", "HIGH", "EMERGENCY")
_RECURRENCES: Final = ("NEVER", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PRICE_CLASSES: Final = ("WITHIN_FEE", "FREE", "LOW_PRICE", "MARKET")
_ESTATE_KINDS: Final = (
    "COMMERCIAL",
    "OLD",
    "WORK_UNIT",
    "URBAN_VILLAGE",
    "BUNGALOW",
    "VILLAGE",
    "MIXED",
)
KINSHIPS: Final = ("SAME", "DESCENDANT", "ANCESTOR", "SYNONYM")

_DEMAND = (
    _field("demand.kind", _T.CHOICE, _Q.WHAT, "需求或项目", "need or project", choices=("NEED", "PROJECT")),
    _field(
        "demand.lineKind", _T.CHOICE, _Q.WHAT, "所需种类", "kind of requirement", nullable=True, choices=_LINE_KINDS
    ),
    _field("demand.category", _T.CODE, _Q.WHAT, "需求类别", "category of the demand"),
    _field(
        "demand.quantity", _T.NUMBER, _Q.HOW_MANY, "需求数量", "quantity asked for", nullable=True, unit="demand.unit"
    ),
    _field("demand.unit", _T.TEXT, _Q.HOW_MANY, "需求计量单位", "unit asked for", nullable=True),
    _field("demand.targetGroups", _T.SET, _Q.FIRST, "需求面向人群", "whom it is for"),
    _field("demand.urgency", _T.CHOICE, _Q.FIRST, "紧急程度", "urgency", choices=_URGENCIES, ordered=True),
    _field("demand.estimatedCost", _T.NUMBER, _Q.WHAT, "估计费用", "estimated cost", nullable=True, unit="CNY"),
    _field(
        "demand.estimatedEffort", _T.NUMBER, _Q.WHAT, "估计工时", "estimated effort", nullable=True, unit="person-hours"
    ),
    _field("demand.source", _T.CHOICE, _Q.WHAT, "需求来源", "how it came in", choices=_SOURCES),
    _field(
        "demand.family",
        _T.CHOICE,
        _Q.FIRST,
        "提出方所属的家",
        "family of the asking side",
        nullable=True,
        choices=FAMILIES,
    ),
    _field("demand.skills", _T.SET, _Q.WHO, "所需技能", "skills needed"),
)

_RESOURCE = (
    _field(
        "resource.kind",
        _T.CHOICE,
        _Q.WHO,
        "资源或服务事项",
        "resource or service item",
        choices=("RESOURCE", "SERVICE_ITEM", "REGISTRATION"),
    ),
    _field("resource.category", _T.CODE, _Q.WHO, "资源类别", "category of the resource"),
    _field(
        "resource.quantity", _T.NUMBER, _Q.HOW_MANY, "供给数量", "quantity offered", nullable=True, unit="resource.unit"
    ),
    _field("resource.unit", _T.TEXT, _Q.HOW_MANY, "供给计量单位", "unit offered", nullable=True),
    _field("resource.targetGroups", _T.SET, _Q.FIRST, "资源面向人群", "for whom it is offered"),
    _field("resource.recurs", _T.CHOICE, _Q.WHEN, "重复周期", "repetition", choices=_RECURRENCES),
    _field(
        "resource.priceClass",
        _T.CHOICE,
        _Q.WHO,
        "收费类别",
        "price class",
        nullable=True,
        choices=_PRICE_CLASSES,
        ordered=True,
    ),
    _field("resource.price", _T.NUMBER, _Q.WHO, "价格", "price", nullable=True, unit="CNY"),
    _field("resource.responseMinutes", _T.NUMBER, _Q.WHEN, "响应时间", "response time", nullable=True, unit="minutes"),
    _field("resource.atHome", _T.BOOLEAN, _Q.WHERE, "能上门", "comes to the home", nullable=True),
    _field(
        "provider.type",
        _T.CHOICE,
        _Q.WHO,
        "提供方类型",
        "type of provider",
        choices=("PERSON", "HOUSEHOLD", "ORGANISATION"),
    ),
    _field(
        "provider.family",
        _T.CHOICE,
        _Q.WHO,
        "提供方所属的家",
        "family of the provider",
        nullable=True,
        choices=FAMILIES,
    ),
    _field(
        "provider.organisationKind", _T.TEXT, _Q.WHO, "提供单位的种类", "kind of providing organisation", nullable=True
    ),
    _field("provider.skills", _T.SET, _Q.WHO, "提供方的技能", "skills of the provider"),
    _field("provider.certificates", _T.SET, _Q.WHO, "提供方的证书", "certificates of the provider"),
)

_PLACE = (
    _field("place.estateKind", _T.CHOICE, _Q.WHERE, "小区类型", "kind of estate", nullable=True, choices=_ESTATE_KINDS),
    _field(
        "place.shareOver60",
        _T.NUMBER,
        _Q.WHERE,
        "六十岁以上占比",
        "share of people over 60",
        nullable=True,
        unit="share",
    ),
    _field("place.hasPropertyFirm", _T.BOOLEAN, _Q.WHERE, "有物业企业", "has a property firm", nullable=True),
)

_PAIR = (
    _field("pair.categoryKinship", _T.CHOICE, _Q.WHAT, "类别关系", "kinship of the categories", choices=KINSHIPS),
    _field("pair.categoryDistance", _T.NUMBER, _Q.WHAT, "类别距离", "distance of the categories", unit="steps"),
    *(
        _field(
            f"pair.same{kind.capitalize()}",
            _T.BOOLEAN,
            _Q.WHERE,
            f"在同一{_PLACE_LABELS[kind][0]}",
            f"in the same {_PLACE_LABELS[kind][1]}",
        )
        for kind in PLACE_KINDS
    ),
    _field("pair.adjacent", _T.BOOLEAN, _Q.WHERE, "在相邻社区", "in adjacent communities"),
    _field("pair.served", _T.BOOLEAN, _Q.WHERE, "在服务范围内", "within the service area"),
    _field("pair.metres", _T.NUMBER, _Q.WHERE, "相距米数", "distance in metres", nullable=True, unit="metres"),
    _field(
        "pair.overlapMinutes", _T.NUMBER, _Q.WHEN, "时间重合分钟数", "minutes of overlap", nullable=True, unit="minutes"
    ),
    _field("pair.targetGroupShared", _T.BOOLEAN, _Q.FIRST, "面向的人群相合", "target groups agree"),
    _field("pair.providerConcerned", _T.BOOLEAN, _Q.WHO, "需求说的就是提供方", "the need is about the provider"),
    _field("pair.providerPaired", _T.BOOLEAN, _Q.WHO, "提供方包联这里", "the provider is paired with the place"),
    _field("pair.providerRegistered", _T.BOOLEAN, _Q.WHO, "提供方在本社区报到", "the provider is registered here"),
    _field("pair.promised", _T.BOOLEAN, _Q.WHO, "协议承诺且有余量", "promised and not used up"),
    _field("pair.promisedLeft", _T.NUMBER, _Q.HOW_MANY, "承诺余量", "left of what is promised", nullable=True),
    _field("pair.providerFallback", _T.BOOLEAN, _Q.WHO, "提供方在这里托底", "the provider steps in here"),
    _field("pair.skillsMet", _T.BOOLEAN, _Q.WHO, "技能合适", "the provider has the skills"),
)

VOCABULARY: Final[Mapping[str, FieldSpec]] = MappingProxyType(
    {spec.path: spec for spec in (*_DEMAND, *_RESOURCE, *_PLACE, *_PAIR)}
)

DERIVED: Final[frozenset[str]] = frozenset(
    {
        "pair.adjacent",
        "pair.served",
        "pair.metres",
        "pair.overlapMinutes",
        "pair.targetGroupShared",
        "pair.providerConcerned",
        "pair.providerPaired",
        "pair.providerRegistered",
        "pair.providerFallback",
        "pair.promised",
        "pair.promisedLeft",
        "pair.skillsMet",
    }
)
"""Values that exist only for a pair: a rule that names one runs in pair mode."""

SAME_PLACE: Final[Mapping[str, str]] = MappingProxyType({f"pair.same{kind.capitalize()}": kind for kind in PLACE_KINDS})
"""The same-place booleans and the attribute of ``PlaceFacts`` each compares."""

TEXT_PLACEHOLDERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "demand.title": ("需求名称", "title of the demand"),
        "resource.title": ("资源名称", "title of the resource"),
        "provider.name": ("提供方名称", "name of the provider"),
    }
)
"""Texts that ``because`` may show, though no condition may use them."""

PRIVATE: Final = frozenset(
    {
        "demand.estimatedCost",
        "demand.estimatedEffort",
        "pair.sameEntrance",
        "pair.sameBuilding",
        "pair.sameCourtyard",
        "pair.providerPaired",
    }
)
"""What a reason may not tell everybody: estimates, places finer than the estate, who looks after whom."""
