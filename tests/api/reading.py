"""Ask the schema in process, as anybody, and count the SQL statements that the answer took."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from unittest.mock import patch

import strawberry
from graphql import GraphQLError, GraphQLObjectType, get_named_type

from api.context import Context
from api.errors import DomainError
from api.plan import answering
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.schema.root import build_schema
from auth.enforcement import Authoriser
from auth.policy import load_shipped
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.roles import Role

SYSTEM = Principal(PrincipalKind.PERSON, person_id=1, held=(HeldRole(Role.AUDITOR, ""),), actor="auditor")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: data, errors, and how many SQL statements it took."""

    data: Any
    errors: list[GraphQLError]
    statements: int

    @property
    def fault(self) -> DomainError:
        """Return the one error, which must be one that the caller can mend."""
        (error,) = self.errors
        assert isinstance(error.original_error, DomainError), error
        return error.original_error


@cache
def schema() -> strawberry.Schema:
    """Return the schema, built once a process."""
    return build_schema()


def _lists() -> dict[str, str]:
    query = schema()._schema.query_type
    assert query is not None
    pages = {name: get_named_type(field.type) for name, field in query.fields.items()}
    rows = {
        get_named_type(page.fields["nodes"].type).name: name
        for name, page in pages.items()
        if isinstance(page, GraphQLObjectType) and page.name.endswith("Connection")
    }
    # The feed, and the register's old rows, whatever their type: neither is a list of rows of one source.
    return {kind: name for kind, name in rows.items() if kind not in ("Change", "Node")}


# The type of the rows of each root field that is a connection: a new one is judged as soon as it is there.
LISTS = _lists()


@cache
def authoriser() -> Authoriser:
    """Return the shipped policy's authoriser."""
    return Authoriser(load_shipped())


def viewer(principal: Principal) -> Viewer:
    """Return a viewer whose reads need no runtime."""
    return Viewer(principal, authoriser(), cast("Runtime", None))


async def ask(query: str, principal: Principal = ANONYMOUS, **variables: Any) -> Answer:
    """Return the answer to a question, errors and all."""
    with counted() as statements:
        result = await schema().execute(query, variable_values=variables, context_value=Context(viewer(principal)))
    return Answer(result.data, list(result.errors or ()), len(statements))


async def answer(query: str, principal: Principal = ANONYMOUS, **variables: Any) -> Any:
    """Return the data of a question that must be answered without an error."""
    found = await ask(query, principal, **variables)
    assert not found.errors, found.errors
    return found.data


@contextmanager
def level_by_level() -> Iterator[None]:
    """Have everything answered by the level-by-level reader, as if nothing compiled."""
    with patch.object(answering, "_shape", lambda *_: None):
        yield


@contextmanager
def counted() -> Iterator[list[str]]:
    """Give a list that fills with the texts of all statements which run in the block."""
    texts: list[str] = []
    originals = Statement.fetch, Statement.fetch_rows

    async def fetch(self: Statement, text: str) -> list[dict[str, Any]]:
        texts.append(text)
        return await originals[0](self, text)

    async def fetch_rows(self: Statement, text: str) -> Any:
        texts.append(text)
        return await originals[1](self, text)

    Statement.fetch, Statement.fetch_rows = fetch, fetch_rows  # type: ignore[method-assign]  # counted; the real ones run
    try:
        yield texts
    finally:
        Statement.fetch, Statement.fetch_rows = originals  # type: ignore[method-assign]  # as they were


async def every_id(field: str, principal: Principal, arguments: str = "") -> list[str]:
    """Walk all pages of a root field and return the identifiers in their order."""
    found: list[str] = []
    after: str | None = None
    while True:
        text = f"query ($after: String) {{ p: {field}(first: 100, after: $after {arguments}) {{ {PAGE} }} }}"
        page = (await answer(text, principal, after=after))["p"]
        found += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


PAGE = "nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
