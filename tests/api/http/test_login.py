"""POST /login: a password for a bearer key."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api import clock
from api.commands import session
from api.http import login as login_module
from api.models import Account, AuditEntry, BearerKey
from auth.keys import hash_of
from auth.passwords import PasswordPool
from tests.api.http.asking import Asking, code
from tests.api.http.keys import NOW, member
from tests.factories import Town

RIGHT = "correct horse battery"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(login_module, "FAILURE_SECONDS", 0.0)
    with clock.fixed(NOW):
        yield


@pytest.fixture
async def account(app: Starlette, town: Town) -> Account:
    person = await town.person()
    await member(town, person_id=person)
    stored = await app.state.door.passwords.hash(RIGHT)
    return await Account.create(person_id=person, login="li", password_hash=stored, created_at=NOW)


async def sign_in(ask: Asking, login: Any = "li", password: Any = RIGHT) -> httpx.Response:
    return await ask.client.post("/login", json={"login": login, "password": password})


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"", 400, "MALFORMED_JSON"),
        (b"[]", 400, "BAD_REQUEST"),
        (b'{"login":"li"}', 400, "BAD_REQUEST"),
        (b'{"login":"li","password":7}', 400, "BAD_REQUEST"),
        (b'{"login":"","password":"x"}', 400, "BAD_REQUEST"),
        (b'{"login":"li\\u0000","password":"x"}', 400, "BAD_REQUEST"),
        (b'{"login":"\\ud800","password":"x"}', 400, "MALFORMED_JSON"),
        (b" " * 4_097, 413, "BODY_TOO_LARGE"),
    ],
)
async def test_a_malformed_sign_in_is_refused(ask: Asking, body: bytes, status: int, expected: str) -> None:
    answer = await ask.client.post("/login", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, code(answer)) == (status, expected)


async def test_a_form_of_a_foreign_page_cannot_sign_in(ask: Asking, account: Account) -> None:
    answer = await ask.client.post("/login", data={"login": "li", "password": RIGHT})
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_wrong_password_and_an_unknown_login_are_answered_alike(
    ask: Asking, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[bool] = []
    original = PasswordPool.verify

    async def verify(self: PasswordPool, stored: str | None, password: str) -> Any:
        verified.append(stored is not None)
        return await original(self, stored, password)

    monkeypatch.setattr(PasswordPool, "verify", verify)
    wrong, unknown = await sign_in(ask, password="wrong"), await sign_in(ask, login="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert verified == [True, False]


async def test_a_disabled_login_is_answered_like_an_unknown_one(ask: Asking, account: Account) -> None:
    await Account.all().update(disabled_at=NOW)
    assert (await sign_in(ask)).status_code == 401


async def test_an_account_without_a_password_cannot_sign_in(ask: Asking, account: Account) -> None:
    await Account.all().update(password_hash=None)
    assert (await sign_in(ask, password="nobody's password")).status_code == 401


@pytest.mark.parametrize("login", ["li", "nobody"])
async def test_after_ten_failures_each_further_try_waits_whoever_it_is(
    ask: Asking, account: Account, login: str
) -> None:
    for _ in range(10):
        assert (await sign_in(ask, login, "wrong")).status_code == 401
    answer = await sign_in(ask, login)
    assert (answer.status_code, code(answer)) == (429, "TOO_MANY_TRIES")
    assert answer.headers["retry-after"] == "30"
    with clock.fixed(NOW + timedelta(seconds=30)):
        assert (await sign_in(ask, login, "wrong")).status_code == 401
        assert (await sign_in(ask, login)).status_code == 429
    with clock.fixed(NOW + timedelta(seconds=60)):
        assert (await sign_in(ask, login)).status_code == (200 if login == "li" else 401)


@pytest.mark.parametrize("login", ["li", "nobody"])
async def test_failures_are_forgotten_after_a_quarter_of_an_hour(ask: Asking, account: Account, login: str) -> None:
    for _ in range(10):
        await sign_in(ask, login, "wrong")
    with clock.fixed(NOW + timedelta(minutes=16)):
        for _ in range(10):
            assert (await sign_in(ask, login, "wrong")).status_code == 401
        assert (await sign_in(ask, login, "wrong")).status_code == 429


async def test_the_right_password_gives_a_session_key_that_is_stored_only_as_a_hash(
    ask: Asking, account: Account, town: Town
) -> None:
    await sign_in(ask, password="wrong")
    answer = await sign_in(ask)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()["token"]
    stored = await BearerKey.get()
    assert stored.secret_hash == hash_of(token)
    assert stored.expires_at == NOW + session.SESSION
    assert answer.json()["expiresAt"] == "2026-03-02T16:00:00+00:00"
    headers = {"Authorization": f"Bearer {token}"}
    assert (await ask.data("{who}", headers=headers))["who"][2] == f"RESIDENT@{town.path('A1')}"
    await account.refresh_from_db()
    assert (account.failures, account.last_failure_at) == (0, None)
    with clock.fixed(NOW + session.SESSION):
        assert (await ask("{hello}", headers=headers)).status_code == 401


async def test_signing_in_is_audited(ask: Asking, account: Account) -> None:
    await sign_in(ask)
    entry = await AuditEntry.get()
    assert (entry.action, entry.actor) == ("session.open", f"person:{account.person_id}")


async def test_a_hash_of_weaker_cost_is_made_anew(app: Starlette, ask: Asking, account: Account) -> None:
    stronger = PasswordPool(time_cost=2, memory_kib=1024)
    app.state.door = session.Door(stronger)
    assert (await sign_in(ask)).status_code == 200
    former = account.password_hash
    await account.refresh_from_db()
    assert account.password_hash != former
    assert (await sign_in(ask)).status_code == 200
    stronger.close()
