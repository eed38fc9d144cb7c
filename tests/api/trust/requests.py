"""What is sent in search of markers: documents, readings of contacts, exports, kept answers, and what is malformed."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    get_named_type,
    parse,
    validate,
)

from api.exports.tables import TABLES
from tests.api.trust.personal import Prying
from tests.api.trust.planting import Marker

REVEAL = """mutation($id: ID!) { revealed: %s(id: $id, purpose: "试") {
  __typename ... on ContactReveal { name phone address } ... on UserError { code message path } } }"""
SECRET = """mutation($id: ID!) { webhookSecretRotate(id: $id) { __typename ... on UserError { code message path } } }"""
WRONG = (
    '{ node(id: "%s") { id } }', "{ needs(first: 1, filter: {within: %s}) { nodes { id } } }",
    '{ needReceipt(number: "%s") { number } }', '{ nodes(ids: ["%s", 1.5]) { id } }', "{ %s }",
    'mutation { contactReveal(id: "%s", purpose: "") { __typename ... on UserError { message } } }',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """One request; `fruitless` is one that must not find any row."""

    kind: str
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    fruitless: bool = False

    @property
    def text(self) -> str:
        """Return all that the caller says, which is no news to them."""
        return self.path + json.dumps(self.body, ensure_ascii=False)


def asked(text: str, variables: dict[str, Any] | None = None, kind: str = "document", **more: Any) -> Sent:
    return Sent(kind, "POST", "/graphql", {"query": text, "variables": variables or {}}, **more)


@dataclass(frozen=True, slots=True)
class Known:
    """What requests can name: identifiers of rows, and what others have kept with the server."""

    ids: list[str]
    lists: list[str]
    kept: list[Sent]


class Requests:
    """Makes one request after another by chance."""

    def __init__(self, schema: GraphQLSchema, chance: random.Random, known: Known, markers: list[Marker]) -> None:
        self.schema, self.chance, self.known, self.markers = schema, chance, known, markers
        self.prying = Prying(schema, chance, known.ids)
        self.roots = self.prying.root_fields()
        self.asked_roots: set[str] = set()
        self.filters = list(_filters(schema))

    def next(self) -> Sent:
        ways: list[Callable[[], Sent]] = [self.document] * 11 + [self.reveal] * 3 + [self.filtered] * 3
        return self.chance.choice([*ways, self.export, self.edition, self.kept, self.wrong])()

    def document(self) -> Sent:
        """Go through the root fields in turn, `node` and `nodes` more often."""
        while True:
            unasked = sorted(set(self.roots) - self.asked_roots)
            name = self.chance.choice(unasked or [*self.roots, *(["node", "nodes"] * 4)])
            question = self.prying.about([name])
            if not validate(self.schema, parse(question.text)):
                self.asked_roots.add(name)
                return asked(question.text, question.variables)

    def reveal(self) -> Sent:
        kinds = {"contactReveal": ("Person:", "Household:", "Organisation:"), "claimContactReveal": ("Claim:",)}
        name = self.chance.choice(("contactReveal", "contactReveal", "claimContactReveal", "webhookSecretRotate"))
        if name == "webhookSecretRotate":
            hooks = [each for each in self.known.ids if each.startswith("Webhook:")]
            return asked(SECRET, {"id": self.chance.choice(hooks)}, "rotation")
        ids = [each for each in self.known.ids if each.startswith(kinds[name])]
        return asked(REVEAL % name, {"id": self.chance.choice(ids)}, "reading of a contact")

    def filtered(self) -> Sent:
        """Look for a sealed text by a filter or argument that takes text: nothing may be found by it."""
        field_name, argument, key, single = self.chance.choice(self.filters)
        text = self.chance.choice(self.markers).text
        value = self.chance.choice((text, text[:3], text[3:-4]))
        given = {key: value if single else [value]} if key else value
        kind = str(self.schema.query_type.fields[field_name].args[argument].type)  # type: ignore[union-attr]  # there is one
        page = f"first: 5, {argument}: $given"
        text = f"query($given: {kind}) {{ {field_name}({page}) {{ nodes {{ __typename ... on Node {{ id }} }} }} }}"
        return asked(text, {"given": given}, "filter", fruitless=True)

    def export(self) -> Sent:
        name = self.chance.choice(sorted(TABLES))
        return Sent("export", "GET", f"/export/{name}.csv")

    def edition(self) -> Sent:
        form = self.chance.choice(("print", "text"))
        return Sent("edition", "GET", f"/lists/{self.chance.choice(self.known.lists)}/{form}")

    def kept(self) -> Sent:
        return self.chance.choice(self.known.kept)

    def wrong(self) -> Sent:
        marked = self.chance.choice(self.markers)
        row = self.chance.choice((f"{marked.model}:{marked.row['id']}", *self.chance.sample(self.known.ids, 2)))
        return asked(self.chance.choice(WRONG) % row, None, "malformed")


def _filters(schema: GraphQLSchema) -> list[tuple[str, str, str | None, bool]]:
    """Return root field, argument, key of its input object, and whether one text is wanted, wherever text can go."""
    assert schema.query_type is not None
    found: list[tuple[str, str, str | None, bool]] = []
    for name, declared in schema.query_type.fields.items():
        if "first" not in declared.args or "nodes" not in _fields(declared):
            continue
        for argument, given in declared.args.items():
            kind = get_named_type(given.type)
            if isinstance(kind, GraphQLInputObjectType):
                for key, each in kind.fields.items():
                    inner = get_named_type(each.type)
                    if not isinstance(inner, GraphQLInputObjectType | GraphQLEnumType) and inner.name in TEXTS:
                        found.append((name, argument, key, "[" not in str(each.type)))
            elif kind.name in TEXTS and argument not in ("after", "before"):
                found.append((name, argument, None, True))
    return found


TEXTS = {"String", "ID"}


def _fields(declared: GraphQLField) -> Any:
    return getattr(get_named_type(declared.type), "fields", {})
