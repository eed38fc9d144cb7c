"""Around every request: its id, one line in the log, and an answer even where nobody foresaw the error."""

import re
import time
from typing import Any, Final
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.faults import MASKED, log_fault
from api.http.refusals import Code, Refusal, refusal_response

REQUEST_ID: Final = "X-Request-Id"
# What others send is put into logs and the audit, so it must be nothing but an identifier.
_SANE: Final = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_log: Any = structlog.get_logger("api.http")


class Envelope:
    """ASGI middleware: a client's own request id is kept when it is a plain identifier."""

    def __init__(self, app: ASGIApp, *, production: bool) -> None:
        """Wrap an application; in production the words of errors stay out of the log."""
        self.app = app
        self.production = production

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = sent if _SANE.fullmatch(sent) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status: int | None = None
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception as fault:
                response = self._unforeseen(Request(scope), fault)
                if status is not None:
                    raise  # Half an answer is out already; the server must cut the connection.
                await response(scope, receive, send_with_id)
            finally:
                _log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"][:100],
                    status=status,
                    milliseconds=round((time.perf_counter() - started) * 1000, 1),
                )

    def _unforeseen(self, request: Request, fault: Exception) -> Response:
        reference = uuid4().hex
        log_fault(fault, reference, words=not self.production)
        told = Refusal(500, Code.INTERNAL, MASKED["zh"], MASKED["en"], extensions={"id": reference})
        return refusal_response(request, told)


async def not_served(request: Request, fault: Exception) -> Response:
    """Answer what no address serves, in the shape of all other errors."""
    assert isinstance(fault, HTTPException)
    code = Code.METHOD_NOT_ALLOWED if fault.status_code == 405 else Code.NO_SUCH_ADDRESS
    refusal = Refusal(fault.status_code, code, "此地址不提供这项服务", fault.detail, fault.headers or {})
    return refusal_response(request, refusal)
