"""The text of a rule draft: what is wrong with it, from its first brace to its examples."""

import json
import re
from typing import Any, Final, NoReturn

from api.errors import InvalidInput, LimitExceeded
from api.matching.taxonomy import Known
from rules.evaluator_facts import Value
from rules.examples import run_examples
from rules.language import Problem, RuleDocument, Severity, parse
from rules.problems import DocumentProblems, errors
from rules.validation import check

LONGEST: Final = 200_000
DEEPEST: Final = 60
"""Brackets within brackets; a sound document has about 25, and a parser's stack has an end."""
_KEY: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")


def storable(text: str) -> str:
    """Return the text as it is, if a database can hold it.

    Raises:
        LimitExceeded: more than 200,000 characters.
        InvalidInput: it holds a NUL or half a character, which no database stores.
    """
    if len(text) > LONGEST:
        raise LimitExceeded(f"规则最长 {LONGEST} 个字", f"At most {LONGEST} characters", ("document",))
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput("含有残缺字符", "Contains broken characters", ("document",))
    return text


def names_in(text: str) -> dict[str, str]:
    """Return a rule set's columns key, title_zh and title_en as far as a draft, right or wrong, tells them."""
    try:
        raw: Any = _loaded(text)
    except _Malformed:
        return {}
    if not isinstance(raw, dict):
        return {}
    found: dict[str, str] = {}
    key, titles = raw.get("id"), raw.get("title") or {}
    if isinstance(key, str) and _KEY.fullmatch(key):
        found["key"] = key
    for language in ("zh", "en"):
        words = titles.get(language) if isinstance(titles, dict) else None
        if isinstance(words, str) and words.strip() and words.isprintable():
            found[f"title_{language}"] = words.strip()[:100]
    return found


def problems_of(text: str, known: Known) -> tuple[list[Problem], RuleDocument | None]:
    """Return every problem of a draft, and its document when it has no error; examples are run."""
    try:
        raw = _loaded(text)
    except _Malformed as fault:
        return [fault.problem], None
    found = check(raw, known.taxonomy.parents.keys())
    if errors(found):
        return found, None
    try:
        document = parse(raw)
        results = run_examples(document, known.taxonomy)
    except DocumentProblems as fault:
        return list(fault.problems), None
    for place, result in zip(_places(document), results, strict=True):
        found += [problem for problem in result.problems if problem not in found]
        if not result.passed:
            found.append(_failed(place, result.expected))
    return found, None if errors(found) else document


def _places(document: RuleDocument) -> list[str]:
    return [
        f"rules[{at}].examples[{index}]"
        for at, rule in enumerate(document.rules)
        for index in range(len(rule.examples))
    ]


def _failed(place: str, expected: Value) -> Problem:
    answers = {True: ("成立", "holds"), False: ("不成立", "does not hold")}
    wanted, got = answers[bool(expected)], answers[not expected]
    return Problem(
        f"{place}.expect", "EXAMPLE_FAILED",
        f"例子应当{wanted[0]},规则却{got[0]}", f"The example should say {wanted[1]}; the rule {got[1]}",
    )  # fmt: skip


class _Malformed(Exception):
    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.problem = Problem("", code, zh, en, None, Severity.ERROR)


def _loaded(text: str) -> Any:
    _refuse_deep(text)
    try:
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_object)
    except json.JSONDecodeError as fault:
        raise _Malformed(
            "MALFORMED_JSON",
            f"第 {fault.lineno} 行第 {fault.colno} 列不是正确的 JSON",
            f"Not JSON at line {fault.lineno}, column {fault.colno}: {fault.msg}",
        ) from None
    except ValueError as fault:
        # Python refuses to read integers of more than 4,300 digits.
        raise _Malformed("MALFORMED_JSON", "有一个数字过长", "A number is too long") from fault


def _refuse_deep(text: str) -> None:
    depth, quoted, escaped = 0, False, False
    for at, character in enumerate(text):
        if quoted:
            quoted = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST:
                line = text.count("\n", 0, at) + 1
                raise _Malformed(
                    "TOO_DEEP",
                    f"第 {line} 行:括号嵌套超过 {DEEPEST} 层",
                    f"Line {line}: brackets are nested more than {DEEPEST} deep",
                )
        elif character in "]}":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    raise _Malformed("MALFORMED_JSON", f"“{name}”不是 JSON 的数字", f"{name} is no number of JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:40]
        raise _Malformed("DUPLICATE_KEY", f"“{twice}”写了两次", f"“{twice}” stands twice in one object")
    return found
