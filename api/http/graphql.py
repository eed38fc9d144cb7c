"""The GraphQL endpoint: Strawberry's view with strict requests, limits, masked errors and negotiation."""

import asyncio
from collections.abc import AsyncGenerator
from copy import copy
from typing import Any

from cross_web import AsyncHTTPRequestAdapter, StarletteRequestAdapter
from graphql import OperationType as Kind
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema import Schema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api.context import Context
from api.http.authentication import Gate
from api.http.body import require_json
from api.http.budgets import HEADERS, Budgets, account_of
from api.http.charging import charge, require_any, told_cost
from api.http.connections import Connections, Seat, address_of
from api.http.documents import Documents, PreparedDocuments, unknown_operation
from api.http.event_stream import event_response, not_streamed, wants_events
from api.http.faults import Audience, shown
from api.http.graphiql import page, wants_page
from api.http.idempotency import REPLAYED, executed_once, idempotency_key
from api.http.negotiation import GRAPHQL_JSON, JSON, language, response_type
from api.http.operation import not_allowed, read_operation
from api.http.refusals import Code, Refusal, json_response, refusal_response
from api.http.streaming import Caller, Told, results
from api.http.turns import Turns
from api.http.websocket import Connection
from api.jobs import wake
from api.queries.number_tries import NumberTries
from api.settings import Settings

_EXECUTED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
_TOLD = (REPLAYED, *HEADERS)


class _OpenAdapter(StarletteRequestAdapter):
    """Strawberry's view of a request, with the request itself."""

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.request = request


