"""What a caller is told of errors, and what only the log is told."""

import re
import traceback
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import structlog
from graphql import GraphQLError, VariableDefinitionNode

from api.errors import DomainError, ErrorCode, Forbidden
from api.http.refusals import Code

_SUGGESTION: Final = re.compile(r"\s*Did you mean .*\?$", re.DOTALL)
MASKED: Final = {"zh": "服务器内部错误，请报告编号", "en": "Internal error; please report its id"}
_log: Any = structlog.get_logger("api.http")


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom errors are written: language "zh" or "en", and whether this is production."""

    language: str
    production: bool


def shown(error: GraphQLError, audience: Audience) -> dict[str, Any]:
    """Return an error as the caller sees it; what nobody foresaw is masked, logged and given an id."""
    answer: dict[str, Any] = {
        key: value for key, value in error.formatted.items() if key in ("message", "locations", "path")
    }
    cause = _cause(error)
    if isinstance(cause, DomainError):
        answer["message"] = cause.in_language(audience.language)
        answer["extensions"] = {**_told_of(cause), **(error.extensions or {})}
    elif (code := _foreseen(error, cause)) is not None:
        if audience.production:
            answer["message"] = _SUGGESTION.sub("", error.message)
        answer["extensions"] = {"code": code, **(error.extensions or {})}
    else:
        reference = uuid4().hex
        log_fault(cause or error, reference, words=not audience.production, path=error.path)
        answer["message"] = MASKED[audience.language]
        answer["extensions"] = {"code": Code.INTERNAL, "id": reference}
    return answer


def log_fault(fault: BaseException, reference: str, *, words: bool, path: list[str | int] | None = None) -> None:
    """Write where an unforeseen error came from; without its words, which may hold personal data."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)]
    more = {"words": str(fault)} if words else {}
    _log.error(
        "unforeseen error",
        id=reference,
        error=type(fault).__qualname__,
        path=path,
        frames=frames[-20:],
        **more,
    )


def _cause(error: GraphQLError) -> BaseException | None:
    # graphql-core wraps a resolver's GraphQLError in another that knows the path.
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _told_of(fault: DomainError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": fault.code}
    if fault.path:
        told["path"] = list(fault.path)
    if isinstance(fault, Forbidden):
        told["ruleId"] = fault.rule_id
    return told


def _foreseen(error: GraphQLError, cause: BaseException | None) -> str | None:
    """Return the code of a fault of the caller's own, or None for one that must be masked."""
    if error.extensions and "code" in error.extensions:
        return str(error.extensions["code"])
    nodes = error.nodes or []
    if error.path is None:
        # Variables are coerced after validation, by execution.
        return ErrorCode.INVALID_INPUT if nodes and isinstance(nodes[0], VariableDefinitionNode) else None
    # An argument whose variable does not fit is found while executing; the error then names the
    # argument, while one of a result that does not fit names no place.
    if isinstance(cause, GraphQLError) and cause.nodes:
        return ErrorCode.INVALID_INPUT
    return None
