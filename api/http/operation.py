"""What a request asks to execute: query, variables, operation name; each of its right type."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from strawberry.http import GraphQLRequestData

from api.http.body import parse_json, read_body, refuse_unstorable
from api.http.refusals import Code, Refusal
from api.http.trusted import DOCUMENT_ID, TrustedDocuments

_JSON_PARAMETERS = ("variables", "extensions")


def by_identifier(request: Request) -> bool:
    """Tell whether a GET asks for a trusted document and nothing else."""
    if request.method != "GET":
        return False
    given = request.query_params.keys()
    return "query" not in given and not given.isdisjoint((DOCUMENT_ID, "extensions"))


async def read_operation(request: Request, most_bytes: int, documents: TrustedDocuments) -> GraphQLRequestData:
    """Return what a POST's body or a GET's address asks for, with the text of a trusted document.

    Raises:
        Refusal: 400 for anything malformed, 413 for a body that is too large; as `TrustedDocuments.text_of` has it.
    """
    if request.method == "POST":
        parameters = parse_json(await read_body(request, most_bytes))
    else:
        # An empty parameter is as good as none.
        parameters = {name: value for name, value in request.query_params.items() if value}
        refuse_unstorable(parameters)
        for name in _JSON_PARAMETERS:
            if parameters.get(name):
                parameters[name] = parse_json(parameters[name], name)
    if isinstance(parameters, list):
        raise _wrong("不接受批量请求", "Batches are not accepted")
    if not isinstance(parameters, dict):
        raise _wrong("请求体须为一个 JSON 对象", "The body must be a JSON object")
    return operation_of(parameters, documents)


def operation_of(parameters: Mapping[str, Any], documents: TrustedDocuments) -> GraphQLRequestData:
    """Return what parameters ask for.

    Raises:
        Refusal: 400 for a parameter of the wrong type; as `TrustedDocuments.text_of` has it.
    """
    query, document_id = _typed(parameters, "query", str), _typed(parameters, DOCUMENT_ID, str)
    extensions = _typed(parameters, "extensions", dict)
    return GraphQLRequestData(
        query=documents.text_of(query, document_id, extensions),
        variables=_typed(parameters, "variables", dict),
        operation_name=_typed(parameters, "operationName", str),
        extensions=extensions,
    )


def _typed(parameters: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        wanted = ("字符串", "a string") if kind is str else ("对象", "an object")
        raise _wrong(f"{name} 须为{wanted[0]}或 null", f"{name} must be {wanted[1]} or null", name)
    return value


def _wrong(zh: str, en: str, *path: str) -> Refusal:
    return Refusal(400, Code.BAD_REQUEST, zh, en, extensions={"path": list(path)} if path else {})
