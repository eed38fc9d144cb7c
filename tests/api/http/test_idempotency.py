"""A mutation sent again under its `Idempotency-Key`: one effect, one answer."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from api import clock, db
from api.app import create_app
from api.commands.idempotency import forget_outcomes
from api.http.idempotency import REPLAYED
from api.models import BearerKey, IdempotentOutcome
from api.settings import Settings
from tests.api.commands.test_busy import another_writer
from tests.api.http.asking import Asking, code
from tests.api.http.keys import NOW, key_for
from tests.api.http.noting import HIDES_CODE, NOTE, SECRETIVE, being_written_elsewhere, keyed, same, written
from tests.api.http.writing_schema import FAULTS, writing_schema
from tests.databases import ON_POSTGRES
from tests.factories import Town


@pytest.fixture
def seconds() -> float:
    """Return how long an operation may take; a test that waits for the end overrides it."""
    return 10


@pytest.fixture
async def app(town: Town, seconds: float) -> Starlette:
    app = create_app(town.runtime.settings.model_copy(update={"graphql_seconds": seconds}), writing_schema())
    app.state.runtime = town.runtime
    return app


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


@pytest.fixture
async def me(town: Town) -> dict[str, str]:
    return await key_for(person=await town.person())


async def test_nobody_known_cannot_use_a_key(ask: Asking) -> None:
    answer = await ask(NOTE, {"text": "note"}, headers=keyed({}))
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert await written() == (0, 0, 0)


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "键", "a\tb", "\x7f"])
async def test_a_key_that_is_none_is_refused_and_nothing_is_done(ask: Asking, me: dict[str, str], key: str) -> None:
    body = {"query": NOTE, "variables": {"text": "note"}}
    headers = {name.encode(): value.encode() for name, value in keyed(me, key).items()}
    answer = await ask.client.post("/graphql", json=body, headers=headers)
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    assert await written() == (0, 0, 0)


async def test_two_keys_at_once_are_refused(ask: Asking, me: dict[str, str]) -> None:
    body = {"query": NOTE, "variables": {"text": "note"}}
    headers = [*me.items(), ("Idempotency-Key", "one"), ("Idempotency-Key", "two")]
    answer = await ask.client.post("/graphql", json=body, headers=headers)
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


async def test_another_request_under_the_same_key_is_refused(ask: Asking, me: dict[str, str]) -> None:
    first = await ask(NOTE, {"text": "note"}, headers=keyed(me))
    others = [
        await ask(NOTE, {"text": "note2"}, headers=keyed(me)),
        await ask(NOTE + " ", {"text": "note"}, headers=keyed(me)),
        await ask(SECRETIVE, {"text": "note"}, headers=keyed(me)),
    ]
    assert [(each.status_code, code(each)) for each in others] == [(422, "IDEMPOTENCY_MISMATCH")] * 3
    assert "换一个" in others[0].json()["errors"][0]["message"]
    assert await written() == (1, 1, 1)
    assert same(first, await ask(NOTE, {"text": "note"}, headers=keyed(me)))


async def test_a_key_with_other_scopes_is_not_told_what_a_wider_one_was(ask: Asking, town: Town) -> None:
    firm = await town.organisation()
    wide = await key_for(organisation=firm, scopes=["need:read", "need:create"])
    narrow = await key_for(organisation=firm, scopes=["need:read"])
    assert (await ask(NOTE, {"text": "note"}, headers=keyed(wide))).status_code == 200
    assert code(await ask(NOTE, {"text": "note"}, headers=keyed(narrow))) == "IDEMPOTENCY_MISMATCH"


async def test_a_refused_key_is_refused_before_anything_is_replayed(ask: Asking, me: dict[str, str]) -> None:
    await ask(NOTE, {"text": "note"}, headers=keyed(me))
    await BearerKey.all().update(revoked_at=clock.now())
    assert (await ask(NOTE, {"text": "note"}, headers=keyed(me))).status_code == 401


async def test_the_first_answer_is_given_again_byte_for_byte_and_the_effect_is_one(
    ask: Asking, me: dict[str, str]
) -> None:
    first = await ask(NOTE, {"text": "note", "then": ""}, headers=keyed(me))
    again = await ask(NOTE, {"then": "", "text": "note"}, headers=keyed(me) | {"Accept-Language": "en"})
    assert first.json()["data"]["note"]["text"] == "note"
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert same(first, again)
    assert await written() == (1, 1, 1)


@pytest.mark.parametrize("fault", [each for each in FAULTS if each != "BUSY"])
async def test_an_error_that_is_data_is_an_outcome_too(ask: Asking, me: dict[str, str], fault: str) -> None:
    sent = {"text": "note", "then": fault}
    first = await ask(NOTE, sent, headers=keyed(me))
    again = await ask(NOTE, sent, headers=keyed(me))
    assert first.json()["data"]["note"]["code"] == fault
    assert same(first, again)
    assert again.headers[REPLAYED] == "true"
    assert await written() == (0, 0, 0)


async def test_one_operation_with_a_good_and_a_bad_field_keeps_both_outcomes(ask: Asking, me: dict[str, str]) -> None:
    both = """mutation { good: note(text: "note1") { __typename }
        bad: note(text: "note2", then: "DUPLICATE") { __typename } last: note(text: "note3") { __typename } }"""
    first, again = [await ask(both, headers=keyed(me)) for _ in range(2)]
    assert [each["__typename"] for each in first.json()["data"].values()] == ["Note", "InvalidInputError", "Note"]
    assert same(first, again)
    assert await written() == (2, 2, 2)


@pytest.mark.parametrize("query", [NOTE, HIDES_CODE])
async def test_busy_is_told_at_the_top_and_not_kept(ask: Asking, me: dict[str, str], query: str) -> None:
    sent = {"text": "note", **({"then": "BUSY"} if query == NOTE else {})}
    for _ in range(2):
        answer = await ask(query, sent, headers=keyed(me))
        assert (answer.status_code, code(answer), answer.headers["Retry-After"]) == (503, "BUSY", "1")
    assert await written() == (0, 0, 0)
    assert not await IdempotentOutcome.exists()


async def test_a_fault_of_ours_undoes_everything_and_is_not_kept(ask: Asking, me: dict[str, str]) -> None:
    with capture_logs():
        broken = await ask(NOTE, {"text": "note", "then": "BROKEN"}, headers=keyed(me))
        payload = await ask(SECRETIVE, {"text": "note"}, headers=keyed(me))
    for answer in (broken, payload):
        assert answer.json()["data"] is None
        assert code(answer) == "INTERNAL"
    assert await written() == (0, 0, 0)
    assert (await ask(NOTE, {"text": "note"}, headers=keyed(me))).json()["data"]["note"]["text"] == "note"


@pytest.mark.parametrize("seconds", [0.5])
async def test_what_takes_too_long_undoes_everything_and_is_not_kept(ask: Asking, me: dict[str, str]) -> None:
    late = await ask(NOTE, {"text": "note", "then": "SLOW"}, headers=keyed(me))
    assert (late.status_code, code(late)) == (503, "TIMEOUT")
    assert await written() == (0, 0, 0)
    assert (await ask(NOTE, {"text": "note"}, headers=keyed(me))).json()["data"]["note"]["text"] == "note"


async def test_what_was_never_executed_leaves_the_key_free(ask: Asking, me: dict[str, str]) -> None:
    assert code(await ask("mutation { nothing }", headers=keyed(me))) == "VALIDATION_FAILED"
    assert code(await ask(NOTE, {"text": 1}, headers=keyed(me))) == "INVALID_INPUT"
    assert (await ask(NOTE, {"text": "note"}, headers=keyed(me))).status_code == 200


async def test_the_same_key_of_another_caller_is_another_key(ask: Asking, town: Town, me: dict[str, str]) -> None:
    other = await key_for(person=await town.person())
    first = await ask(NOTE, {"text": "note1"}, headers=keyed(me))
    second = await ask(NOTE, {"text": "note2"}, headers=keyed(other))
    assert second.json()["data"]["note"]["text"] == "note2"
    assert REPLAYED not in second.headers
    assert same(first, await ask(NOTE, {"text": "note1"}, headers=keyed(me)))


async def test_a_new_session_of_the_same_person_is_the_same_caller(ask: Asking, town: Town) -> None:
    person = await town.person()
    one, two = await key_for(person=person), await key_for(person=person)
    first = await ask(NOTE, {"text": "note"}, headers=keyed(one))
    assert same(first, await ask(NOTE, {"text": "note"}, headers=keyed(two)))


async def test_a_query_does_not_mind_a_key(ask: Asking, me: dict[str, str]) -> None:
    for headers in (keyed(me), keyed({}), keyed(me, "no key")):
        assert (await ask("{hello}", headers=headers)).json() == {"data": {"hello": "hello world"}}
    assert not await IdempotentOutcome.exists()


async def test_neither_key_nor_request_nor_answer_is_stored_in_clear(ask: Asking, me: dict[str, str]) -> None:
    await ask(NOTE, {"text": "note-13812345678"}, headers=keyed(me, "first-key"))
    (row,) = await db.connection().execute_query_dict("SELECT * FROM idempotent_outcome")
    assert not any(word in str(dict(row)) for word in ("13812345678", "first-key", "Note"))
    assert "13812345678" in (await IdempotentOutcome.get()).answer


async def test_a_key_is_forgotten_after_its_days(ask: Asking, me: dict[str, str]) -> None:
    await ask(NOTE, {"text": "note"}, headers=keyed(me))
    assert await forget_outcomes(timedelta(days=7)) == 0
    with clock.fixed(clock.now() + timedelta(days=7, seconds=1)):
        assert await forget_outcomes(timedelta(days=7)) == 1
    assert REPLAYED not in (await ask(NOTE, {"text": "note2"}, headers=keyed(me))).headers


@pytest.mark.parametrize("seconds", [1.0])
async def test_who_waits_in_vain_for_another_writer_may_send_again(
    ask: Asking, me: dict[str, str], database: Settings
) -> None:
    sent = {"text": "note"}
    await ask("{hello}", headers=me)  # The key's first use of the day is a write of its own.
    async with another_writer(database):
        busy = await ask(NOTE, sent, headers=keyed(me))
    # There the operation's own time is over first.
    assert (busy.status_code, code(busy)) == (503, "TIMEOUT" if ON_POSTGRES else "BUSY")
    assert await written() == (0, 0, 0)
    assert (await ask(NOTE, sent, headers=keyed(me))).json()["data"]["note"]["text"] == "note"


async def test_a_send_that_another_process_is_executing_is_waited_for(
    ask: Asking, me: dict[str, str], database: Settings
) -> None:
    first = await ask(NOTE, {"text": "note"}, headers=keyed(me))
    (stored,) = await db.connection().execute_query_dict("SELECT * FROM idempotent_outcome")
    await IdempotentOutcome.all().delete()
    async with being_written_elsewhere(database, dict(stored)):
        waiting = asyncio.get_running_loop().create_task(ask(NOTE, {"text": "note"}, headers=keyed(me)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
    again = await waiting
    assert same(first, again)
    assert again.headers[REPLAYED] == "true"
    assert await written() == (1, 1, 1)
