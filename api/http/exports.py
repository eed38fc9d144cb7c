"""`GET /export/{name}.csv` and `.xlsx`: whole tables under the filters of the root field of that name."""

from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from strawberry.schema import Schema

from api.errors import DomainError, NotFound
from api.exports.forms import FORMS
from api.exports.links import PARAMETER, opened_link
from api.exports.rows import Again, pages
from api.exports.table import Table
from api.exports.tables import TABLES
from api.http.authentication import Gate
from api.http.body import parse_json, refuse_unstorable
from api.http.refusals import PLAIN_HEADERS, VARY, Code, Refusal, refusal_response, refused
from api.plan.reader import Condition
from api.plan.viewer import Viewer
from api.schema.export_filters import export_condition, from_address

FILTER: Final = "filter"


class Exports:
    """The addresses of all exports. The usual limits of time do not hold here; each statement is short."""

    def __init__(self, schema: Schema, gate: Gate) -> None:
        """Take the schema, whose filter types check what is asked, and the gate that says who asks."""
        self.schema, self.gate = schema, gate

    async def file(self, request: Request) -> Response:
        """Answer with a file, or with what is wrong."""
        try:
            table, form = _named(request.path_params["file"])
            pairs = request.query_params.multi_items()
            refuse_unstorable([list(pair) for pair in pairs])
            again = self._who(request, pairs)
            viewer = await again()
            condition = await self._condition(viewer, table.name, [pair for pair in pairs if pair[0] != PARAMETER])
        except Refusal as refusal:
            return refusal_response(request, refusal)
        except DomainError as fault:
            return refusal_response(request, refused(fault))
        answer = file_response(table, form, viewer, condition, again)
        # Nobody reads the file of a HEAD, so it is not made.
        return Response(headers=answer.headers) if request.method == "HEAD" else answer

    def _who(self, request: Request, pairs: list[tuple[str, str]]) -> Again:
        """Return how to ask who sends the request: by its key, or for whom its link was signed."""
        tokens = [text for key, text in pairs if key == PARAMETER]
        if not tokens or "authorization" in request.headers:
            return lambda: self.gate.viewer(request)
        rest = [pair for pair in pairs if pair[0] != PARAMETER]
        holder = opened_link(request.path_params["file"], rest, tokens[0])
        return lambda: self.gate.holder(request, holder.key_id, holder.language)

    async def _condition(self, viewer: Viewer, name: str, pairs: list[tuple[str, str]]) -> Condition:
        asked = from_address(self.schema, name, [pair for pair in pairs if pair[0] != FILTER])
        for _, text in (pair for pair in pairs if pair[0] == FILTER):
            value = parse_json(text, FILTER)
            if not isinstance(value, dict):
                raise Refusal(
                    400, Code.BAD_REQUEST, "filter 须为一个 JSON 对象", "filter must be a JSON object",
                    extensions={"path": [FILTER]},
                )  # fmt: skip
            asked |= value
        return await export_condition(self.schema, viewer, name, asked)


def file_response(table: Table, form: str, viewer: Viewer, condition: Condition, again: Again) -> Response:
    """Return the answer that streams the file; its name is told in Chinese and, for old clients, in English."""
    made = FORMS[form]
    language = viewer.principal.language
    name = f"{table.name if language == 'en' else table.zh}.{form}"
    headers = PLAIN_HEADERS | {
        "Vary": VARY,
        "Content-Language": "en" if language == "en" else "zh-CN",
        "Content-Disposition": f"attachment; filename=\"{table.name}.{form}\"; filename*=UTF-8''{quote(name)}",
    }
    body = made.write(table.header(language), pages(again, table, condition))
    return StreamingResponse(body, media_type=made.media_type, headers=headers)


def _named(file: str) -> tuple[Table, str]:
    name, _, form = file.rpartition(".")
    if name not in TABLES or form not in FORMS:
        raise refused(NotFound())
    return TABLES[name], form
