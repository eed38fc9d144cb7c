"""Around every request: its id, one line in the log, and an answer even where nobody foresaw the error."""

import re
import time
from secrets import token_hex
from typing import Any, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.faults import MASKED, log_fault
from api.http.logs import REQUEST
from api.http.refusals import Code, Refusal, refusal_response

REQUEST_ID: Final = "X-Request-Id"
_HEADER: Final = REQUEST_ID.lower().encode()
# What others send is put into logs and the audit, so it must be nothing but an identifier.
_SANE: Final = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_log: Any = structlog.get_logger("api.http")


class Envelope:
    """ASGI middleware: a client's own request id is kept when it is a plain identifier."""

    def __init__(self, app: ASGIApp, *, production: bool) -> None:
        """Wrap an application; in production the words of errors stay out of the log."""
        self.app = app
        self.production = production
        self._log: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _sent_id(scope) or token_hex(16)
        scope.setdefault("state", {})["request_id"] = request_id
        status: int | None = None
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_HEADER, request_id.encode())]
            await send(message)

        noted = REQUEST.set(request_id)
        try:
            await self.app(scope, receive, send_with_id)
        except Exception as fault:
            response = self._unforeseen(Request(scope), fault)
            if status is not None:
                raise  # Half an answer is out already; the server must cut the connection.
            await response(scope, receive, send_with_id)
        finally:
            self._logger().info(
                "request",
                method=scope["method"],
                path=scope["path"][:100],
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
            )
            REQUEST.reset(noted)

    def _logger(self) -> Any:
        # The proxy of structlog makes a logger at each line, from what was configured meanwhile: once is enough.
        if self._log is None:
            self._log = _log.bind()
        return self._log

    def _unforeseen(self, request: Request, fault: Exception) -> Response:
        reference = token_hex(16)
        log_fault(fault, reference, words=not self.production)
        told = Refusal(500, Code.INTERNAL, MASKED["zh"], MASKED["en"], extensions={"id": reference})
        return refusal_response(request, told)


class Shortcut:
    """ASGI middleware: the address that nearly everybody asks goes past the router, to the same endpoint."""

    def __init__(self, app: ASGIApp, *, address: str, to: ASGIApp) -> None:
        """Wrap an application in which `to` answers `address`."""
        self.app = app
        self.address = address
        self.to = to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        here = scope["type"] == "http" and scope["path"] == self.address and not scope.get("root_path")
        await (self.to if here else self.app)(scope, receive, send)


def _sent_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == _HEADER:
            sent: str = value.decode("latin-1")
            return sent if _SANE.fullmatch(sent) else None
    return None


async def not_served(request: Request, fault: Exception) -> Response:
    """Answer what no address serves, in the shape of all other errors."""
    assert isinstance(fault, HTTPException)
    code = Code.METHOD_NOT_ALLOWED if fault.status_code == 405 else Code.NO_SUCH_ADDRESS
    refusal = Refusal(fault.status_code, code, "此地址不提供这项服务", fault.detail, fault.headers or {})
    return refusal_response(request, refusal)
