"""The columns of the form: their keys (the inputs of the commands), headings, and what else clerks call them."""

from dataclasses import dataclass
from typing import Final

from api.imports.cells import normal

SHEET: Final = "服务事项"
ID: Final = "id"
VERSION: Final = "version"
FAULT: Final = "fault"
STATUS: Final = "status"
PLACE: Final = "place"


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column; `choices` names the list of its drop-down, `strict` that nothing else may stand there."""

    key: str
    title: str
    width: int
    names: tuple[str, ...] = ()
    choices: str | None = None
    strict: bool = True
    hidden: bool = False


COLUMNS: Final = (
    FormColumn(ID, "编号", 24, hidden=True),
    FormColumn(VERSION, "版本", 6, hidden=True),
    FormColumn(FAULT, "错误", 44),
    FormColumn("title", "名称", 26, ("服务名称", "事项名称", "服务事项", "服务项目", "项目", "标题")),
    FormColumn("category", "类别", 16, ("服务类别", "分类", "类型"), choices="categories"),
    FormColumn(PLACE, "地点", 18, ("所在地点", "服务地点", "所在小区"), choices="places"),
    FormColumn("service_area", "服务小区", 26, ("服务范围", "服务区域", "覆盖小区"), choices="places", strict=False),
    FormColumn("price_class", "收费类别", 12, ("收费", "收费方式", "收费类型", "价格/类别"), choices="price_classes"),
    FormColumn("price", "价格(元)", 12, ("价格", "单价", "收费标准", "价格/金额", "价格/元", "金额")),
    FormColumn("price_unit", "计价单位", 10, ("价格单位", "价格/单位", "单位"), choices="units", strict=False),
    FormColumn("standard", "服务标准", 30, ("标准", "标准/内容")),
    FormColumn("standard_source", "标准来源", 22, ("标准依据", "依据", "来源", "标准/来源")),
    FormColumn("response_minutes", "响应时间(分钟)", 14, ("响应时间", "响应", "多久到", "响应时限")),
    FormColumn("windows", "服务时间", 30, ("时间", "时段", "营业时间", "开放时间")),
    FormColumn("at_home", "上门", 8, ("是否上门", "可否上门", "上门服务"), choices="yes_no"),
    FormColumn("valid_from", "开始日期", 12, ("起始日期", "起", "有效期/起", "有效期/开始")),
    FormColumn("valid_to", "结束日期", 12, ("截止日期", "止", "有效期/止", "有效期/结束")),
    FormColumn("text", "说明", 36, ("备注", "服务说明", "服务内容", "内容")),
    FormColumn("visibility", "谁能看", 12, ("可见范围", "公开范围"), choices="visibilities"),
    FormColumn(STATUS, "状态", 8, ("服务状态", "事项状态"), choices="statuses"),
)  # fmt: skip
BY_KEY: Final = {column.key: column for column in COLUMNS}
# What a row says; the others say which row it is and what is wrong with it.
SAID: Final = tuple(column for column in COLUMNS if column.key not in (ID, VERSION, FAULT))
REQUIRED: Final = ("title", "category")
_KNOWN: Final = {normal(name): column.key for column in COLUMNS for name in (column.title, *column.names)}


def known_column(name: str) -> str | None:
    """Return the key of a heading; of a merged one ("价格/金额") the whole counts first, then its last part."""
    return _KNOWN.get(normal(name)) or _KNOWN.get(normal(name.rpartition("/")[2]))


def title_of(key: str | None) -> str | None:
    """Return the heading of a column, or of the input that a command complains about."""
    column = BY_KEY.get(key or "")
    return column.title if column else None
