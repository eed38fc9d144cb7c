"""Words for states and kinds, as people read them in an edition or a table."""

from typing import Final

ZH: Final[dict[str, dict[str, str]]] = {
    "need_status": {
        "REQUESTED": "点单", "DELIBERATING": "议单", "DISPATCHED": "派单", "IN_PROGRESS": "办理中",
        "CLEARED": "已清单", "EVALUATED": "评单", "WITHDRAWN": "撤单", "MERGED": "并单", "DEFERRED": "暂不能办",
    },
    "resource_status": {"OFFERED": "可用", "PAUSED": "暂停", "EXHAUSTED": "已用完", "WITHDRAWN": "已收回"},
    "project_status": {
        "PROPOSED": "已提出", "PLANNED": "方案中", "IN_PROGRESS": "进行中", "COMPLETED": "完成",
        "SUSPENDED": "暂缓", "CANCELLED": "取消",
    },
    "service_item_status": {"LISTED": "可约", "PAUSED": "暂停", "RETIRED": "已停办"},
    "list_status": {
        "DRAFT": "草稿", "SUBMITTED": "已交", "RETURNED": "退回", "CONFIRMED": "已确认", "PUBLISHED": "已发布",
        "SUPERSEDED": "已被替代", "WITHDRAWN": "已撤回",
    },
    "match_status": {"SUGGESTED": "建议", "HELD_BACK": "超出上限", "DISMISSED": "不采用"},
    "claim_status": {
        "PROPOSED": "待答复", "ACCEPTED": "在办", "COMPLETED": "办完", "EVALUATED": "已评", "DECLINED": "未接受",
        "RELEASED": "退回", "EXPIRED": "到期",
    },
    "agreement_status": {
        "DRAFT": "草稿", "PROPOSED": "送签", "SIGNED": "双方已签待生效", "IN_FORCE": "生效", "FULFILLED": "履约完",
        "EXPIRED": "到期", "ENDED": "解除",
    },
    "organisation_status": {"ACTIVE": "参与", "SUSPENDED": "停用"},
    "family": {
        "COMMITTEE": "本家", "OWNERS": "主家", "PROPERTY_FIRM": "物业(管家)", "UNITS": "邻家", "EXPERTS": "专家",
    },
    "urgency": {"LOW": "不急", "NORMAL": "一般", "HIGH": "较急", "EMERGENCY": "紧急"},
    "price_class": {"WITHIN_FEE": "物业费内", "FREE": "免费", "LOW_PRICE": "低偿", "MARKET": "市场价"},
    "visibility": {"PUBLIC": "公开", "MEMBERS": "本社区", "ADMINISTRATORS": "管理方"},
    "source": {
        "RESIDENT": "居民", "ON_BEHALF": "代为提出", "GRID_WORKER": "网格员", "HOTLINE": "热线",
        "ORGANISATION": "单位",
    },
}  # fmt: skip


def label(kind: str, value: str | None, language: str) -> str | None:
    """Return the Chinese word of a value; in English the value itself, which is a word already."""
    if value is None or language == "en":
        return value
    return ZH[kind].get(value, value)
