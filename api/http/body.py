"""A JSON body: read no further than its limit, parsed strictly, free of what no text may contain."""

from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from starlette.requests import Request

from api.http.negotiation import REMEMBERED
from api.http.refusals import Code, Refusal

# No input of ours is nested deeper; Python's own recursion would end at about a thousand.
DEEPEST = 64

# A place within a value, innermost key last; linked, since most places are never told.
_Place: TypeAlias = "tuple[_Place, str] | None"


def require_json(request: Request) -> None:
    """Refuse a body that is not declared as JSON.

    Since a form on a foreign page cannot send this type, the demand also keeps such pages out.

    Raises:
        Refusal: 415.
    """
    if not _json(request.headers.get("content-type", "")):
        raise Refusal(
            415,
            Code.UNSUPPORTED_MEDIA_TYPE,
            "请求体须为 application/json，编码为 UTF-8",
            "Send application/json in UTF-8",
            {"Accept": "application/json"},
        )


@lru_cache(REMEMBERED)
def _json(content_type: str) -> bool:
    media_type, _, parameters = content_type.partition(";")
    charset = parameters.replace(" ", "").strip('"').lower().removeprefix("charset=").strip('"')
    return media_type.strip().lower() == "application/json" and charset in ("", "utf-8", "utf8")


async def read_body(request: Request, most: int) -> bytes:
    """Return the body, at most `most` bytes.

    Raises:
        Refusal: 413, as soon as it is known to be larger.
    """
    declared = request.headers.get("content-length", "0")
    # Python refuses to read numbers of thousands of digits; eighteen are beyond every limit already.
    if declared.isascii() and declared.isdigit() and int(declared[:18]) > most:
        raise _too_large(most)
    chunks, size, more = [], 0, True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise Refusal(400, Code.BAD_REQUEST, "请求中断", "The request was cut off")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def parse_json(text: bytes | str, *name: str) -> Any:
    """Return the value of a JSON text; `name` says which parameter it is, if not the body.

    Raises:
        Refusal: 400, for anything that is not JSON, lone surrogates, NUL, and nesting beyond 64 levels.
    """
    try:
        value = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise Refusal(
            400,
            Code.MALFORMED_JSON,
            "不是有效的 UTF-8 JSON",
            "Not valid JSON in UTF-8",
            extensions={"path": list(name)} if name else {},
        ) from None
    if not _surely_storable(text):
        refuse_unstorable(value, *name)
    return value


def _surely_storable(text: bytes | str) -> bool:
    """Tell, without a walk through the value, that neither of the two can be in it; most requests are like that."""
    if isinstance(text, str):
        return False
    return b"\\u0000" not in text and text.count(b"{") + text.count(b"[") < DEEPEST


def refuse_unstorable(value: Any, *path: str) -> None:
    """Refuse NUL, which no database stores in a text, and nesting that no code of ours expects.

    Raises:
        Refusal: 400, with the path of the value.
    """
    waiting: list[tuple[Any, _Place, int]] = [(value, None, len(path))]
    while waiting:
        found, place, depth = waiting.pop()
        if depth > DEEPEST:
            raise Refusal(400, Code.BAD_REQUEST, f"嵌套超过 {DEEPEST} 层", f"Nested deeper than {DEEPEST} levels")
        if isinstance(found, str):
            if "\0" in found:
                raise Refusal(
                    400,
                    Code.BAD_REQUEST,
                    "文字不能含有 NUL 字符",
                    "A text must not contain NUL",
                    extensions={"path": [*path, *_written_out(place)]},
                )
        elif isinstance(found, dict):
            waiting.extend((inner, (place, key), depth + 1) for key, inner in found.items())
            waiting.extend((key, place, depth) for key in found)
        elif isinstance(found, list):
            waiting.extend((inner, (place, str(at)), depth + 1) for at, inner in enumerate(found))


def _written_out(place: _Place) -> list[str]:
    keys = []
    while place is not None:
        place, key = place
        keys.append(key)
    return keys[::-1]


def _too_large(most: int) -> Refusal:
    return Refusal(
        413,
        Code.BODY_TOO_LARGE,
        f"请求体超过 {most} 字节",
        f"The body is larger than {most} bytes",
        {"Connection": "close"},
        {"limit": most},
    )
