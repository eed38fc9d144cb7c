"""The clerk's workbook over HTTP: download the form, send it, confirm. Files are all that is not GraphQL."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.errors import BatchRefused, DomainError, ErrorCode, Forbidden
from api.exports.xlsx_file import MEDIA_TYPE as XLSX
from api.http.authentication import Gate
from api.http.body import parse_json, read_body, require_json
from api.http.negotiation import JSON, weighted
from api.http.refusals import PLAIN_HEADERS, VARY, Code, Refusal, json_response, refusal_response, refused
from api.imports.problems import FileRefused
from api.imports.workbook.form import blank_form, faulty_form
from api.imports.workbook.known import known_items, organisation_of
from api.imports.workbook.report import in_language, outcome_of
from api.imports.workbook.sending import Mode, Sent, confirm_workbook, send_workbook
from api.jobs import wake
from api.plan.global_id import row_id
from api.plan.viewer import Viewer

SENT_TYPES: Final = (XLSX, "application/octet-stream")
MOST_BYTES: Final = 2_000_000
MOST_CONFIRMATION: Final = 4_096
# Beside the usual ones.
STATUS: Final[Mapping[ErrorCode, int]] = {ErrorCode.BUSY: 503, ErrorCode.LIMIT_EXCEEDED: 429}
Handler = Callable[[Request, Viewer], Awaitable[Response]]


def workbook_routes(gate: Gate) -> list[Route]:
    """Return the three addresses; each asks the gate who sends the request."""

    def guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                viewer = await gate.viewer(request)
                try:
                    return await handler(request, viewer)
                except DomainError as fault:
                    raise _refusal(fault) from fault
            except Refusal as refusal:
                return refusal_response(request, refusal)

        return answer

    return [
        Route("/service-items/template.xlsx", guarded(_template), methods=["GET"]),
        Route("/service-items/upload", guarded(_upload), methods=["POST"]),
        Route("/service-items/confirm", guarded(_confirm), methods=["POST"]),
    ]


async def _template(request: Request, viewer: Viewer) -> Response:
    organisation = await organisation_of(viewer, _organisation(request))
    known = await known_items(viewer, organisation)
    return _file(blank_form(known), 200, "service-items.xlsx")


async def _upload(request: Request, viewer: Viewer) -> Response:
    organisation = _organisation(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in SENT_TYPES:
        raise Refusal(
            415, Code.UNSUPPORTED_MEDIA_TYPE, f"请求体须为 {XLSX}", f"Send the file itself as {XLSX}", {"Accept": XLSX}
        )
    # Who may not send one is told before anything of it is read.
    await organisation_of(viewer, organisation)
    sent = await send_workbook(viewer, organisation, await read_body(request, MOST_BYTES))
    assert sent.kept is not None
    token = {"token": sent.kept.token, "expiresAt": sent.kept.expires_at.isoformat()}
    status = 422 if sent.faulty else 200
    if sent.faulty and not _wants_json(request):
        headers = {"Wujia-Upload-Token": sent.kept.token, "Wujia-Faults": str(len(sent.faulty))}
        return _file(faulty_form(sent.sheet, sent.known, sent.plans), status, "service-items-faults.xlsx", headers)
    return json_response(token | in_language(outcome_of(sent.plans), viewer.principal.language), status)


async def _confirm(request: Request, viewer: Viewer) -> Response:
    require_json(request)
    given = parse_json(await read_body(request, MOST_CONFIRMATION))
    if not isinstance(given, dict) or not isinstance(given.get("token"), str):
        raise Refusal(400, Code.BAD_REQUEST, "缺少 token", "token is missing", extensions={"path": ["token"]})
    if given.get("mode") not in tuple(Mode):
        raise Refusal(
            400, Code.BAD_REQUEST, "mode 须为 all 或 good", "mode must be all or good", extensions={"path": ["mode"]}
        )
    sent = await confirm_workbook(viewer, given["token"], Mode(given["mode"]))
    if sent.written:
        wake()
    status = 200 if sent.written else 422
    if sent.faulty and _wants_file(request):
        content = faulty_form(sent.sheet, sent.known, sent.plans, only_faulty=sent.written)
        return _file(content, status, "service-items-faults.xlsx", {"Wujia-Faults": str(len(sent.faulty))})
    return json_response(_confirmed(sent, viewer), status)


def _confirmed(sent: Sent, viewer: Viewer) -> dict[str, Any]:
    outcome = in_language(sent.outcome or outcome_of(sent.plans), viewer.principal.language)
    if not sent.written:
        # With faults, all or nothing is nothing.
        outcome |= {"created": [], "changed": []}
    return {"written": sent.written, **outcome}


def _organisation(request: Request) -> int:
    return row_id(request.query_params.get("organisation", ""), "Organisation", ("organisation",))


def _wants_json(request: Request) -> bool:
    accepted = dict(weighted(request.headers.get("accept", "")))
    return accepted.get(JSON, 0.0) > accepted.get(XLSX, 0.0)


def _wants_file(request: Request) -> bool:
    accepted = dict(weighted(request.headers.get("accept", "")))
    return accepted.get(XLSX, 0.0) > accepted.get(JSON, 0.0)


def _file(content: bytes, status: int, name: str, headers: Mapping[str, str] | None = None) -> Response:
    more = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": VARY, "Content-Type": XLSX}
    return Response(content, status, {**PLAIN_HEADERS, **more, **(headers or {})})


def _refusal(fault: DomainError) -> Refusal:
    assert not isinstance(fault, BatchRefused)
    headers = {"WWW-Authenticate": "Bearer"} if fault.code is ErrorCode.UNAUTHENTICATED else {}
    refusal = refused(fault, 422 if isinstance(fault, FileRefused) else STATUS.get(fault.code), headers)
    if isinstance(fault, Forbidden):
        refusal.extensions = {**refusal.extensions, "ruleId": fault.rule_id}
    return refusal
