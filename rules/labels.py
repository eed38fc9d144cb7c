"""What people read for the codes of the vocabulary, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CHOICE_LABELS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "NEED": ("需求", "need"),
        "PROJECT": ("项目", "project"),
        "GOODS": ("物资", "goods"),
        "SPACE": ("场地", "space"),
        "DEVICE": ("设备", "device"),
        "LABOUR": ("人力", "labour"),
        "MONEY": ("资金", "money"),
        "SERVICE": ("服务", "service"),
        "LOW": ("不急", "low"),
        "NORMAL": ("一般", "normal"),
        "HIGH": ("较急", "high"),
        "EMERGENCY": ("紧急", "emergency"),
        "RESIDENT": ("居民本人", "the resident"),
        "ON_BEHALF": ("代为提出", "on behalf of somebody"),
        "GRID_WORKER": ("网格员", "a grid worker"),
        "HOTLINE": ("热线", "the hotline"),
        "COMMITTEE": ("本家", "community committees"),
        "OWNERS": ("主家", "owners"),
        "PROPERTY_FIRM": ("物业(管家)", "property firm"),
        "UNITS": ("邻家", "organisations located here"),
        "EXPERTS": ("专家", "experts"),
        "RESOURCE": ("资源", "resource"),
        "SERVICE_ITEM": ("服务事项", "service item"),
        "REGISTRATION": ("报到", "registration"),
        "NEVER": ("不重复", "never"),
        "DAILY": ("每天", "daily"),
        "WEEKLY": ("每周", "weekly"),
        "MONTHLY": ("每月", "monthly"),
        "YEARLY": ("每年", "yearly"),
        "WITHIN_FEE": ("物业费内", "within the fee"),
        "FREE": ("免费", "free"),
        "LOW_PRICE": ("低偿", "low price"),
        "MARKET": ("市场价", "market price"),
        "PERSON": ("个人", "person"),
        "HOUSEHOLD": ("户", "household"),
        "ORGANISATION": ("单位", "organisation"),
        "COMMERCIAL": ("商品房", "commercial housing"),
        "OLD": ("老旧小区", "old estate"),
        "WORK_UNIT": ("单位大院", "work-unit estate"),
        "URBAN_VILLAGE": ("城中村", "urban village"),
        "BUNGALOW": ("平房区", "bungalows"),
        "VILLAGE": ("村", "village"),
        "MIXED": ("混合", "mixed"),
        "SAME": ("同一类", "same"),
        "DESCENDANT": ("下级类", "narrower"),
        "ANCESTOR": ("上级类", "wider"),
        "SYNONYM": ("同义类", "synonym"),
    }
)
"""Labels (zh, en) of every choice of the vocabulary. A code means the same everywhere."""

UNIT_LABELS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "CNY": (" 元", " CNY"),
        "person-hours": (" 人时", " person-hours"),
        "minutes": (" 分钟", " minutes"),
        "metres": (" 米", " metres"),
        "steps": (" 级", " steps"),
    }
)
"""Units (zh, en) as they stand behind a number. A share is shown in percent instead."""

UNKNOWN_LABEL: Final = ("未知", "unknown")
EVERYBODY_LABEL: Final = ("所有人", "everybody")
NONE_LABEL: Final = ("无", "none")
TRUTH_LABELS: Final[Mapping[bool, tuple[str, str]]] = MappingProxyType({True: ("是", "yes"), False: ("否", "no")})
