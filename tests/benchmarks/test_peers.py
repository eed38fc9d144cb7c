"""What the comparison with peers stands on: answers in one form, honest counts, bars that can be missed."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from benchmarks.peer_entrants import OURS, RAW
from benchmarks.peer_figures import Figures, report
from benchmarks.peer_load import run
from benchmarks.peer_processes import processor_seconds
from benchmarks.peer_work import NESTED, SHAPES, in_one_form

GOOD = b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"data": 1}'
ERRORS = b'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"errors":[]}'
REFUSED = b"HTTP/1.1 503 Busy\r\ncontent-length: 2\r\n\r\n{}"


def test_answers_of_different_custom_have_one_form() -> None:
    ours = {
        "data": {"needs": {"nodes": [{"id": "Need:7", "matches": {"nodes": [{"resource": {"id": "Resource:8"}}]}}]}}
    }
    lists = {"data": {"page": [{"id": "7", "matches": [{"resource": {"id": 8}}]}]}}
    assert in_one_form(ours) == in_one_form(lists) == [{"id": "7", "matches": [{"resource": {"id": "8"}}]}]
    assert in_one_form({"data": {"a": [{"id": 1}], "b": [{"id": 2}]}}) == [{"id": "1"}, {"id": "2"}]
    with pytest.raises(ValueError, match="too many"):
        in_one_form({"errors": [{"message": "too many"}], "data": {}})


@asynccontextmanager
async def _server(*answers: bytes) -> AsyncIterator[int]:
    """Answer each connection's requests in turn with these, and close it after one that is empty."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turn = 0
        while await reader.readline():
            length = 0
            while (line := await reader.readline()) != b"\r\n":
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            assert await reader.readexactly(length) == b"{}"
            answer = answers[turn % len(answers)]
            turn += 1
            if not answer:
                break
            writer.write(answer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("answers", "share"), [((GOOD,), 0.0), ((GOOD, ERRORS), 0.5), ((REFUSED, GOOD), 0.5), ((GOOD, b""), None)]
)
async def test_the_load_generator_counts_answers_and_those_that_are_wrong(
    answers: tuple[bytes, ...], share: float | None
) -> None:
    async with _server(*answers) as port:
        job = {"port": port, "path": "/", "headers": {"X-A": "b"}, "bodies": ["{}"], "seconds": 0.2, "connections": 3}
        found = await run(job)
    if share is None:
        assert (found["requests"], found["wrong"]) == (3, 3)
    else:
        assert found["requests"] > 20
        assert found["wrong"] == pytest.approx(share * found["requests"], abs=3)
        assert 0 < found["p50"] <= found["p99"]


def test_processor_time_is_that_of_the_process() -> None:
    before, began = processor_seconds(os.getpid()), time.process_time()
    while time.process_time() - began < 0.05:
        pass
    assert processor_seconds(os.getpid()) - before >= 0.04


@pytest.mark.parametrize(("requests", "cpu", "met"), [(850, 1.0, True), (840, 1.0, False), (1000, 1.7, False)])
def test_a_bar_is_met_or_not_by_the_median_of_the_rounds(requests: int, cpu: float, met: bool) -> None:
    results = {(shape, name): Figures() for shape in SHAPES for name in (OURS, RAW)}
    for (_, name), figures in results.items():
        for disturbed in (1, 1, 9):
            done = requests if name == OURS else 1000
            own = done / 1000 * (cpu if name == OURS else 1.0)
            figures.add({"requests": done, "seconds": float(disturbed), "p50": 1.0, "p99": 2.0}, own, 0.1)
    lines = [line for line in report(results).splitlines() if f"/ {RAW} | {NESTED}" in line]
    assert len(lines) == 2
    assert all(line.endswith("| met |") for line in lines) == met
