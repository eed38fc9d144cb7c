"""One POST: to the checked address alone, under the host's name, within its time, following nobody."""

import ssl
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from api.jobs.posting import EXCERPT, Answer, Poster
from api.webhooks import guard as guards
from api.webhooks.guard import Guard
from tests.api.jobs.certificates import contexts
from tests.api.jobs.receiver import Receiver, receiving, status

HOST = "hooks.example.org"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


def poster(seconds: float = 5.0, *, allow_private: bool = True) -> Poster:
    return Poster(Guard(allow_private), ssl.create_default_context(), seconds)


async def post(to: str, seconds: float = 5.0) -> Answer:
    return await poster(seconds).post(to, {"webhook-id": "1"}, b'{"a":1}')


async def test_a_name_that_led_outside_and_now_leads_inside_is_not_called(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    async def rebound(host: str, port: int) -> Sequence[str]:
        return next(answers)

    monkeypatch.setattr(guards, "resolved", rebound)
    careful = Guard()
    url = f"https://{HOST}:{receiver.port}/hook"
    assert await careful.addresses(careful.url(url)) == ("8.8.8.8",), "at registration all was well"
    answer = await poster(allow_private=False).post(url, {}, b"{}")
    assert (answer.status, answer.error) == (None, "ADDRESS_REFUSED")
    assert receiver.connections == 0


async def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    async with receiving() as inner:
        receiver.answer = lambda _: status(307, b"", b"Location: " + inner.url.encode())
        answer = await post(receiver.url)
        assert (answer.status, answer.error, answer.taken) == (307, "REDIRECTED", False)
        assert inner.connections == 0


async def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await post(receiver.url)).taken
        assert proxy.connections == 0


async def test_what_is_sent_arrives_with_its_headers(receiver: Receiver) -> None:
    answer = await post(receiver.url + "?token=x")
    assert answer == Answer(200, None, "ok")
    (request,) = receiver.received
    assert (request.path, request.json) == ("/hook?token=x", {"a": 1})
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "1"


@pytest.mark.parametrize(("code", "error"), [(204, None), (299, None), (400, "REFUSED"), (410, "REFUSED"),
                                             (500, "REFUSED"), (304, "REDIRECTED")])  # fmt: skip
async def test_only_what_begins_with_2_is_a_yes(receiver: Receiver, code: int, error: str | None) -> None:
    receiver.answer = lambda _: status(code)
    assert await post(receiver.url) == Answer(code, error, None)


async def test_a_receiver_that_says_nothing_is_left_in_time(receiver: Receiver) -> None:
    receiver.pause = 3.0
    began = time.monotonic()
    assert await post(receiver.url, seconds=0.3) == Answer(error="TIMEOUT")
    assert time.monotonic() - began < 2


async def test_an_endless_answer_is_read_only_at_its_beginning(receiver: Receiver) -> None:
    receiver.answer = lambda _: status(200, b"\x00\x1b[2J" + b"x" * 500_000)
    answer = await post(receiver.url)
    assert answer.taken
    assert answer.excerpt is not None
    assert len(answer.excerpt) <= EXCERPT
    assert answer.excerpt.isprintable()


async def test_nobody_there_no_http_and_no_such_host_are_answers_too(receiver: Receiver) -> None:
    receiver.answer = lambda _: b"SSH-2.0-OpenSSH\r\n\r\n"
    assert await post(receiver.url) == Answer(error="NO_ANSWER")
    assert (await post("http://127.0.0.1:9/")).error == "CONNECT_FAILED"
    assert (await post("https://nowhere.invalid/")).error == "ADDRESS_REFUSED"


async def test_tls_proves_the_host_s_name_on_the_checked_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, trust = contexts(HOST, tmp_path)
    asked = []

    async def here(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        # The first address answers nobody; the next one is tried.
        return ["127.0.0.9", "127.0.0.1"]

    monkeypatch.setattr(guards, "resolved", here)
    async with receiving(server) as receiver:
        sender = Poster(Guard(allow_private=True), trust, 5.0)
        assert (await sender.post(f"https://{HOST}:{receiver.port}/hook", {}, b"{}")).taken
        assert receiver.received[0].headers["host"] == f"{HOST}:{receiver.port}"
        other = await sender.post(f"https://other.example.org:{receiver.port}/hook", {}, b"{}")
        assert other.error == "TLS_FAILED", "the certificate is another host's"
        stranger = await poster().post(f"https://{HOST}:{receiver.port}/hook", {}, b"{}")
        assert stranger.error == "TLS_FAILED", "nobody trusts this authority"
        assert len(receiver.received) == 1
    assert asked == [HOST, "other.example.org", HOST], "each name was asked for once, by the guard alone"
