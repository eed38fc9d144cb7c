"""Trusted documents in production: what is refused, then what is answered, kept by the client and asked again."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette

from api import clock
from api.app import StartRefused, create_app
from api.http import documents
from api.http.manifest import identifier
from api.http.trusted import TrustedDocuments
from api.models import BearerKey
from api.settings import Environment, Settings
from tests.api.http.asking import GRAPHQL_JSON, JSON, Asking, code
from tests.api.http.keys import NOW, key_for
from tests.api.http.small_schema import small_schema
from tests.databases import SECRET
from tests.factories import Town

HELLO = "query Hello($name: String!) { hello(name: $name) }"
WHO = "query Who { who }"
CHANGE = 'mutation Change { change(text: "a") }'
TICKS = "subscription Ticks { ticks }"
TEXTS = (HELLO, WHO, CHANGE, TICKS)
STRANGER = "{ hello }"
TOMORROW = clock.now() + timedelta(days=1)


def named(text: str) -> str:
    return f"sha256:{identifier(text)}"


def apollo(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": identifier(text)}}, **more}


@pytest.fixture
def only() -> bool:
    """Return whether no other documents are executed; some tests override it."""
    return False


@pytest.fixture
async def app(town: Town, tmp_path: Path, only: bool) -> Starlette:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({named(text): text for text in TEXTS}))
    chosen = {"environment": Environment.PRODUCTION, "trusted_documents": manifest, "trusted_only": only}
    chosen |= {"address_points": 10_000, "person_points": 10_000}
    app = create_app(town.runtime.settings.model_copy(update=chosen), small_schema())
    app.state.runtime = town.runtime
    return app


async def get(ask: Asking, *, accept: str = GRAPHQL_JSON, headers: Any = None, **parameters: Any) -> httpx.Response:
    given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    return await ask.client.get("/graphql", params=given, headers={"Accept": accept, **(headers or {})})


async def post(ask: Asking, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await ask.client.post("/graphql", json=body, headers={"Accept": GRAPHQL_JSON, **headers})


async def test_what_names_no_trusted_document_is_refused(ask: Asking) -> None:
    cases: list[tuple[Any, int, str]] = [
        ({"documentId": named(STRANGER)}, 404, "DOCUMENT_NOT_FOUND"),
        ({"documentId": identifier(HELLO)}, 404, "DOCUMENT_NOT_FOUND"),
        ({"documentId": named(HELLO).upper()}, 404, "DOCUMENT_NOT_FOUND"),
        ({"documentId": f"md5:{identifier(HELLO)}"}, 404, "DOCUMENT_NOT_FOUND"),
        ({"documentId": 5}, 400, "BAD_REQUEST"),
        ({"documentId": ""}, 400, "BAD_REQUEST"),
        ({"documentId": named(WHO), "query": WHO}, 400, "BAD_REQUEST"),
        ({"documentId": named(HELLO), "variables": []}, 400, "BAD_REQUEST"),
        ({"documentId": named(HELLO)}, 400, "INVALID_INPUT"),
        ({"documentId": named(WHO), "operationName": "Hello"}, 400, "UNKNOWN_OPERATION"),
        ({"documentId": named(TICKS)}, 400, "OPERATION_NOT_ALLOWED"),
        (apollo(STRANGER), 404, "PERSISTED_QUERY_NOT_FOUND"),
        (apollo(HELLO, query=STRANGER), 400, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": {"version": 1}}}, 400, "BAD_REQUEST"),
        ({"extensions": {"persistedQuery": identifier(WHO)}}, 400, "BAD_REQUEST"),
        ({"extensions": {}}, 400, "BAD_REQUEST"),
    ]
    for body, status, expected in cases:
        answer = await post(ask, body)
        assert (answer.status_code, code(answer)) == (status, expected), body
        assert answer.headers["cache-control"] == "no-store"
    for spoken, message in (("zh", "清单里没有这份查询文档"), ("en", "No trusted document has this identifier")):
        answer = await post(ask, {"documentId": named(STRANGER)}, **{"Accept-Language": spoken})
        assert answer.json()["errors"][0]["message"] == message


async def test_a_document_is_not_registered_by_asking_it(ask: Asking) -> None:
    assert (await post(ask, apollo(STRANGER, query=STRANGER))).json()["data"] == {"hello": "hello world"}
    assert code(await post(ask, apollo(STRANGER))) == "PERSISTED_QUERY_NOT_FOUND"
    assert code(await post(ask, {"documentId": named(STRANGER)})) == "DOCUMENT_NOT_FOUND"


async def test_by_get_only_a_trusted_query_is_asked(ask: Asking) -> None:
    cases: list[tuple[Any, int, str]] = [
        ({"query": WHO}, 405, "METHOD_NOT_ALLOWED"),
        ({"query": WHO, "documentId": named(WHO)}, 405, "METHOD_NOT_ALLOWED"),
        ({"query": "", "documentId": named(WHO)}, 405, "METHOD_NOT_ALLOWED"),
        ({"query": WHO, **apollo(WHO)}, 405, "METHOD_NOT_ALLOWED"),
        ({"variables": {}}, 405, "METHOD_NOT_ALLOWED"),
        ({"extensions": {}}, 400, "BAD_REQUEST"),
        ({"documentId": ""}, 400, "BAD_REQUEST"),
        ({"documentId": named(STRANGER)}, 404, "DOCUMENT_NOT_FOUND"),
        (apollo(STRANGER), 404, "PERSISTED_QUERY_NOT_FOUND"),
        ({"documentId": named(HELLO), "variables": "{"}, 400, "MALFORMED_JSON"),
        ({"documentId": named(CHANGE)}, 405, "OPERATION_NOT_ALLOWED"),
        (apollo(CHANGE), 405, "OPERATION_NOT_ALLOWED"),
        ({"documentId": named(TICKS)}, 400, "OPERATION_NOT_ALLOWED"),
    ]
    for parameters, status, expected in cases:
        for accept in (GRAPHQL_JSON, JSON):
            answer = await get(ask, accept=accept, **parameters)
            assert (answer.status_code, code(answer)) == (status, expected), parameters
            assert answer.headers["cache-control"] == "no-store"
            assert "etag" not in answer.headers
            assert (answer.headers.get("allow") == "POST") == (status == 405)


async def test_neither_a_cookie_nor_a_foreign_page_is_anybody(ask: Asking, town: Town) -> None:
    header = await key_for(person=await town.person("A1"), expires_at=TOMORROW)
    token = header["Authorization"].removeprefix("Bearer ")
    foreign = {"Cookie": f"session={token}; Authorization={token}", "Origin": "https://elsewhere.example"}
    answer = await get(ask, documentId=named(WHO), headers=foreign)
    assert answer.json()["data"]["who"][0] == "ANONYMOUS"
    # A browser shows the answer to no page that is not ours, and asks before it sends our header.
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert (await ask.client.options("/graphql", headers=foreign)).status_code == 405


async def test_a_revoked_key_gets_401_and_not_304(ask: Asking, town: Town) -> None:
    header = await key_for(person=await town.person("A1"), expires_at=TOMORROW)
    tag = (await get(ask, documentId=named(WHO), headers=header)).headers["etag"]
    await BearerKey.all().update(revoked_at=NOW)
    answer = await get(ask, documentId=named(WHO), headers={**header, "If-None-Match": tag})
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")


class TestOnlyTrusted:
    @pytest.fixture
    def only(self) -> bool:
        return True

    async def test_every_other_text_is_refused_unread_and_trusted_ones_are_answered(self, ask: Asking) -> None:
        for query in (STRANGER, f"{WHO} ", "{__typename}", "{", "mutation { change(text: 1) }"):
            for body in ({"query": query}, apollo(query, query=query)):
                answer = await post(ask, body)
                assert (answer.status_code, code(answer)) == (403, "DOCUMENT_NOT_TRUSTED"), query
            assert code(await post(ask, {"query": query}, Accept="text/event-stream")) == "DOCUMENT_NOT_TRUSTED"
        for body in ({"documentId": named(WHO)}, {"query": WHO}, apollo(WHO)):
            assert (await post(ask, body)).json()["data"]["who"][0] == "ANONYMOUS"


async def test_a_trusted_document_is_answered_like_its_text(ask: Asking) -> None:
    asked = {"variables": {"name": "Yongji"}, "operationName": "Hello"}
    for accept in (GRAPHQL_JSON, JSON):
        plain = await post(ask, {"query": HELLO, **asked}, Accept=accept)
        for body in ({"documentId": named(HELLO), **asked}, apollo(HELLO, **asked)):
            answer = await post(ask, body, Accept=accept)
            assert answer.json()["data"] == plain.json()["data"] == {"hello": "hello Yongji"}
            assert answer.headers["content-type"] == plain.headers["content-type"]
    changed = await ask.client.post(f"/graphql?documentId={named(WHO)}", json={"documentId": named(CHANGE)})
    assert changed.json()["data"] == {"change": "a"}
    assert "cost" in changed.json()["extensions"]
    assert "etag" not in changed.headers
    assert changed.headers["cache-control"] == "no-store"


async def test_by_get_the_answer_may_be_kept_and_must_be_asked_again(ask: Asking) -> None:
    answer = await get(ask, documentId=named(HELLO), variables={"name": "Yongji"}, operationName="")
    assert (answer.status_code, answer.json()) == (200, {"data": {"hello": "hello Yongji"}})
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["vary"] == "Accept, Accept-Language, Authorization"
    assert answer.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    # The cost is told in headers alone, so that the same answer is the same bytes.
    assert int(answer.headers["ratelimit-remaining"]) < int(answer.headers["ratelimit-limit"])
    tag = answer.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await get(ask, documentId=named(HELLO), variables={"name": "Yongji"}, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), sent
        assert again.headers["vary"] == answer.headers["vary"]
        assert again.headers["cache-control"] == answer.headers["cache-control"]
        assert int(again.headers["ratelimit-remaining"]) < int(answer.headers["ratelimit-remaining"])
        assert "content-type" not in again.headers
    for sent in ('"x"', tag.strip('"'), f"x{tag[1:]}"):
        again = await get(ask, documentId=named(HELLO), variables={"name": "Yongji"}, headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (200, answer.content), sent


async def test_each_representation_has_a_tag_of_its_own(ask: Asking, town: Town) -> None:
    header = await key_for(person=await town.person("A1"), expires_at=TOMORROW)
    asked: list[dict[str, Any]] = [
        {"documentId": named(HELLO), "variables": {"name": "a"}},
        {"documentId": named(HELLO), "variables": {"name": "b"}},
        {"documentId": named(HELLO), "variables": {"name": "a"}, "accept": JSON},
        {"documentId": named(HELLO), "variables": {"name": "a"}, "headers": {"Accept-Language": "en"}},
        {"documentId": named(WHO)},
        {"documentId": named(WHO), "headers": header},
    ]
    tags = [(await get(ask, **each)).headers["etag"] for each in asked]
    assert len(set(tags)) == len(asked)
    assert [(await get(ask, **each)).headers["etag"] for each in asked] == tags
    assert (await get(ask, **apollo(WHO))).headers["etag"] == tags[4]


def test_trusted_documents_are_prepared_at_start_and_never_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "REMEMBERED_DOCUMENTS", 3)
    kept = TrustedDocuments(small_schema(), TEXTS, production=True, only=False)
    assert (kept.measured, kept.prepared) == (len(TEXTS), 0)
    first = [kept.prepare(text) for text in TEXTS]
    strangers = [f'{{ hello(name: "{at}") }}' for at in range(20)]
    for text in strangers:
        kept.prepare(text)
    assert kept.prepared == len(strangers)
    assert not kept.knows(strangers[0])
    assert all(kept.knows(text) for text in TEXTS)
    assert all(kept.prepare(text) is known for text, known in zip(TEXTS, first, strict=True))
    assert kept.prepared == len(strangers)


def test_a_server_does_not_start_with_a_manifest_that_cannot_be_used(tmp_path: Path) -> None:
    unknown, schema = "query Q { nothing }", "query S { __schema { description } }"
    cases = {
        "{": "cannot be read",
        "[]": "no manifest",
        json.dumps({named(WHO): 5}): "without identifier or text",
        json.dumps({named(WHO): HELLO}): "not the SHA-256",
        json.dumps({identifier(unknown): unknown}): "query Q of the manifest cannot be used: Cannot query field",
        json.dumps({identifier(schema): schema}): "query S of the manifest .* introspection",
    }
    manifest = tmp_path / "manifest.json"
    settings = Settings(
        _env_file=None, environment=Environment.PRODUCTION, secret_key=SecretStr(SECRET), data_directory=tmp_path,
        trusted_documents=manifest,
    )  # fmt: skip
    for content, told in cases.items():
        manifest.write_text(content)
        with pytest.raises(StartRefused, match=told):
            create_app(settings, small_schema())
