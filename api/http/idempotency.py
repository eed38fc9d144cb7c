"""The header `Idempotency-Key`: a mutation that may be sent again (docs/decisions/0017)."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request
from strawberry.http import GraphQLRequestData
from strawberry.types import ExecutionResult

from api.commands.idempotency import once
from api.context import Context
from api.errors import Busy, ErrorCode, IdempotencyMismatch
from api.http.refusals import Code, Refusal, refused
from auth.principal import Principal, PrincipalKind

KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_VISIBLE: Final = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(eq=False)
class _Undone(Exception):
    """An answer that is not kept: leaving the transaction with it undoes everything."""

    result: ExecutionResult


def idempotency_key(request: Request) -> str | None:
    """Return the key of a mutation, or None when none was sent.

    Raises:
        Refusal: 400 when it is no key.
    """
    sent = request.headers.getlist(KEY)
    if not sent:
        return None
    if len(sent) > 1 or not _VISIBLE.fullmatch(sent[0]):
        raise Refusal(
            400,
            Code.BAD_REQUEST,
            f"{KEY} 须为 1 到 255 个可见 ASCII 字符,且只有一个",
            f"{KEY} must be 1 to 255 visible ASCII characters, and only one",
        )
    return sent[0]


async def executed_once(
    key: str, context: Context, asked: GraphQLRequestData, execute: Callable[[], Awaitable[ExecutionResult]]
) -> tuple[ExecutionResult, bool]:
    """Return the result of a mutation and whether it is an earlier one.

    An answer with `errors` is not kept and what was done is undone, so that sending again helps. What must be read
    anew each time (`api.permissions.ReadAnew`) is not kept either, and stands alone: beside it something else would
    be done twice.

    Raises:
        Refusal: 400 for such a reading beside other fields,
            401 for nobody known, 422 for another request under the same key, 503 when others write too long.
    """
    principal = context.viewer.principal
    if principal.kind is PrincipalKind.ANONYMOUS:
        raise Refusal(
            401, ErrorCode.UNAUTHENTICATED, f"使用 {KEY} 须先登录或出示密钥",
            f"Sign in or present a key to use {KEY}", {"WWW-Authenticate": "Bearer"},
        )  # fmt: skip

    async def answer() -> str:
        result = await execute()
        if result.errors or context.busy:
            raise _Undone(result)
        if context.anew and context.anew < len(result.data or {}):
            raise Refusal(
                400, Code.BAD_REQUEST, f"查看联系方式须单独发送,不与别的操作同用一个 {KEY}",
                f"Send readings of contacts apart from other mutations under a {KEY}",
            )  # fmt: skip
        return orjson.dumps(result.data).decode()

    try:
        outcome = await once(context.viewer, key, _canonical(principal, asked), answer, lambda: not context.anew)
    except _Undone as undone:
        if context.busy:
            raise refused(Busy(), 503, {"Retry-After": "1"}) from None
        return ExecutionResult(data=None, errors=undone.result.errors), False
    except Busy as busy:
        raise refused(busy, 503, {"Retry-After": "1"}) from busy
    except IdempotencyMismatch as mismatch:
        raise refused(mismatch, 422) from None
    # The kept text goes out as it is: parsed and written anew, it might differ in a byte.
    kept: Any = orjson.Fragment(outcome.answer)
    return ExecutionResult(data=kept, errors=None), outcome.replayed


def _canonical(principal: Principal, asked: GraphQLRequestData) -> str:
    """Return what makes two requests the same; a key with other scopes must not read what a wider one was told."""
    scopes = None if principal.key_scopes is None else sorted(map(str, principal.key_scopes))
    content = [asked.query, asked.variables or {}, asked.operation_name, scopes]
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
