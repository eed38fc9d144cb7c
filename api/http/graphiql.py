"""GraphiQL, served from the package: no request leaves for another server."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.http.negotiation import weighted
from api.http.refusals import VARY

FOLDER: Final = Path(__file__).parents[1] / "static" / "graphiql"
ADDRESS: Final = "/static/graphiql"
# GraphiQL sets styles from its script and has its fonts and pictures within its style sheet.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def wants_page(request: Request) -> bool:
    """Tell whether a person's browser opens the address, rather than a program that asks."""
    if request.method not in ("GET", "HEAD") or "query" in request.query_params:
        return False
    accepted = dict(weighted(request.headers.get("accept", "")))
    return accepted.get("text/html", 0.0) > 0


def page() -> Response:
    """Return the page."""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Vary": VARY,
        "Cache-Control": "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(_text(), media_type="text/html; charset=utf-8", headers=headers)


@lru_cache(maxsize=1)
def _text() -> str:
    return (FOLDER / "index.html").read_text(encoding="utf-8")
