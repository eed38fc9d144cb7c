"""Run one subscription: who asks is asked anew at each piece of news, and errors are told as everywhere."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLError, OperationType
from starlette.requests import HTTPConnection
from strawberry.http import GraphQLRequestData
from strawberry.schema import BaseSchema
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType as Allowed

from api.context import Context
from api.errors import ErrorCode, Unauthenticated
from api.http.authentication import Gate
from api.http.budgets import Budgets
from api.http.charging import charge
from api.http.documents import Documents, coded, unknown_operation
from api.http.faults import Audience, shown
from api.http.refusals import Code, Refusal, error_of
from api.live.following import Live
from api.live.hub import Hub
from api.plan.viewer import Viewer
from api.runtime import Runtime

ENDING: Final = frozenset({ErrorCode.UNAUTHENTICATED, ErrorCode.TOO_SLOW})
"""Codes of errors that end a subscription."""


@dataclass(frozen=True, slots=True)
class Caller:
    """What a subscriber presented once, and is judged by anew each time."""

    gate: Gate
    runtime: Runtime
    hub: Hub
    header: str | None
    spoken: str | None
    request_id: str | None
    address: str = ""

    @classmethod
    def of(
        cls, gate: Gate, request: HTTPConnection, header: str | None, spoken: str | None, request_id: str
    ) -> "Caller":
        """Return the caller of a request."""
        state = request.app.state
        address = request.client.host if request.client else ""
        return cls(gate, state.runtime, state.hub, header, spoken, request_id, address)

    async def viewer(self) -> Viewer:
        """Return who it is now. Raise Refusal when the credentials are not accepted."""
        return await self.gate.viewer_of(self.runtime, self.header, self.spoken, self.request_id)

    async def renewed(self) -> Viewer:
        """Return who it is now, within a subscription that has begun.

        Raises:
            Unauthenticated: the credentials are no longer accepted.
        """
        try:
            return await self.viewer()
        except Refusal as refusal:
            raise Unauthenticated(refusal.zh, refusal.en) from None


@dataclass(frozen=True, slots=True)
class Told:
    """One result: `refused` was never executed; `last` ends the subscription with that code."""

    payload: dict[str, Any]
    refused: bool = False
    last: str | None = None


async def results(
    schema: BaseSchema,
    documents: Documents,
    caller: Caller,
    asked: GraphQLRequestData,
    budgets: Budgets | None,
    *,
    production: bool,
) -> AsyncGenerator[Told, None]:
    """Yield the results of a subscription until it ends; anything else is refused, as is what costs too much.

    Without `budgets` it has been paid for.
    """
    viewer = await caller.viewer()
    audience = Audience(viewer.principal.language, production)
    if budgets is not None:
        try:
            await charge(budgets, documents, viewer.principal, caller.address, asked)
        except Refusal as refusal:
            yield Told({"errors": [error_of(refusal, viewer.principal.language)]}, refused=True)
            return
    if refused := _refused(documents, asked):
        yield Told({"errors": [shown(error, audience) for error in refused]}, refused=True)
        return
    context = Context(viewer, live=Live(caller.hub, caller.renewed))
    stream: Any = await schema.stream(
        asked.query,
        variable_values=asked.variables,
        context_value=context,
        operation_name=asked.operation_name,
        allowed_operation_types=(Allowed.SUBSCRIPTION,),
    )
    async with aclosing(stream):
        async for result in stream:
            yield _told(result, audience)


def _told(result: Any, audience: Audience) -> Told:
    errors = [shown(error, audience) for error in result.errors or ()]
    if isinstance(result, PreExecutionError):
        return Told({"errors": errors}, refused=True)
    payload: dict[str, Any] = {"data": result.data}
    if errors:
        payload["errors"] = errors
    return Told(payload, last=_ending(errors))


def _refused(documents: Documents, asked: GraphQLRequestData) -> Sequence[GraphQLError]:
    """Return why the request is no subscription; nothing when it is one, be it valid or not."""
    prepared = documents.prepare(asked.query or "")
    if prepared.document is None:
        return prepared.errors
    kind = documents.kind(asked.query or "", asked.operation_name)
    if kind is None:
        return (unknown_operation(),)
    if kind is OperationType.SUBSCRIPTION:
        return ()
    message = "Only subscriptions are served this way; send queries and mutations by POST"
    return (coded(GraphQLError(message), Code.OPERATION_NOT_ALLOWED),)


def _ending(errors: list[dict[str, Any]]) -> str | None:
    codes = [str(error.get("extensions", {}).get("code")) for error in errors]
    return next((code for code in codes if code in ENDING), None)


def request_of(payload: Any) -> GraphQLRequestData | None:
    """Return the request in a subscribe message, or None when it is not one."""
    if not isinstance(payload, Mapping):
        return None
    query, variables, name = payload.get("query"), payload.get("variables"), payload.get("operationName")
    if not isinstance(query, str) or not query:
        return None
    if not isinstance(variables, dict | None) or not isinstance(name, str | None):
        return None
    return GraphQLRequestData(query=query, variables=variables, operation_name=name, extensions=None)
