"""Every table that can be exported, column by column. A new column is a line here."""

from typing import Any, Final

from api.exports.table import Column, Table, Words, first, identifier, joined, unit, value, word, yes_no
from api.models.choices import ListKind
from api.plan.source import Row

_OWNERS: Final = ("ownerOrganisation", "ownerHousehold", "ownerPerson")
_TIMES: Final = (
    value("录入时间", "createdAt", "createdAt"),
    value("更新时间", "updatedAt", "updatedAt"),
    value("版本", "version", "version"),
    identifier(),
)
_WHERE: Final = (value("地点", "place", "place.name"), value("社区", "community", "community.name"))
_KIND: Final = (
    value("类别", "category", "category.label"),
    value("类别代码", "categoryCode", "category.code"),
)
# Masked for everybody, as everywhere.
_CONTACT: Final = (
    first("联系人", "contact", *(f"{owner}.contact.name" for owner in _OWNERS)),
    first("联系电话", "phone", *(f"{owner}.contact.phone" for owner in _OWNERS)),
)
_OFFER: Final = (
    value("数量", "quantity", "quantity"),
    unit("计量单位", "unit", "unit"),
    word("收费", "priceClass", "priceClass", "price_class"),
    value("价格(元)", "price", "price"),
    value("计价单位", "priceUnit", "priceUnit"),
)


def _line(row: Row, words: Words) -> str:
    category: Any = next((each for each in row.related.values() if each is not None), None)
    quantity, code = row.values["quantity"], row.values["unit"]
    amount = "" if quantity is None else f" {quantity:g} {words.units.get(code, code or '')}"
    return f"{category.values['label'] if category else ''}{amount}".strip()


_LINES: Final = joined("需要什么", "lines", "lines { quantity unit category { label } }", _line, "lines")


def _item(name: str) -> tuple[Column, ...]:
    return (
        value("标题", "title", "title"),
        word("状态", "status", "status", f"{name}_status"),
        *_KIND,
        *_WHERE,
        word("家", "family", "family", "family"),
        value("单位名称", "organisation", "ownerOrganisation.name"),
    )


_ITEM_END: Final = (
    value("说明", "text", "text"),
    value("开始日期", "validFrom", "validFrom"),
    value("结束日期", "validTo", "validTo"),
    word("可见范围", "visibility", "visibility", "visibility"),
    word("来源", "source", "source", "source"),
    value("发布时间", "publishedAt", "publishedAt"),
    *_TIMES,
)
_AFFAIR: Final = (
    word("紧急程度", "urgency", "urgency", "urgency"),
    _LINES,
    value("估算费用(元)", "estimatedCost", "estimates.cost"),
    value("估算工时", "estimatedEffort", "estimates.effort"),
    value("涉及单位", "concerns", "concerns.name"),
    value("办理单位", "assignedOrganisation", "assignedOrganisation.name"),
    value("状态说明", "statusReason", "statusReason"),
)
_LIST_KINDS: Final = {ListKind.RESOURCE: "资源", ListKind.NEED: "需求", ListKind.PROJECT: "项目"}


def _lists(kind: ListKind) -> Table:
    source = f"{kind.capitalize()}List"
    columns = (
        value("编号", "number", "number"),
        value("题目", "title", "title"),
        word("状态", "status", "status", "list_status"),
        *_WHERE,
        word("家", "family", "family", "family"),
        value("单位名称", "organisation", "ownerOrganisation.name"),
        value("期间起", "periodFrom", "periodFrom"),
        value("期间止", "periodTo", "periodTo"),
        value("交来日期", "submittedOn", "submittedOn"),
        value("发布日期", "publishedOn", "publishedOn"),
        value("状态说明", "statusReason", "statusReason"),
        word("可见范围", "visibility", "visibility", "visibility"),
        *_TIMES,
    )
    return Table(f"{kind.lower()}Lists", f"{_LIST_KINDS[kind]}清单", source, columns)


def _missing(kind: str, words: Words) -> str:
    return kind if words.language == "en" else f"{_LIST_KINDS[ListKind(kind)]}清单"


