"""One operation by POST or GET: who asks, what it costs, its execution within its time, and the answer's bytes."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from strawberry.http import GraphQLRequestData
from strawberry.schema import Schema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api.context import Context
from api.http.authentication import Gate
from api.http.budgets import Budgets, Cost, account_of
from api.http.charging import charge, told_cost
from api.http.connections import address_of
from api.http.documents import unknown_operation
from api.http.faults import Audience, shown
from api.http.idempotency import REPLAYED, executed_once, idempotency_key
from api.http.negotiation import GRAPHQL_JSON, JSON, response_type
from api.http.operation import read_operation
from api.http.refusals import Code, Refusal, json_response
from api.http.trusted import TrustedDocuments
from api.http.turns import Turns
from api.jobs import wake
from api.plan.confirming import Unconfirmed
from api.plan.viewer import Viewer
from api.queries.number_tries import NumberTries
from api.settings import Settings

_EXECUTED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}


class Execution:
    """Executes operations for whoever asks.

    Who signed in before is not read again where all that is asked compiles: those statements themselves confirm what
    was remembered. Whatever else is asked begins with a sign-in.
    """

    def __init__(
        self, schema: Schema, settings: Settings, gate: Gate, documents: TrustedDocuments, budgets: Budgets
    ) -> None:
        """Take the schema with its documents, the gate and the budgets."""
        self.schema = schema
        self.settings = settings
        self.gate = gate
        self.documents = documents
        self.budgets = budgets
        self.tries = NumberTries()
        self.turns = Turns()

    async def respond(self, request: Request, asked: GraphQLRequestData | None = None) -> Response:
        """Return the answer to a request, whose operation may have been read already.

        Raises:
            Refusal: nothing was executed, or it took too long.
        """
        viewer = self.gate.remembered(request)
        if viewer is not None:
            asked = asked or await read_operation(request, self.settings.body_bytes, self.documents)
            if (answer := await self._confirmed(request, viewer, asked)) is not None:
                return answer
        viewer = await self.gate.viewer(request)
        request.state.language = viewer.principal.language
        asked = asked or await read_operation(request, self.settings.body_bytes, self.documents)
        async with self._turn(request, viewer):
            return await self._signed_in(request, viewer, asked)

    async def _confirmed(self, request: Request, viewer: Viewer, asked: GraphQLRequestData) -> Response | None:
        """Return an answer that confirmed who asks; None when there is none without a sign-in."""
        text, given = asked.query or "", asked.variables or {}
        if not self.documents.knows(text):
            return None
        direct = self.documents.direct(text, asked.operation_name, given)
        if direct is None:
            return None
        request.state.language = viewer.principal.language
        async with self._turn(request, viewer):
            request.state.cost = await self._charged(request, viewer, asked)
            context = self._context(request, viewer, text)
            try:
                async with asyncio.timeout(self.settings.graphql_seconds):
                    result = await direct.execute(given, context)
            except Unconfirmed:
                return None
            except TimeoutError:
                raise self._too_long() from None
        assert viewer.confirming is not None
        return self._written(request, viewer, result) if result is not None and viewer.confirming.done else None

    async def _signed_in(self, request: Request, viewer: Viewer, asked: GraphQLRequestData) -> Response:
        text, given = asked.query or "", asked.variables or {}
        if not hasattr(request.state, "cost"):
            request.state.cost = await self._charged(request, viewer, asked)
        context = self._context(request, viewer, text)
        writes = self.documents.is_mutation(text, asked.operation_name)
        key = idempotency_key(request) if writes and request.method == "POST" else None

        async def execute() -> ExecutionResult:
            direct = self.documents.direct(text, asked.operation_name, given)
            if direct and (done := await direct.execute(given, context)):
                return done
            return await self.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=_EXECUTED[request.method],
            )

        replayed = False
        try:
            async with asyncio.timeout(self.settings.graphql_seconds):
                if key is None:
                    result = await execute()
                else:
                    result, replayed = await executed_once(key, context, asked, execute)
        except TimeoutError:
            raise self._too_long() from None
        except CannotGetOperationTypeError:
            return self._written(request, viewer, ExecutionResult(data=None, errors=[unknown_operation()]))
        except InvalidOperationTypeError as fault:
            raise _not_allowed(fault.operation_type) from None
        if writes:
            wake()
        return self._written(request, viewer, result, {REPLAYED: "true"} if replayed else {})

    def _turn(self, request: Request, viewer: Viewer) -> AbstractAsyncContextManager[None]:
        return self.turns.turn(account_of(viewer.principal, address_of(request)))

    async def _charged(self, request: Request, viewer: Viewer, asked: GraphQLRequestData) -> Cost | None:
        return await charge(self.budgets, self.documents, viewer.principal, address_of(request), asked)

    def _context(self, request: Request, viewer: Viewer, text: str) -> Context:
        selections = self.documents.prepare(text).selections
        return Context(viewer, address=address_of(request), tries=self.tries, selections=selections)

    def _written(
        self, request: Request, viewer: Viewer, result: ExecutionResult, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Write the answer; where nothing was executed it has no data, and the newer media type tells by its status."""
        audience = Audience(viewer.principal.language, self.settings.production)
        errors: list[object] = [shown(error, audience) for error in result.errors or ()]
        executed = result.data is not None or any(error.path is not None for error in result.errors or ())
        told: dict[str, Any] = {"data": result.data} if executed else {}
        if errors or not executed:
            told["errors"] = errors
        if (cost := told_cost(request)) is not None:
            told["extensions"] = {"cost": cost}
        media_type = response_type(request.headers.get("accept")) or JSON
        refused = media_type == GRAPHQL_JSON and not executed
        spent: Cost | None = request.state.cost
        return json_response(
            told, 400 if refused else 200, media_type, {**(spent.headers() if spent else {}), **(headers or {})}
        )

    def _too_long(self) -> Refusal:
        seconds = self.settings.graphql_seconds
        return Refusal(503, Code.TIMEOUT, f"执行超过 {seconds:g} 秒，已中止", f"Stopped after {seconds:g} s")


def _not_allowed(kind: OperationType) -> Refusal:
    if kind is OperationType.SUBSCRIPTION:
        return Refusal(400, Code.OPERATION_NOT_ALLOWED, "订阅不能用此方式请求", "Subscriptions are not served this way")
    return Refusal(405, Code.OPERATION_NOT_ALLOWED, "变更须用 POST", "Mutations need POST", {"Allow": "POST"})
