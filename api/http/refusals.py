"""Requests that are refused before anything is executed: status, stable code, both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from api.errors import DomainError, ErrorCode
from api.http.negotiation import JSON, language, response_type

VARY = "Accept, Accept-Language, Authorization"
STATUS: Final[Mapping[ErrorCode, int]] = {
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.UNAUTHENTICATED: 401,
}
BAD_REQUEST: Final = 400
PLAIN_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Code(StrEnum):
    """Stable codes of faults of the request itself; those of the domain are `api.errors.ErrorCode`."""

    NO_SUCH_ADDRESS = "NO_SUCH_ADDRESS"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    BAD_REQUEST = "BAD_REQUEST"
    MALFORMED_JSON = "MALFORMED_JSON"
    PARSE_FAILED = "PARSE_FAILED"
    VALIDATION_FAILED = "VALIDATION_FAILED"
    UNKNOWN_OPERATION = "UNKNOWN_OPERATION"
    OPERATION_NOT_ALLOWED = "OPERATION_NOT_ALLOWED"
    TOO_MANY_TRIES = "TOO_MANY_TRIES"
    TOO_MANY_CONNECTIONS = "TOO_MANY_CONNECTIONS"
    BUDGET_SPENT = "BUDGET_SPENT"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL"


@dataclass(eq=False)
class Refusal(Exception):
    """A request that is answered with an HTTP status and one error; `extensions` go beside the code."""

    status: int
    code: str
    zh: str
    en: str
    headers: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)

    def message(self, chosen: str | None) -> str:
        """Return the message in "zh" or "en"."""
        return self.en if chosen == "en" else self.zh


def refused(fault: DomainError, status: int | None = None, headers: Mapping[str, str] | None = None) -> Refusal:
    """Return the refusal by which an address that is not GraphQL tells a domain error; its path goes along.

    Without a `status` it is the usual one of its code, and 400 for a code that has none.
    """
    usual = STATUS.get(fault.code, BAD_REQUEST)
    path = {"path": list(fault.path)} if fault.path else {}
    return Refusal(usual if status is None else status, fault.code, fault.zh, fault.en, headers or {}, path)


def error_of(refusal: Refusal, spoken: str | None) -> dict[str, Any]:
    """Return the error that stands in an answer."""
    return {"message": refusal.message(spoken), "extensions": {"code": refusal.code, **refusal.extensions}}


def refusal_response(request: Request, refusal: Refusal) -> Response:
    """Return the answer in GraphQL's shape, in the media type and language that were asked for."""
    error = error_of(refusal, language(request.headers.get("accept-language")))
    media_type = response_type(request.headers.get("accept")) or JSON
    return json_response({"errors": [error]}, refusal.status, media_type, refusal.headers)


def json_response(
    content: object, status: int = 200, media_type: str = JSON, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a JSON answer that nobody stores."""
    return Response(
        orjson.dumps(content),
        status,
        {
            **PLAIN_HEADERS,
            **(headers or {}),
            "Vary": VARY,
            "Content-Type": f"{media_type}; charset=utf-8",
        },
    )
