"""The print page of a list's public edition: one A4 document, no script, no picture, no outside request."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from typing import Final

from api.exports.edition import Edition, EditionItem, written
from api.exports.labels import label
from api.exports.plain_text import COULD, NAMES
from api.state_machines.item_list import ListStatus

STYLE: Final = """
@page { size: A4; margin: 18mm 16mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 178mm; padding: 8mm 0; color: #111; background: #fff;
  font: 10.5pt/1.6 "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", SimSun, serif; }
h1 { margin: 0 0 2mm; text-align: center; font-size: 18pt; line-height: 1.35; letter-spacing: .04em; }
.kind { margin: 0 0 2mm; text-align: center; letter-spacing: .4em; text-indent: .4em; color: #444; }
.state { margin: 3mm auto; padding: 1mm 4mm; width: max-content; border: .5mm solid #b00; color: #b00; }
dl { display: flex; flex-wrap: wrap; gap: 1mm 7mm; justify-content: center; margin: 3mm 0 5mm; font-size: 9.5pt; }
dl div { display: flex; gap: 2mm; } dt { color: #555; } dd { margin: 0; }
table { width: 100%; table-layout: fixed; border-collapse: collapse; } thead { display: table-header-group; }
th, td { padding: 1.6mm 2mm; border: .25mm solid #666; vertical-align: top; text-align: left; overflow-wrap: anywhere; }
th { background: #f0f0f0; font-weight: bold; white-space: nowrap; } tr { break-inside: avoid; }
.n { width: 11mm; text-align: center; } .c { width: 24mm; } .q { width: 31mm; } .s { width: 18mm; } .o { width: 47mm; }
td ul { margin: 0; padding: 0; list-style: none; } td small { color: #444; }
.sign { display: flex; justify-content: flex-end; gap: 16mm; margin: 12mm 4mm 0; }
footer { margin-top: 8mm; padding-top: 2mm; border-top: .25mm solid #999; font-size: 8.5pt; color: #555; }
@media screen { body { padding: 12mm 6mm; } }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
WORDS: Final = {
    "zh": {
        "number": "编号", "published": "发布日期", "period": "期间", "place": "地点", "owner": "发布单位",
        "count": "条数",
        "n": "序号", "title": "事项", "category": "类别", "amount": "数量", "status": "状态", "none": "暂无",
        "seal": "(盖章)", "day": "年　　月　　日", "to": "至",
        "foot": "公开版:不含联系方式,也不写到楼门。想接单的单位和个人,请按编号和序号与社区联系。",
    },
    "en": {
        "number": "Number", "published": "Published", "period": "Period", "place": "Place", "owner": "Owner",
        "count": "Items", "n": "No.", "title": "Item", "category": "Category", "amount": "Quantity",
        "status": "State", "none": "none yet", "seal": "(seal)", "day": "Date:                ", "to": "to",
        "foot": "Public edition: no contacts, no place finer than the estate. To help, tell the community the numbers.",
    },
}  # fmt: skip


def print_page(edition: Edition) -> str:
    """Return the page; every text that people wrote is escaped."""
    words, language = WORDS[edition.language], "zh-CN" if edition.language == "zh" else "en"
    name = NAMES[edition.kind][edition.language]
    state = label("list_status", edition.status, edition.language)
    mark = "" if edition.status == ListStatus.PUBLISHED else f'<p class="state">{escape(state or "")}</p>'
    could = COULD[edition.kind][edition.language]
    columns = (("n", "n"), ("", "title"), ("c", "category"), ("q", "amount"), ("s", "status"))
    head = "".join(f'<th scope="col" class="{css}">{words[word]}</th>' for css, word in columns)
    rows = "".join(_row(number, item, edition) for number, item in enumerate(edition.items, 1))
    facts = "".join(
        f"<div><dt>{words[key]}</dt><dd>{escape(value)}</dd></div>" for key, value in _facts(edition, words)
    )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(edition.title)} {escape(edition.number)}</title><style>{STYLE}</style></head>\n<body>"
        f'<p class="kind">{name}</p><h1>{escape(edition.title)}</h1>{mark}<dl>{facts}</dl>\n'
        f'<table><thead><tr>{head}<th scope="col" class="o">{could[0].upper()}{could[1:]}</th></tr></thead>\n'
        f"<tbody>{rows}</tbody></table>\n"
        f'<p class="sign"><span>{words["seal"]}</span><span>{words["day"]}</span></p>'
        f"<footer>{words['foot']}</footer></body></html>\n"
    )


def _facts(edition: Edition, words: dict[str, str]) -> Iterable[tuple[str, str]]:
    yield "number", edition.number
    if edition.published_on is not None:
        yield "published", written(edition.published_on, edition.language)
    start, end = edition.period
    if start or end:
        yield "period", f" {words['to']} ".join(written(day, edition.language) if day else "…" for day in (start, end))
    if edition.place:
        yield "place", edition.place
    if edition.owner:
        yield "owner", edition.owner
    yield "count", str(len(edition.items))


def _row(number: int, item: EditionItem, edition: Edition) -> str:
    words = WORDS[edition.language]
    provider = f"<br><small>{escape(item.provider)}</small>" if item.provider and item.provider != edition.owner else ""
    others = "".join(f"<li>{escape(each)}</li>" for each in item.counterparts) or f"<li>{words['none']}</li>"
    wants = "<br>".join(escape(each) for each in item.wants) or "—"
    return (
        f'<tr><td class="n">{number}</td><td>{escape(item.title)}{provider}</td>'
        f"<td>{escape(item.category or '')}</td><td>{wants}</td><td>{escape(item.status or '')}</td>"
        f"<td><ul>{others}</ul></td></tr>\n"
    )


__all__ = ["CONTENT_SECURITY_POLICY", "print_page"]
