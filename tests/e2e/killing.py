"""Kill the server again and again in the middle of claims and webhooks, and count what came of it.

    python -m tests.e2e.killing --claims 1000 --kills 20
    python -m tests.e2e.killing --claims 1000 --kills 20 --database postgres

A real server, `kill -9` at moments drawn by lot, programs that send again under the same key, a receiver that
sometimes refuses. The exit code is 1 when an acknowledged claim is lost or doubled, an event is not delivered under
one id, or a row of audit, history or outbox is missing.
"""

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import structlog
from standardwebhooks import Webhook as Verifier
from tortoise.expressions import F

from api import clock, db
from api.db import open_database
from api.models import Job, WebhookDelivery
from api.settings import Settings
from api.state_machines.webhook import WAITING
from tests.api.jobs.receiver import OK, Received, Receiver, receiving, status
from tests.databases import postgres_databases, settings_for, sqlite_databases
from tests.e2e.killing_callers import CLAIMS_A_NEED, PATIENCE, Callers, Follower
from tests.e2e.killing_reckoning import answers_agree, copies_agree, rows_agree, unfinished
from tests.e2e.killing_stage import Stage, Supervised, prepared

SEED = 20261124
REFUSED = 0.03
PAUSE = 0.15
"""Seconds that the receiver takes, so that kills meet webhooks on their way."""
STARTING = 0.25
"""How often the server is killed once more while it is starting."""
BOOKS_LOST_EVERY = 5
QUIET_SECONDS = 180.0
"""A lease of a minute, the first wait of what was refused, and all that came together meanwhile."""


