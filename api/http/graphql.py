"""The GraphQL endpoint: Strawberry's view with strict requests, limits, masked errors and negotiation."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from copy import copy
from typing import Any

from graphql import OperationType as Kind
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.schema import Schema

from api.context import Context
from api.http.authentication import Gate
from api.http.budgets import Budgets
from api.http.charging import charge, require_any
from api.http.connections import Connections, Seat, address_of
from api.http.documents import PreparedDocuments
from api.http.event_stream import event_response, not_streamed, wants_events
from api.http.execution import Execution
from api.http.graphiql import page, wants_page
from api.http.head import check_head
from api.http.negotiation import language, response_type
from api.http.operation import by_identifier, operation_of, read_operation
from api.http.refusals import Refusal, refusal_response
from api.http.revalidating import revalidated
from api.http.streaming import Caller, Told, results
from api.http.trusted import TrustedDocuments
from api.http.websocket import Connection
from api.settings import Settings


class GraphQLView(GraphQL[Context, None]):
    """Answer GraphQL over HTTP, with this view's documents as an extension of its own copy of the schema."""

    def __init__(self, schema: Schema, settings: Settings, gate: Gate, trusted: Iterable[str]) -> None:
        """Take the schema, the gate that says who is asking, and the texts of the trusted documents.

        Raises:
            ManifestRefused: one of these cannot be used.
        """
        schema = copy(schema)  # Others execute the same schema without these documents.
        super().__init__(schema, graphql_ide=None)
        self.settings = settings
        self.gate = gate
        self.connections = Connections(settings)
        self.budgets = Budgets(settings)
        only = settings.trusted_only
        self.documents = TrustedDocuments(schema, trusted, production=settings.production, only=only)
        schema.extensions = (*schema.extensions, lambda: PreparedDocuments(self.documents))
        self.execution = Execution(schema, settings, gate, self.documents, self.budgets)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or speak over a WebSocket."""
        if scope["type"] == "websocket":
            await self._converse(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        if wants_events(request):
            # An event stream keeps its seat for as long as it is being sent.
            with self.connections.seat(address_of(request)) as seat:
                await (await self._response(request, seat))(scope, receive, send)
        else:
            await (await self._response(request, None))(scope, receive, send)

    async def _response(self, request: Request, seat: Seat | None) -> Response:
        try:
            if not self.settings.production and wants_page(request):
                return page()
            check_head(request, production=self.settings.production)
            response = await (self.execution.respond(request) if seat is None else self._events(request, seat))
            return revalidated(request, response) if by_identifier(request) else response
        except Refusal as refusal:
            return refusal_response(request, refusal)

    async def _converse(self, socket: WebSocket) -> None:
        # A page of another site may not speak for whoever looks at it.
        if not self._check_websocket_origin(socket):
            await self.reject_websocket(socket)
            return

        def caller(of: WebSocket, header: str | None, spoken: str | None, request_id: str) -> Caller:
            return Caller.of(self.gate, of, header, spoken, request_id)

        with self.connections.seat(address_of(socket)) as seat:
            connection = Connection(socket, caller, self._asked, self._results, self.settings.body_bytes, seat)
            await connection.run()

    async def _events(self, request: Request, seat: Seat) -> Response:
        asked = await read_operation(request, self.settings.body_bytes, self.documents)
        headers = request.headers
        spoken = language(headers.get("accept-language"))
        caller = Caller.of(self.gate, request, headers.get("authorization"), spoken, request.state.request_id)
        if not self.documents.knows(asked.query or ""):
            await require_any(self.budgets, (await caller.viewer()).principal, caller.address)
        kind = self.documents.kind(asked.query or "", asked.operation_name)
        if kind in (Kind.QUERY, Kind.MUTATION):
            if response_type(request.headers.get("accept")) is None:
                raise not_streamed()
            return await self.execution.respond(request, asked)
        # A credential that is not accepted is refused by the status, and so is what is too much.
        principal = (await caller.viewer()).principal
        seat.known(principal)
        cost = await charge(self.budgets, self.documents, principal, caller.address, asked)
        response = event_response(self._results(caller, asked, paid=True))
        response.headers.update(cost.headers() if cost else {})
        return response

    def _asked(self, parameters: Mapping[str, Any]) -> GraphQLRequestData:
        return operation_of(parameters, self.documents)

    def _results(self, caller: Caller, asked: GraphQLRequestData, *, paid: bool = False) -> AsyncGenerator[Told, None]:
        budgets = None if paid else self.budgets
        return results(self.schema, self.documents, caller, asked, budgets, production=self.settings.production)
