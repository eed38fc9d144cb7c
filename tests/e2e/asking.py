"""One client of the server, as somebody: asks, and looks at what came back."""

from dataclasses import dataclass, field
from typing import Any

import httpx

ERROR = "... on UserError { code message path }"
FORBIDDEN = "... on ForbiddenError { ruleId }"
STALE = "... on StaleVersionError { currentVersion conflicts { field current sent } }"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person or program with a token, or nobody; `language` goes into Accept-Language."""

    http: httpx.Client
    token: str | None = field(default=None, repr=False)
    language: str = "zh"

    def headers(self) -> dict[str, str]:
        """Return the headers of a request."""
        signed = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**signed, "Accept-Language": self.language}

    def speaking(self, language: str) -> "Somebody":
        """Return the same somebody in another language."""
        return Somebody(self.http, self.token, language)

    def post(self, query: str, variables: Any = None, **headers: str) -> httpx.Response:
        """Send one operation."""
        body = {"query": query, "variables": variables or {}}
        return self.http.post("/graphql", json=body, headers={**self.headers(), **headers})

    def errors(self, query: str, variables: Any = None) -> list[dict[str, Any]]:
        """Return the errors of an answer that must have some, and none of the server's own."""
        answer = self.post(query, variables)
        assert answer.status_code < 500, answer.text
        found: list[dict[str, Any]] = answer.json()["errors"]
        return found

    def code(self, query: str, variables: Any = None) -> str:
        """Return the code of the only error."""
        (error,) = self.errors(query, variables)
        return str(error["extensions"]["code"])

    def data(self, query: str, variables: Any = None) -> Any:
        """Return the data of an answer without errors."""
        answer = self.post(query, variables)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def one(self, query: str, variables: Any = None) -> Any:
        """Return the value of the only root field."""
        (found,) = self.data(query, variables).values()
        return found

    def pages(self, query: str, variables: Any = None) -> list[Any]:
        """Return all nodes of a root connection, page by page; `query` takes $after and names pageInfo."""
        nodes: list[Any] = []
        after = None
        while True:
            page = self.one(query, {**(variables or {}), "after": after})
            nodes += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return nodes
            after = page["pageInfo"]["endCursor"]


def refused(answer: Any, code: str) -> Any:
    """Return a mutation's error, having looked at its code."""
    assert answer.get("code") == code, answer
    assert answer["message"]
    return answer


def done(answer: Any, typename: str) -> Any:
    """Return a mutation's object."""
    assert answer["__typename"] == typename, answer
    return answer