NEEDS = Table(
    "needs", "需求", "Need",
    (value("编号", "number", "number"), *_item("need"), *_AFFAIR, *_CONTACT, *_ITEM_END),
)  # fmt: skip
RESOURCES = Table("resources", "资源", "Resource", (*_item("resource"), *_OFFER, *_CONTACT, *_ITEM_END))
PROJECTS = Table("projects", "项目", "Project", (*_item("project"), *_AFFAIR, *_ITEM_END))
SERVICE_ITEMS = Table(
    "serviceItems", "服务事项", "ServiceItem",
    (
        value("标题", "title", "resource.title"),
        word("状态", "status", "status", "service_item_status"),
        value("类别", "category", "resource.category.label"),
        value("类别代码", "categoryCode", "resource.category.code"),
        value("地点", "place", "resource.place.name"),
        value("单位名称", "organisation", "organisation.name"),
        value("价格(元)", "price", "resource.price"),
        value("计价单位", "priceUnit", "resource.priceUnit"),
        value("响应分钟", "responseMinutes", "resource.responseMinutes"),
        yes_no("上门", "atHome", "resource.atHome"),
        value("标准", "standard", "standard"),
        value("标准来源", "standardSource", "standardSource"),
        *_TIMES,
    ),
)  # fmt: skip
MATCHES = Table(
    "matches", "匹配", "Match",
    (
        value("匹配分", "score", "score"),
        word("状态", "status", "status", "match_status"),
        first("需求或项目", "demand", "need.title", "project.title"),
        value("需求编号", "needNumber", "need.number"),
        value("资源", "resource", "resource.title"),
        value("提供单位", "organisation", "resource.ownerOrganisation.name"),
        value("理由", "because", "reason.because"),
        value("规则", "rule", "reason.ruleTitle"),
        value("决定时间", "decidedAt", "decidedAt"),
        identifier(),
    ),
)  # fmt: skip
CLAIMS = Table(
    "claims", "认领", "Claim",
    (
        first("需求或项目", "demand", "need.title", "project.title"),
        value("需求编号", "needNumber", "need.number"),
        word("状态", "status", "status", "claim_status"),
        value("社区", "community", "community.name"),
        value("认领单位", "organisation", "organisation.name"),
        value("志愿队", "team", "team.name"),
        joined("认领什么", "lines", "lines { quantity unit category { label } }", _line, "lines"),
        value("协议编号", "agreement", "agreement.number"),
        value("打算哪天办", "plannedOn", "plannedOn"),
        value("最晚", "dueAt", "dueAt"),
        value("接受时间", "acceptedAt", "acceptedAt"),
        value("办完时间", "completedAt", "completedAt"),
        value("状态说明", "statusReason", "statusReason"),
        *_TIMES,
    ),
)  # fmt: skip
AGREEMENTS = Table(
    "agreements", "共驻共建协议", "Agreement",
    (
        value("编号", "number", "number"),
        value("题目", "title", "title"),
        word("状态", "status", "status", "agreement_status"),
        *_WHERE,
        value("社区一方", "committee", "committee.name"),
        value("单位一方", "unit", "unit.name"),
        value("起", "validFrom", "validFrom"),
        value("止", "validTo", "validTo"),
        joined("承诺", "promises", "promises { quantity unit category { label } }", _line, "promises"),
        value("生效日", "inForceOn", "inForceOn"),
        value("终止日", "endedOn", "endedOn"),
        value("状态说明", "statusReason", "statusReason"),
        *_TIMES,
    ),
)  # fmt: skip
ORGANISATIONS = Table(
    "organisations", "单位", "Organisation",
    (
        value("名称", "name", "name"),
        word("家", "family", "family", "family"),
        value("类别", "kind", "kind.label"),
        value("地点", "place", "place.name"),
        word("状态", "status", "status", "organisation_status"),
        value("联系人", "contact", "contact.name"),
        value("联系电话", "phone", "contact.phone"),
        *_TIMES,
    ),
)  # fmt: skip
INVITATIONS = Table(
    "collectionInvitations", "征集对象", "CollectionInvitation",
    (
        value("征集", "round", "round.title"),
        value("截止日", "dueOn", "round.dueOn"),
        value("单位名称", "organisation", "organisation.name"),
        value("户", "household", "household.contact.name"),
        value("户所在地点", "householdPlace", "household.place.name"),
        yes_no("已交", "answered", "answered"),
        joined("还缺", "missing", "missing", _missing, "missing"),
        value("邀请时间", "createdAt", "createdAt"),
        identifier(),
    ),
)  # fmt: skip
TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        NEEDS, RESOURCES, PROJECTS, SERVICE_ITEMS, *map(_lists, ListKind), MATCHES, CLAIMS, AGREEMENTS,
        ORGANISATIONS, INVITATIONS,
    )
}  # fmt: skip
