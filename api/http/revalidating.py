"""Answers to trusted documents by GET: clients may keep them, and ask each time whether they still hold (RFC 9110)."""

import hashlib
import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

KEPT: Final = "private, no-cache"
"""Only the asker keeps it, since it is what the asker may see, and never uses it without asking again."""
_TAG: Final = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# What only a body has.
_OF_BODY: Final = ("content-length", "content-type")


def revalidated(request: Request, response: Response) -> Response:
    """Give an answer its tag; return 304 without a body when the asker has the same already.

    It was executed all the same, with today's permissions, and has cost its points.
    """
    if response.status_code != 200:
        return response
    tag = _tag(response, getattr(request.state, "language", ""))
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = KEPT
    if not _has(request, tag):
        return response
    return Response(None, 304, {name: value for name, value in response.headers.items() if name not in _OF_BODY})


def _tag(response: Response, language: str) -> str:
    # Two representations never share a tag, even if their bytes are the same.
    told = f"{response.headers.get('content-type', '')}\n{language}\n".encode() + bytes(response.body)
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'


def _has(request: Request, tag: str) -> bool:
    sent = ",".join(request.headers.getlist("if-none-match"))
    return sent.strip() == "*" or tag in _TAG.findall(sent)
