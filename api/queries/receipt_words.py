"""The words of a receipt: plain, short, to be read out by telephone or printed on a slip."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from api.identifiers import grouped_number
from api.queries.need_receipt import Receipt
from api.state_machines.need import NeedStatus as S

# A printer of 58 mm paper has 32 columns; a Chinese character takes two.
COLUMNS: Final = 32

LABELS: Final[Mapping[S, tuple[str, str]]] = {
    S.REQUESTED: ("点单(已登记)", "requested"),
    S.DELIBERATING: ("议单(正在商议)", "being deliberated"),
    S.DISPATCHED: ("派单(已交办)", "handed on"),
    S.IN_PROGRESS: ("办理中", "being done"),
    S.CLEARED: ("已清单(已办好)", "done"),
    S.EVALUATED: ("评单(已评价)", "done and judged"),
    S.WITHDRAWN: ("撤单(已撤回)", "withdrawn"),
    S.MERGED: ("并单(与同样的事合并)", "merged with another"),
    S.DEFERRED: ("暂不能办", "deferred"),
}
_NEXT: Final[Mapping[S, tuple[str, str]]] = {
    S.REQUESTED: (
        "社区看过以后,会请大家商议,或直接交人去办。",
        "The community will look at it, then deliberate or hand it on.",
    ),
    S.DELIBERATING: (
        "正在商量怎么办、谁来办,定了就交办。",
        "How and by whom is being talked over; then it is handed on.",
    ),
    S.DISPATCHED: ("已经请{holder}来办,等那边动手。", "{holder} has been asked and will begin."),
    S.IN_PROGRESS: (
        "{holder}正在办,办完请您看看满意不满意。",
        "{holder} is at it; you will be asked how it went.",
    ),
    S.CLEARED: (
        "已经办好。请您评一评;没办好,可以要求重办。",
        "Done. Say how it went; if it is not done, ask for it again.",
    ),
    S.EVALUATED: ("已经评过,这件事办结了。", "Judged; the matter is closed."),
    S.WITHDRAWN: ("已经撤回;还需要的话,请社区重新打开。", "Withdrawn; if it is still needed, ask to open it again."),
    S.MERGED: (
        "已和同样的事放在一起办,请向社区问那一件。",
        "Joined with the same matter; ask for that one.",
    ),
    S.DEFERRED: ("现在还办不了,到{review}再看一次。", "It cannot be done now; it is looked at again on {review}."),
}
_UNCONFIRMED: Final = (
    "社区会先向本人核实,核实以后再往下办。",
    "The community first makes sure with the person; then it goes on.",
)
_COMMUNITY: Final = ("社区", "the community")


def label(status: S, language: str) -> str:
    """Return the board's word of a state, and what it means."""
    return LABELS[status][language == "en"]


def holder(receipt: Receipt, language: str) -> str:
    """Return who has it: organisations, or the community; never a person."""
    names = receipt.organisations or (_COMMUNITY,)
    if language == "en":
        return ", ".join(en or zh for zh, en in names)
    return "、".join(zh for zh, _ in names)


def next_step(receipt: Receipt, language: str) -> str:
    """Return what comes next, in one sentence."""
    told = _NEXT[receipt.status] if receipt.confirmed else _UNCONFIRMED
    sentence = told[language == "en"]
    review = receipt.review_on.isoformat() if receipt.review_on else ""
    said = sentence.format(holder=holder(receipt, language), review=review)
    return said[:1].upper() + said[1:]


def spoken(receipt: Receipt, language: str) -> str:
    """Return what somebody says who reads the receipt out by telephone."""
    number, since = grouped_number(receipt.number), receipt.since
    if language == "en":
        return (
            f"Number {number}: {label(receipt.status, language)} since {since.isoformat()}, "
            f"with {holder(receipt, language)}. {next_step(receipt, language)}"
        )
    return (
        f"编号{number},{since.month}月{since.day}日起是{label(receipt.status, language)},"
        f"在{holder(receipt, language)}手里。{next_step(receipt, language)}"
    )


def slip(receipt: Receipt) -> str:
    """Return the receipt for a slip printer: Chinese, and what matters in English below."""
    lines = [
        "需求回执",
        f"编号 {grouped_number(receipt.number)}",
        f"状态 {label(receipt.status, 'zh')}",
        f"日期 {receipt.since.isoformat()}起",
        f"谁在办 {holder(receipt, 'zh')}",
        next_step(receipt, "zh"),
        "再问请报编号,不用报姓名。",
        "-" * COLUMNS,
        f"No. {grouped_number(receipt.number)}",
        f"{label(receipt.status, 'en')}, {receipt.since.isoformat()}",
        f"with {holder(receipt, 'en')}",
        "Ask by this number, no name.",
    ]
    return "\n".join(part for line in lines for part in _folded(line))


def _folded(line: str) -> Iterator[str]:
    part, width = "", 0
    for character in line:
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width + wide > COLUMNS:
            yield part
            part, width = "", 0
        part, width = part + character, width + wide
    yield part
