"""Answers a document from plain rows: graphql-core walks it over the published schema, field by field."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema, execute_sync, parse

from tests.api.naive import dealings, items, register
from tests.api.naive.filters import admitted
from tests.api.naive.view import Row, Thing, View, best, newest, oldest

KINDS = register.KINDS | items.KINDS | dealings.KINDS
SCHEMA = Path(__file__).resolve().parents[3] / "schema.graphql"
# The root fields that are pages, with the kind of their rows.
ROOTS = {
    "needs": "Need", "resources": "Resource", "projects": "Project", "matches": "Match", "claims": "Claim",
    "places": "Place", "organisations": "Organisation", "needLists": "NeedList", "resourceLists": "ResourceList",
    "projectLists": "ProjectList", "agreements": "Agreement", "registrations": "Registration", "teams": "Team",
    "serviceItems": "ServiceItem",
}  # fmt: skip
# Kinds that `node` finds, by the type in an identifier.
FOUND = {name: name for name in KINDS if ":" not in name}
ORDERS: dict[str, Callable[[Row], Any]] = {"NEWEST": newest, "OLDEST": oldest, "BEST": best}


class NotCovered(Exception):
    """Plain Python does not know this field."""


@cache
def published() -> GraphQLSchema:
    """Return the schema as it is published, without any resolver."""
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


def covered(kind: str) -> frozenset[str]:
    """Return the fields of a type that plain Python knows; the parts of its kinds agree."""
    names = [frozenset(each.fields) for name, each in KINDS.items() if name.partition(":")[0] == kind]
    return (frozenset.intersection(*names) | {"id"}) if names else frozenset()


def root(view: View, name: str, asked: Mapping[str, Any]) -> Any:
    """Return what a root field leads to."""
    if name == "node":
        return found(view, asked["id"])
    if name == "nodes":
        return [found(view, each) for each in asked["ids"]]
    if name == "place":
        return next(iter(view.all("Place", lambda row: row["code"] == asked["code"])), None)
    things = [each for each in view.all(ROOTS[name]) if admitted(view, each, asked.get("filter"))]
    if name == "places":
        return view.page(things, asked, lambda row: row["path"])
    return view.page(things, asked, ORDERS[asked.get("orderBy", "NEWEST")])


def found(view: View, text: str) -> Thing | None:
    kind, _, key = text.partition(":")
    if kind not in FOUND:
        raise NotCovered(text)
    return view.one(kind, int(key))


def resolve(source: Any, info: GraphQLResolveInfo[Any], **asked: Any) -> Any:
    view: View = info.context
    if source is None:
        return root(view, info.field_name, asked)
    if isinstance(source, Thing):
        if info.field_name == "id":
            return source.id
        try:
            read = KINDS[source.kind].fields[info.field_name]
        except KeyError:
            raise NotCovered(f"{source.kind}.{info.field_name}") from None
        return read(view, source.row, asked)
    return source[info.field_name]


def answer(view: View, text: str, variables: Mapping[str, Any]) -> Any:
    """Return the data of a document that plain Python covers, which has no errors."""
    result: Any = execute_sync(
        published(), parse(text), context_value=view, variable_values=dict(variables), field_resolver=resolve,
        type_resolver=lambda thing, *_: thing.type,
    )  # fmt: skip
    if result.errors:
        raise result.errors[0]
    return result.data