@dataclass(slots=True)
class Killing:
    """One run: what is played on, who calls, what the receiver got."""

    stage: Stage
    server: Supervised
    receiver: Receiver
    callers: Callers
    followers: list[Follower]
    chance: random.Random
    hasty: bool
    counts: Counter[str] = field(default_factory=Counter)
    cut: set[Any] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    unanswered: set[int] = field(default_factory=set)
    taken: list[Received] = field(default_factory=list)

    def receive(self, request: Received) -> bytes:
        """Verify a webhook and take it; refuse it now and then, nothing twice. Called when a pause is over."""
        self.ended.add(id(request))
        Verifier(self.stage.hooks[request.path].secret).verify(request.body, request.headers)
        self.counts["verified"] += 1
        first = sum(each.headers["webhook-id"] == request.headers["webhook-id"] for each in self.receiver.received) == 1
        if first and self.chance.random() < REFUSED and self.callers.ledger.open:
            self.counts["refused webhooks"] += 1
            return status(503)
        if id(request) not in self.unanswered:
            self.taken.append(request)
        return OK

    async def _kill_now(self) -> None:
        """Kill the server; what waits for its answer meanwhile does not count as received."""
        self.unanswered |= {id(each) for each in self.receiver.received} - self.ended
        await self.server.kill()

    async def play(self, claims: int, kills: int) -> None:
        """Claim and kill, let all come to its end, and reckon."""
        needs = max(1, round(claims / CLAIMS_A_NEED))
        await self.server.start()
        await self.server.answering()
        following = [asyncio.create_task(each.follow()) for each in self.followers]
        work = asyncio.create_task(self.callers.work(needs))
        killer = asyncio.create_task(self._kill(kills, needs))
        try:
            await asyncio.gather(work, killer)
            await self._come_to_rest()
        finally:
            for task in (*following, work, killer):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self.callers.again()
        fresh = [Follower(each.client, each.headers, each.organisation) for each in self.followers]
        for each in (*self.followers, *fresh):
            await each.catch_up()
        await self.server.stop()
        ledger = self.callers.ledger
        answers_agree(ledger, needs)
        await rows_agree(self.stage, ledger, self.receiver.received, self.taken)
        for followed, new in zip(self.followers, fresh, strict=True):
            copies_agree(followed, new, ledger)

    async def _kill(self, kills: int, needs: int) -> None:
        ledger = self.callers.ledger
        claims = ledger.claims
        # Drawn over the whole run; the last ones well before the last claim.
        marks = sorted(self.chance.uniform(0.02, 0.9) * needs * CLAIMS_A_NEED for _ in range(kills))
        for number, mark in enumerate(marks, start=1):
            while len(claims) < mark:
                ledger.news.clear()
                await ledger.news.wait()
            await asyncio.sleep(self.chance.uniform(0, 0.25))
            self.counts["kills"] += 1
            self.counts["requests cut"] += ledger.open
            await self._kill_now()
            if not self.hasty and self.chance.random() < STARTING:
                await self.server.start()
                await asyncio.sleep(self.chance.uniform(0.2, 3))
                self.counts["kills while starting"] += 1
                await self._kill_now()
            await self._between(number, number == kills)
            await self.server.start()
            await self.server.answering()

    async def _between(self, number: int, last: bool) -> None:
        """Leave work that must begin at the start, and now and then lose the books of DBOS."""
        settings = self.stage.settings
        async with open_database(settings):
            await Job.create(kind="rematch-place", subject_id=0, path=self.stage.community, created_at=clock.now())
            if number % BOOKS_LOST_EVERY == 0 and not settings.sqlite:
                await db.connection().execute_script("DROP SCHEMA IF EXISTS dbos CASCADE")
            waiting = WebhookDelivery.filter(status__in=list(WAITING))
            self.cut |= set(await waiting.filter(next_attempt_at__gt=clock.now()).values_list("id", "claims"))
            if self.hasty and last:
                # As if the minute had passed that the dead senders' deliveries are theirs.
                await waiting.update(next_attempt_at=F("created_at"))
        if number % BOOKS_LOST_EVERY == 0:
            self.counts["books lost"] += 1
            for file in settings.data_directory.glob("jobs.sqlite3*"):
                if number % 2:
                    file.unlink()
                else:  # Half of a file, as a full disk leaves it.
                    os.truncate(file, file.stat().st_size // 2)

    async def _come_to_rest(self) -> None:
        begun = time.monotonic()
        while left := await unfinished(self.stage):
            assert time.monotonic() < begun + QUIET_SECONDS, f"not at its end: {left}"
            await asyncio.sleep(0.5)

    def report(self, seconds: float) -> dict[str, Any]:
        """Return the figures."""
        ledger, received = self.callers.ledger, self.receiver.received
        ids = {(each.path, each.headers["webhook-id"]) for each in received}
        return {
            "claims": len(ledger.claims), "needs": len(ledger.needs), **ledger.counts, **self.counts,
            "webhooks": len(ids), "sendings cut": len(self.cut), "answers cut": len(self.unanswered),
            "webhooks received again": len(received) - len(ids),
            "pages of the feed": sum(each.pages for each in self.followers),
            "longest start": round(max(self.server.starts), 1), "errors logged": len(self.server.faults()),
            "seconds": round(seconds),
        }  # fmt: skip


@asynccontextmanager
async def killing(settings: Settings, *, hasty: bool, seed: int = SEED) -> AsyncIterator[Killing]:
    """Prepare a run on a migrated, empty database that nobody has opened; `hasty` waits for no lease of the dead."""
    async with receiving() as receiver:
        stage = await prepared(settings, f"http://127.0.0.1:{receiver.port}")
        chance = random.Random(seed)
        server = Supervised(stage, settings.data_directory / "server.log")
        try:
            async with httpx.AsyncClient(base_url=stage.url, timeout=PATIENCE) as client:
                callers = Callers(stage, client, random.Random(seed))
                partner, headers = stage.claimants[0]
                followers = [Follower(client, stage.administrator), Follower(client, headers, partner)]
                run = Killing(stage, server, receiver, callers, followers, chance, hasty)
                receiver.answer, receiver.pause = run.receive, PAUSE
                yield run
        finally:
            await server.stop()


async def _run(settings: Settings, claims: int, kills: int, seed: int) -> dict[str, Any]:
    begun = time.monotonic()
    async with killing(settings, hasty=False, seed=seed) as run:
        await run.play(claims, kills)
        for line in run.server.faults()[:10]:
            sys.stderr.write(f"{line}\n")
        return run.report(time.monotonic() - begun)


def main() -> None:
    """Run what the arguments ask for and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.killing")
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    backend = postgres_databases if options.database == "postgres" else sqlite_databases
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with backend(place) as make, make(True) as url:
            settings = settings_for(url, place)
            figures = asyncio.run(_run(settings, options.claims, options.kills, options.seed))
    sys.stdout.write(f"{options.database}: {figures}\n")


if __name__ == "__main__":
    main()
