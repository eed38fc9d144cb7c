"""POST /login: a person's login and password for a bearer key."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.commands.session import Door, TooManyTries, open_session
from api.errors import ErrorCode, Unauthenticated
from api.http.body import parse_json, read_body, require_json
from api.http.refusals import Code, Refusal, json_response, refusal_response

MOST_BYTES: Final = 4_096
# A failure takes this long whatever was wrong, so that time tells nobody which logins exist.
FAILURE_SECONDS: Final = 0.15


async def login(request: Request) -> Response:
    """Answer {"login", "password"} with {"token", "expiresAt"}, 401, or 429 with Retry-After."""
    loop = asyncio.get_running_loop()
    answer_at = loop.time() + FAILURE_SECONDS
    try:
        return await _session(request)
    except Refusal as refusal:
        if refusal.status in (401, 429):
            await asyncio.sleep(max(0.0, answer_at - loop.time()))
        return refusal_response(request, refusal)


async def _session(request: Request) -> Response:
    require_json(request)
    given = parse_json(await read_body(request, MOST_BYTES))
    if not isinstance(given, dict):
        raise Refusal(400, Code.BAD_REQUEST, "请求体须为一个 JSON 对象", "The body must be a JSON object")
    for name in ("login", "password"):
        if not isinstance(given.get(name), str) or not given[name]:
            raise Refusal(400, Code.BAD_REQUEST, f"缺少 {name}", f"{name} is missing", extensions={"path": [name]})
    state = request.app.state
    door: Door = state.door
    try:
        session = await open_session(given["login"], given["password"], door, state.runtime, request.state.request_id)
    except Unauthenticated as fault:
        raise Refusal(401, ErrorCode.UNAUTHENTICATED, fault.zh, fault.en) from None
    except TooManyTries as fault:
        raise Refusal(429, Code.TOO_MANY_TRIES, fault.zh, fault.en, {"Retry-After": str(fault.seconds)}) from None
    return json_response({"token": session.token, "expiresAt": session.expires_at.isoformat()})
