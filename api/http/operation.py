"""What a request asks to execute: query, variables, operation name; each of its right type."""

from typing import Any

from starlette.requests import Request
from strawberry.http import GraphQLRequestData
from strawberry.types.graphql import OperationType

from api.http.body import parse_json, read_body, refuse_unstorable
from api.http.refusals import Code, Refusal

_JSON_PARAMETERS = ("variables", "extensions")


async def read_operation(request: Request, most_bytes: int) -> GraphQLRequestData:
    """Return what a POST's body or a GET's address asks for.

    Raises:
        Refusal: 400 for anything malformed, 413 for a body that is too large.
    """
    if request.method == "POST":
        parameters = parse_json(await read_body(request, most_bytes))
    else:
        parameters = dict(request.query_params)
        refuse_unstorable(parameters)
        for name in _JSON_PARAMETERS:
            if parameters.get(name):
                parameters[name] = parse_json(parameters[name], name)
    if isinstance(parameters, list):
        raise _wrong("不接受批量请求", "Batches are not accepted")
    if not isinstance(parameters, dict):
        raise _wrong("请求体须为一个 JSON 对象", "The body must be a JSON object")
    query = _typed(parameters, "query", str)
    if not query:
        raise _wrong("缺少 query", "query is missing", "query")
    return GraphQLRequestData(
        query=query,
        variables=_typed(parameters, "variables", dict),
        operation_name=_typed(parameters, "operationName", str),
        extensions=_typed(parameters, "extensions", dict),
    )


def _typed(parameters: dict[str, Any], name: str, kind: type[Any]) -> Any:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        wanted = ("字符串", "a string") if kind is str else ("对象", "an object")
        raise _wrong(f"{name} 须为{wanted[0]}或 null", f"{name} must be {wanted[1]} or null", name)
    return value


def _wrong(zh: str, en: str, *path: str) -> Refusal:
    return Refusal(400, Code.BAD_REQUEST, zh, en, extensions={"path": list(path)} if path else {})


def not_allowed(kind: OperationType) -> Refusal:
    """Return the refusal of an operation that is not served by this method."""
    if kind is OperationType.SUBSCRIPTION:
        return Refusal(400, Code.OPERATION_NOT_ALLOWED, "订阅不能用此方式请求", "Subscriptions are not served this way")
    return Refusal(405, Code.OPERATION_NOT_ALLOWED, "变更须用 POST", "Mutations need POST", {"Allow": "POST"})
