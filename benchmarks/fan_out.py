"""What it takes to tell equal subscribers of news: this server against Strawberry's own subscriptions, in one run.

Run `python -m benchmarks.fan_out [--rounds 5] [--news 20] [--subscribers 200] [--connections 2000]`; with
`--connections 0` only the comparison. Processor time of the whole server process, without the command that made the
news. Frames are not compressed on either side.
"""

import argparse
import asyncio
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

from benchmarks.contest import table
from benchmarks.fan_out_listeners import Heard, Listener, listen
from benchmarks.peer_processes import processor_seconds, server
from tests.postgres import free_port

OURS, PEER = "this server", "Strawberry's own"
MODULES: Final = {OURS: "benchmarks.fan_out_server", PEER: "benchmarks.fan_out_strawberry"}
QUERY: Final = """subscription { needOpened {
  id number title text status urgency visibility createdAt place { id name } category { code label }
  lines { position quantity unit note category { code label } } } }"""
NEED: Final[dict[str, Any]] = {
    "title": "楼道灯坏了", "text": "三单元二层到四层的灯都不亮，晚上老人上下楼不方便。",
    "lines": [{"category": "life.repair", "quantity": 3, "unit": "PIECE"}, {"category": "life", "note": "要梯子"}],
}  # fmt: skip
LONG: Final = {**NEED, "text": "灯" * 2_000}
BAR: Final = 1 / 5
PATIENCE: Final = 60
"""Seconds."""
SILENT: Final = 20
"""One of so many connections never reads."""
FILLING: Final = 40
CUT_OFF: Final = 60.0
"""Seconds within which those who read nothing are cut off."""


@dataclass
class Side:
    """A running server."""

    port: int
    pid: int
    http: httpx.AsyncClient
    heard: Heard = field(default_factory=Heard)
    listeners: Sequence[Listener] = ()
    per_message: list[float] = field(default_factory=list)
    wait: list[float] = field(default_factory=list)

    async def figures(self) -> Any:
        """Return what the server tells of itself."""
        return (await self.http.get("/figures")).raise_for_status().json()

    async def subscribe(self, many: int, silent: int = 0) -> None:
        """Have so many listen, and wait until all are followed."""
        token = (await self.figures())["token"]
        self.listeners = await listen(self.port, QUERY, token, many, silent=silent, heard=self.heard)
        await self.followed_by(many, many)

    async def followed_by(self, least: int, most: int) -> None:
        """Wait until it has that many subscribers."""
        for _ in range(PATIENCE * 10):
            if least <= (await self.figures())["followed"] <= most:
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"not followed by {most}")

    async def leave(self) -> None:
        """Have all go away."""
        for listener in self.listeners:
            listener.transport.close()
        await self.followed_by(0, 0)

    async def publish(self, news: dict[str, Any], hearing: int) -> tuple[float, int]:
        """Make news and wait until all have heard it; return seconds of the processor and statements of making it."""
        began, results = time.perf_counter(), self.heard.results + hearing
        made = (await self.http.post("/publish", json=news)).raise_for_status().json()
        await self.heard.until(results)
        self.wait.append(time.perf_counter() - began)
        return made["seconds"], made["statements"]

    async def measured(self, news: dict[str, Any], times: int, hearing: int) -> float:
        """Return milliseconds of the processor for each message."""
        before, making = processor_seconds(self.pid), 0.0
        for _ in range(times):
            making += (await self.publish(news, hearing))[0]
        return (processor_seconds(self.pid) - before - making) * 1000 / (times * hearing)

    def told(self) -> Any:
        """Return the data of the last result."""
        return orjson.loads(self.heard.last)["payload"]["data"]

    def mib(self) -> float:
        """Return the memory that the server's process holds."""
        return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())[0]) / 1024