class GraphQLView(GraphQL[Context, None]):
    """Answer GraphQL over HTTP, with this view's documents as an extension of its own copy of the schema."""

    request_adapter_class = _OpenAdapter

    def __init__(self, schema: Schema, settings: Settings, gate: Gate) -> None:
        """Take the schema, and the gate that says who is asking."""
        schema = copy(schema)  # Others execute the same schema without these documents.
        super().__init__(schema, graphql_ide=None, allow_queries_via_get=not settings.production)
        self.settings = settings
        self.gate = gate
        self.tries = NumberTries()
        self.connections = Connections(settings)
        self.budgets = Budgets(settings)
        self.turns = Turns()
        self.documents = Documents(schema, production=settings.production)
        schema.extensions = (*schema.extensions, lambda: PreparedDocuments(self.documents))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or speak over a WebSocket."""
        if scope["type"] == "websocket":
            await self._converse(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        # An event stream keeps its seat for as long as it is being sent.
        with self.connections.seat(address_of(request)) as seat:
            try:
                if not self.settings.production and wants_page(request):
                    response: Response = page()
                else:
                    self._check_head(request)
                    response = await (self._events(request, seat) if wants_events(request) else self.run(request))
            except Refusal as refusal:
                response = refusal_response(request, refusal)
            await response(scope, receive, send)

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return the answer's head: the media type that was negotiated."""
        return Response(media_type=response_type(request.headers.get("accept")) or JSON)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Return who asks, read afresh for this request."""
        viewer = await self.gate.viewer(request)
        request.state.language = viewer.principal.language
        return Context(viewer, address=address_of(request), tries=self.tries)

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Leave the page to `api.http.graphiql`."""
        return False

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """Return what is asked, read strictly."""
        assert isinstance(request, _OpenAdapter)
        # A body can be read only once.
        known: GraphQLRequestData | None = getattr(request.request.state, "operation", None)
        return known or await read_operation(request.request, self.settings.body_bytes)

    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """Execute one operation when it is its caller's turn."""
        async with self.turns.turn(account_of(context.viewer.principal, context.address)):
            return await self._execute_now(request, sub_response, context, request_data)

    async def _execute_now(
        self, request: Request, sub_response: Response, context: Context, request_data: GraphQLRequestData
    ) -> ExecutionResult:
        """Execute one operation within its time; under an idempotency key, once."""
        asker = context.viewer.principal
        cost = request.state.cost = await charge(self.budgets, self.documents, asker, context.address, request_data)
        if cost is not None:
            sub_response.headers.update(cost.headers())
        writes = self.documents.is_mutation(request_data.query or "", request_data.operation_name)
        context.selections = self.documents.prepare(request_data.query or "").selections
        key = idempotency_key(request) if writes and request.method == "POST" else None

        async def execute() -> ExecutionResult:
            given = request_data.variables or {}
            direct = self.documents.direct(request_data.query or "", request_data.operation_name, given)
            if direct and (done := await direct.execute(given, context)):
                return done
            return await self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=_EXECUTED[request.method],
            )

        try:
            async with asyncio.timeout(self.settings.graphql_seconds):
                if key is None:
                    result = await execute()
                else:
                    result, replayed = await executed_once(key, context, request_data, execute)
                    if replayed:
                        sub_response.headers[REPLAYED] = "true"
        except TimeoutError:
            seconds = self.settings.graphql_seconds
            raise Refusal(
                503, Code.TIMEOUT, f"执行超过 {seconds:g} 秒，已中止", f"Stopped after {seconds:g} s"
            ) from None
        except CannotGetOperationTypeError:
            return ExecutionResult(data=None, errors=[unknown_operation()])
        except InvalidOperationTypeError as fault:
            raise not_allowed(fault.operation_type) from None
        if writes:
            wake()
        return result

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return the answer; a request that was never executed has no data at all."""
        audience = self._audience(request)
        errors: list[object] = [shown(error, audience) for error in result.errors or ()]
        executed = result.data is not None or any(error.path is not None for error in result.errors or ())
        told: GraphQLHTTPResponse = {"data": result.data} if executed else {}
        if errors or not executed:
            told["errors"] = errors
        if (cost := told_cost(request)) is not None:
            told["extensions"] = {"cost": cost}
        return told

    def create_response(
        self,
        response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse],
        sub_response: Response,
    ) -> Response:
        """Write the answer; the newer media type tells by its status that nothing was executed."""
        media_type = sub_response.media_type or JSON
        refused = media_type == GRAPHQL_JSON and "data" not in response_data
        told = {name: sub_response.headers[name] for name in _TOLD if name in sub_response.headers}
        return json_response(response_data, 400 if refused else 200, media_type, told)

    def _check_head(self, request: Request) -> None:
        methods = ("POST",) if self.settings.production else ("GET", "POST")
        if request.method not in methods:
            raise Refusal(
                405, Code.METHOD_NOT_ALLOWED, f"只接受 {'、'.join(methods)}", f"Only {' and '.join(methods)}",
                {"Allow": ", ".join(methods)},
            )  # fmt: skip
        if response_type(request.headers.get("accept")) is None and not wants_events(request):
            raise Refusal(
                406, Code.NOT_ACCEPTABLE, f"可提供 {GRAPHQL_JSON} 或 {JSON}", f"On offer: {GRAPHQL_JSON}, {JSON}"
            )
        if request.method == "POST":
            require_json(request)

    async def _converse(self, socket: WebSocket) -> None:
        # A page of another site may not speak for whoever looks at it.
        if not self._check_websocket_origin(socket):
            await self.reject_websocket(socket)
            return

        def caller(of: WebSocket, header: str | None, spoken: str | None, request_id: str) -> Caller:
            return Caller.of(self.gate, of, header, spoken, request_id)

        with self.connections.seat(address_of(socket)) as seat:
            await Connection(socket, caller, self._results, self.settings.body_bytes, seat).run()

    async def _events(self, request: Request, seat: Seat) -> Response:
        asked = request.state.operation = await read_operation(request, self.settings.body_bytes)
        headers = request.headers
        spoken = language(headers.get("accept-language"))
        caller = Caller.of(self.gate, request, headers.get("authorization"), spoken, request.state.request_id)
        if not self.documents.knows(asked.query or ""):
            await require_any(self.budgets, (await caller.viewer()).principal, caller.address)
        kind = self.documents.kind(asked.query or "", asked.operation_name)
        if kind in (Kind.QUERY, Kind.MUTATION):
            if response_type(request.headers.get("accept")) is None:
                raise not_streamed()
            return await self.run(request)
        # A credential that is not accepted is refused by the status, and so is what is too much.
        principal = (await caller.viewer()).principal
        seat.known(principal)
        cost = await charge(self.budgets, self.documents, principal, caller.address, asked)
        response = event_response(self._results(caller, asked, paid=True))
        response.headers.update(cost.headers() if cost else {})
        return response

    def _results(self, caller: Caller, asked: GraphQLRequestData, *, paid: bool = False) -> AsyncGenerator[Told, None]:
        budgets = None if paid else self.budgets
        return results(self.schema, self.documents, caller, asked, budgets, production=self.settings.production)

    def _audience(self, request: Request) -> Audience:
        spoken = getattr(request.state, "language", None)
        return Audience(
            spoken or language(request.headers.get("accept-language")) or "zh",
            self.settings.production,
        )
