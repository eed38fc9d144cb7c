"""What a request's method and headers must be, before anything of it is read."""

from starlette.requests import Request

from api.http.body import require_json
from api.http.event_stream import wants_events
from api.http.negotiation import GRAPHQL_JSON, JSON, response_type
from api.http.operation import by_identifier
from api.http.refusals import Code, Refusal


def check_head(request: Request, *, production: bool) -> None:
    """Refuse what is not answered whatever it asks; in production, a GET for anything but a trusted document.

    Raises:
        Refusal: 405, 406 or 415.
    """
    methods = ("GET", "POST") if not production or by_identifier(request) else ("POST",)
    if request.method not in methods:
        raise Refusal(
            405, Code.METHOD_NOT_ALLOWED, f"只接受 {'、'.join(methods)}", f"Only {' and '.join(methods)}",
            {"Allow": ", ".join(methods)},
        )  # fmt: skip
    if response_type(request.headers.get("accept")) is None and not wants_events(request):
        raise Refusal(406, Code.NOT_ACCEPTABLE, f"可提供 {GRAPHQL_JSON} 或 {JSON}", f"On offer: {GRAPHQL_JSON}, {JSON}")
    if request.method == "POST":
        require_json(request)