async def measure(rounds: int, news: int, subscribers: int, connections: int) -> str:
    """Return the report."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with running(OURS) as ours, running(PEER) as peer:
        report = await compared(ours, peer, rounds, news, subscribers)
        return report + (await crowded(ours, connections) if connections else "")


@contextmanager
def running(name: str) -> Iterator[Side]:
    """Run one of the servers."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="wujia-fan-out-") as folder:
        command = [sys.executable, "-m", MODULES[name], str(port)]
        with server(name, command, {}, port, Path(folder) / "log", Path.cwd()) as pid:
            yield Side(port, pid, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120))


async def compared(ours: Side, peer: Side, rounds: int, news: int, subscribers: int) -> str:
    """Return what one message costs on both sides, which tell the very same."""
    for side in (ours, peer):
        await side.subscribe(subscribers)
    await ours.publish(NEED, subscribers)
    same = ours.told()["needOpened"]
    await peer.publish(same, subscribers)
    if peer.told()["needOpened"] != same:
        raise AssertionError(f"they tell different things: {same} and {peer.told()}")
    turns = [(ours, NEED), (peer, same)]
    for at in range(rounds + 1):
        for side, what in turns if at % 2 else turns[::-1]:
            found = await side.measured(what, news, subscribers)
            if at:
                side.per_message.append(found)
    for side in (ours, peer):
        await side.leave()
    one, other = (statistics.median(side.per_message) for side in (ours, peer))
    rows = [
        (name, cpu, statistics.median(side.wait) * 1000) for name, side, cpu in ((OURS, ours, one), (PEER, peer, other))
    ]
    size = len(orjson.dumps(same))
    head = ("CPU per message", "ms", "ms until the last has it, on the clock")
    verdict = "holds" if one <= other * BAR else "is missed"
    return table(f"{subscribers} equal subscribers, {size} bytes of payload", head, rows) + (
        f"\n\nratio {one / other:.3f}: the bar of {BAR:.2f} {verdict}; rounds {rounds}, news {news} each\n"
    )


async def crowded(side: Side, connections: int) -> str:
    """Return what very many connections take, of which some never read."""
    silent = connections // SILENT
    reading, empty, began = connections - silent, side.mib(), time.perf_counter()
    await side.subscribe(connections, silent)
    opened, held = time.perf_counter() - began, side.mib()
    side.wait.clear()
    before = (await side.figures())["statements"]
    making = (await side.publish(NEED, connections - silent))[1]
    telling = (await side.figures())["statements"] - before - making
    cpu = await side.measured(NEED, 5, reading)
    wait = statistics.median(side.wait)
    highest = side.mib()
    for _ in range(FILLING):
        await side.publish(LONG, reading)
        highest = max(highest, side.mib())
    until = time.monotonic() + CUT_OFF
    while (left := (await side.figures())["followed"]) > reading and time.monotonic() < until:
        await asyncio.sleep(1)
        highest = max(highest, side.mib())
    await side.publish(NEED, reading)
    heard = {each.results for each in side.listeners if each.reads}
    rows = [
        ("seconds until all had subscribed", opened),
        ("statements for one piece of news", telling),
        ("CPU ms per message", cpu),
        ("ms until the last has it, on the clock", wait * 1000),
        ("MiB before", empty), ("MiB with all of them", held), ("MiB at most, while some read nothing", highest),
        ("MiB at the end", side.mib()),
        (f"of {silent} that read nothing, still connected", left - reading),
        (f"of {reading} that read, gone", sum(each.lost for each in side.listeners if each.reads)),
        ("results each of those has had", sorted(heard)),
    ]  # fmt: skip
    await side.leave()
    return table(f"{connections} connections to one process", ("", ""), rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--news", type=int, default=20)
    parser.add_argument("--subscribers", type=int, default=200)
    parser.add_argument("--connections", type=int, default=2_000)
    given = parser.parse_args()
    sys.stdout.write(asyncio.run(measure(given.rounds, given.news, given.subscribers, given.connections)) + "\n")
