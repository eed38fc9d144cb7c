"""Read the parts of a mapping file that say where single values come from."""

from collections.abc import Mapping

from api.commands.inputs import LONGEST_TEXT
from api.imports.cells import normal
from api.imports.mapping import (
    Fields,
    Filter,
    NumberForm,
    Otherwise,
    PlaceSource,
    PlaceStep,
    Recognition,
    Table,
    TableMatch,
    Test,
    Value,
)
from api.imports.raw_mapping import Node, given
from api.models.choices import PlaceKind

DATE_WORDS = ("iso", "year.month", "excel")
SOURCES = ("column", "template", "constant", "first")
VALUE_KEYS = (*SOURCES, "when", "part", "values", "match", "otherwise", "number", "date", "category", "shorten")


def read_value(node: Node) -> Value:
    """Read `{"column": …}`, `{"constant": …}`, `{"template": …}` or `{"first": [...]}`."""
    members = node.members(VALUE_KEYS)
    if sum(name in members for name in SOURCES) != 1:
        node.fault("column、constant、template、first 须写且只写一个", f"Give exactly one of {', '.join(SOURCES)}")
    constant = members.get("constant")
    if constant is not None and isinstance(constant.value, dict):
        constant.fault("须为单个值或列表", "Must be a single value or a list")
    return Value(
        columns=given(members, "column", Node.texts) or (),
        template=given(members, "template", Node.text),
        constant=None if constant is None else constant.value,
        first=given(members, "first", lambda each: tuple(read_value(one) for one in each.items())) or (),
        when=given(members, "when", read_filters) or (),
        part=given(members, "part", _part),
        table=_table(members),
        number=given(members, "number", _number),
        dates=given(members, "date", _dates) or (),
        recognition=given(members, "category", _recognition),
        shorten=given(members, "shorten", lambda each: each.count(LONGEST_TEXT)),
    )


def read_fields(node: Node, known: Mapping[str, str] | tuple[str, ...]) -> Fields:
    """Read an object of field → value."""
    return {name: read_value(each) for name, each in node.members(known).items()}


def read_filters(node: Node) -> tuple[Filter, ...]:
    """Read questions about cells: `{"column": …, "empty": true}`, `"in": [..]`, `"contains": [..]`."""
    return tuple(_filter(each) for each in node.items())


def read_place(node: Node) -> PlaceSource:
    """Read `{"code": value}` or `{"under": code, "names": [{"name": value, "kind", "create"}]}`."""
    members = node.members(("code", "under", "names"))
    if ("code" in members) == ("under" in members):
        node.fault("code 与 under 须写且只写一个", "Give either code or under")
    steps = given(members, "names", lambda each: tuple(_step(one) for one in each.items()))
    return PlaceSource(given(members, "code", read_value), given(members, "under", Node.text), steps or ())


def _step(node: Node) -> PlaceStep:
    members = node.members(("name", "kind", "create"))
    if "name" not in members:
        node.fault("缺少 name", "name is missing")
        return PlaceStep(Value())
    kind = given(members, "kind", lambda each: each.choice(PlaceKind))
    create = bool(given(members, "create", Node.flag))
    if create and kind is None:
        node.fault("要新建地点须写 kind", "To create a place its kind is needed")
    return PlaceStep(read_value(members["name"]), kind, create)


def _filter(node: Node) -> Filter:
    members = node.members(("column", *Test, "not"))
    asked = [test for test in Test if test in members]
    if len(asked) != 1 or "column" not in members:
        node.fault("须写 column 和一个判断", f"Give column and one of {', '.join(Test)}")
        return Filter("", Test.EMPTY)
    test = asked[0]
    values: tuple[str, ...] = ()
    negated = bool(given(members, "not", Node.flag))
    if test is Test.EMPTY:
        negated = negated != (not members[test].flag())
    else:
        values = members[test].texts()
    return Filter(members["column"].text(), test, frozenset(map(normal, values)), negated)


def _table(members: Mapping[str, Node]) -> Table | None:
    node = members.get("values")
    if node is None:
        for name in ("match", "otherwise"):
            if name in members:
                members[name].fault("没有 values 就不能写这一项", "Needs values")
        return None
    entries = {normal(name): each.value for name, each in node.entries().items()}
    match = given(members, "match", lambda each: each.choice(TableMatch)) or TableMatch.WHOLE
    otherwise = given(members, "otherwise", lambda each: each.choice(Otherwise))
    return Table(entries, match, otherwise or Otherwise.REFUSE)


def _part(node: Node) -> tuple[str, int]:
    members = node.members(("separator", "number"))
    if not {"separator", "number"} <= members.keys():
        node.fault("须写 separator 和 number", "Give separator and number")
        return "-", 1
    return members["separator"].text() or "-", members["number"].count(20)


def _number(node: Node) -> NumberForm:
    if node.value is True:
        return NumberForm()
    unknown = given(node.members(("unknown",)), "unknown", Node.texts) or ()
    return NumberForm(frozenset(map(normal, unknown)))


def _dates(node: Node) -> tuple[str, ...]:
    formats = node.texts()
    for each in formats:
        if each not in DATE_WORDS and "%" not in each:
            node.fault(f"不认识的日期格式 {each}", f"Unknown date format {each}")
    return formats


def _recognition(node: Node) -> Recognition:
    if node.value is True:
        return Recognition()
    members = node.members(("within", "fallback"))
    return Recognition(given(members, "within", Node.texts) or (), given(members, "fallback", Node.text))
