"""Asking a server over HTTP, as a client would."""

from dataclasses import dataclass
from typing import Any

import httpx

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


@dataclass
class Asking:
    """Sends requests to /graphql."""

    client: httpx.AsyncClient

    async def __call__(
        self,
        query: Any,
        variables: Any = None,
        *,
        accept: str | None = GRAPHQL_JSON,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Send a query the usual way."""
        body = {"query": query, **({"variables": variables} if variables is not None else {}), **more}
        sent = {"Accept": accept} if accept is not None else {}
        return await self.client.post("/graphql", json=body, headers={**sent, **(headers or {})})

    async def raw(self, body: Any, **headers: str) -> httpx.Response:
        """Send bytes as they are; header names may have underscores for hyphens."""
        sent = {"content_type": JSON, **headers}
        named = {name.replace("_", "-"): value for name, value in sent.items()}
        return await self.client.post("/graphql", content=body, headers=named)

    async def data(self, query: str, **more: Any) -> Any:
        """Return the data of an answer without errors."""
        answer = await self(query, **more)
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json()
        return answer.json()["data"]


def code(answer: httpx.Response) -> str:
    """Return the code of the only error."""
    (error,) = answer.json()["errors"]
    found: str = error["extensions"]["code"]
    return found
