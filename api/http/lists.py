"""Public editions of lists: `GET /lists/{id}/print` for paper, `GET /lists/{id}/text` for chat groups."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from api.errors import NotFound
from api.exports.edition import Edition, editions
from api.exports.plain_text import plain_text
from api.exports.print_page import CONTENT_SECURITY_POLICY, print_page
from api.http.authentication import Gate
from api.http.refusals import PLAIN_HEADERS, Refusal, refusal_response, refused
from api.models.choices import ListKind
from api.plan.global_id import row_id

BETWEEN_PARTS: Final = "\n\n--------\n\n"
HEADERS: Final = PLAIN_HEADERS | {"Vary": "Accept-Language", "Referrer-Policy": "no-referrer"}


class Editions:
    """The two addresses; a key may be sent, and changes nothing about what is shown."""

    def __init__(self, gate: Gate) -> None:
        """Take the gate that knows the policy in force and the reader's language."""
        self.gate = gate

    async def printed(self, request: Request) -> Response:
        """Answer with the print page."""
        return await self._answer(request, printed=True)

    async def text(self, request: Request) -> Response:
        """Answer with the plain text, its parts divided by a line of hyphens."""
        return await self._answer(request, printed=False)

    async def _answer(self, request: Request, *, printed: bool) -> Response:
        try:
            edition = await self._edition(request)
        except Refusal as refusal:
            return refusal_response(request, refusal)
        headers = HEADERS | {"Content-Language": "zh-CN" if edition.language == "zh" else "en"}
        if printed:
            headers |= {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
            return Response(print_page(edition), media_type="text/html; charset=utf-8", headers=headers)
        body = BETWEEN_PARTS.join(plain_text(edition)) + "\n"
        return Response(body, media_type="text/plain; charset=utf-8", headers=headers)

    async def _edition(self, request: Request) -> Edition:
        viewer = await self.gate.viewer(request)
        text = request.path_params["id"]
        for kind in ListKind:
            try:
                key = row_id(text, f"{kind.capitalize()}List", ("id",))
            except NotFound:
                continue
            found = await editions(viewer, kind, [key])
            if key in found:
                return found[key]
        raise refused(NotFound())
