"""Calls that are right but for one value: every argument and input field of the schema, spoiled in every way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_required_input_field,
)

LONG = "长" * 33_000
CONTROL = "a\u0001\u200b\u202eb\x7f"
SURROGATE = "a\ud800b"
NUL = "a\0b"
HUGE = float("1e308")
WRONG: Mapping[str, tuple[Any, ...]] = {
    "ID": ("", "x", "Need:", "Need:-1", "Need:1", "Place:1", "Nonsense:1", "Need:" + "9" * 400, "Need:١", CONTROL, NUL,
           SURROGATE, LONG, 7, 1.5, {}),
    "String": (LONG, CONTROL, NUL, SURROGATE, 7, ["x"], {"a": 1}),
    "Int": (-1, -(2**31), 2**31, 10**400, 1.5, "1", float("nan"), float("inf")),
    "Float": (-1.0, -HUGE, HUGE, 10**400, "1", float("nan"), float("inf"), True),
    "Boolean": ("true", 1, "yes"),
    "Date": ("2026-02-30", "9999-12-31", "0001-01-01", "10000-01-01", "2026-1-1", "", "2026-01-01T00:00:00Z", 7, LONG),
    "DateTime": ("2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-01-01T25:00:00Z",
                 "", "now", "2026-13-01", 7, LONG, NUL),
    "JSON": ("{", "", NUL, SURROGATE, "[" * 50_000, LONG, 7, [], {"format": float("nan")}),
}  # fmt: skip
# Names of optional input fields without which a call would not be right.
ALSO = "also"
UNKNOWN_ENUM = ("NOPE", "", "needs", 1)


@dataclass(frozen=True, slots=True)
class Spoiled:
    """Variables of an operation in which the value at `place` is wrong."""

    place: tuple[str, ...]
    value: Any
    variables: dict[str, Any]

    def __str__(self) -> str:
        return f"{'.'.join(self.place)} = {str(self.value)[:40]!r}"


def operation(kind: str, name: str, field: GraphQLField) -> str:
    """Return the text of an operation that passes every argument as a variable."""
    declared = ", ".join(f"${argument}: {each.type}" for argument, each in field.args.items())
    passed = ", ".join(f"{argument}: ${argument}" for argument in field.args)
    chosen = "__typename ... on UserError { code message path }" if kind == "mutation" else "__typename"
    head, inner = (f"({declared})", f"({passed})") if field.args else ("", "")
    leaf = not hasattr(get_named_type(field.type), "fields") and not hasattr(get_named_type(field.type), "types")
    return f"{kind}{head} {{ {name}{inner}{'' if leaf else f' {{ {chosen} }}'} }}"


def right_variables(field: GraphQLField, right: Mapping[str, Any]) -> dict[str, Any]:
    """Return right variables: what is required, and the optional input fields named in `right[ALSO]`."""
    return {
        name: _right(argument.type, name, right)
        for name, argument in field.args.items()
        if isinstance(argument.type, GraphQLNonNull) or name in right
    }


def spoiled(field: GraphQLField, right: Mapping[str, Any]) -> Iterator[Spoiled]:
    """Yield calls with one wrong value each; `right` has right values by name of argument or input field."""
    base = right_variables(field, right)
    for name, argument in field.args.items():
        for place, value, whole in _wrong(argument.type, (name,), right, base.get(name)):
            yield Spoiled(place, value, {**base, name: whole})


def _right(kind: Any, name: str, right: Mapping[str, Any]) -> Any:
    if name in right:
        return right[name]
    if isinstance(kind, GraphQLNonNull):
        return _right(kind.of_type, name, right)
    if isinstance(kind, GraphQLList):
        return [_right(kind.of_type, name, right)]
    if isinstance(kind, GraphQLInputObjectType):
        return {
            inner: _right(each.type, inner, right)
            for inner, each in kind.fields.items()
            if is_required_input_field(each) or inner in right.get(ALSO, ())
        }
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    return {"String": "字", "Int": 1, "Float": 1.0, "Boolean": True, "Date": "2026-12-01", "JSON": {},
            "DateTime": "2026-12-01T08:00:00Z", "ID": "Place:1"}[kind.name]  # fmt: skip


def _wrong(kind: Any, place: tuple[str, ...], right: Mapping[str, Any], base: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield (place, wrong value, whole argument with it)."""
    if isinstance(kind, GraphQLNonNull):
        yield place, None, None
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        for inner, value, whole in _wrong(kind.of_type, place, right, None):
            yield inner, value, [whole]
    elif isinstance(kind, GraphQLInputObjectType):
        whole_base = base if isinstance(base, dict) else _right(kind, place[-1] + "?", right)
        for name, each in kind.fields.items():
            for inner, value, whole in _wrong(each.type, (*place, name), right, whole_base.get(name)):
                yield inner, value, {**whole_base, name: whole}
    else:
        values = UNKNOWN_ENUM if isinstance(kind, GraphQLEnumType) else WRONG[kind.name]
        for value in values:
            yield place, value, value
