"""Send many mutations at the same time, several under each key, and count effects and answers.

    python -m tests.api.http.idempotency_storm --sends 800 --keys 200
    WUJIA_TEST_DATABASE=postgres python -m tests.api.http.idempotency_storm --sends 800 --keys 200

The exit code is 1 unless there is one effect a key, and one answer.
"""

import argparse
import asyncio
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import httpx
import structlog

from api import clock, sealing
from api.app import create_app
from api.db import open_database
from api.http.idempotency import REPLAYED
from api.models import AuditEntry, Need
from api.settings import Settings
from tests.api.http.keys import NOW, key_for, member
from tests.databases import ON_POSTGRES, SECRET, postgres_databases, settings_for, sqlite_databases
from tests.factories import Town, build_town

SUBMIT = """mutation($input: NeedInput!) { needSubmit(input: $input) { __typename
    ... on UserError { code message } ... on Need { id number title place { code } } } }"""
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Report:
    """What came of it: effects, audit rows, different answers by key, statuses, replays and time."""

    effects: int
    audited: int
    keys: int
    keys_with_one_answer: int
    first: int
    statuses: dict[int, int]
    seconds: float

    @property
    def sound(self) -> bool:
        """Tell whether each key had one effect and one answer."""
        return self.effects == self.audited == self.keys == self.keys_with_one_answer == self.first


async def storm(town: Town, sends: int, keys: int) -> Report:
    """Send `sends` needs under `keys` keys at once, in any order, as one resident."""
    settings = town.runtime.settings.model_copy(update={"graphql_seconds": PATIENCE})
    app = create_app(settings)
    app.state.runtime = town.runtime
    person = await town.person()
    await member(town, person_id=person)
    headers = await key_for(person=person)
    numbers = [number % keys for number in range(sends)]
    random.Random("storm").shuffle(numbers)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://wujia.test", timeout=PATIENCE) as client:

        async def send(number: int) -> httpx.Response:
            wanted = {"title": f"想修第 {number} 盏灯", "category": "life.repair", "place": f"Place:{town.id('A1')}",
                      "owner": {"person": f"Person:{person}"}}  # fmt: skip
            body = {"query": SUBMIT, "variables": {"input": wanted}}
            return await client.post("/graphql", json=body, headers=headers | {"Idempotency-Key": f"need-{number}"})

        started = time.perf_counter()
        answers = await asyncio.gather(*map(send, numbers))
        seconds = time.perf_counter() - started
    told: dict[int, set[bytes]] = {}
    for number, answer in zip(numbers, answers, strict=True):
        told.setdefault(number, set()).add(answer.content)
    good = [each for each in told.values() if len(each) == 1 and b'"number"' in next(iter(each))]
    return Report(
        effects=await Need.all().count(),
        audited=await AuditEntry.filter(action="need.submit").count(),
        keys=keys,
        keys_with_one_answer=len(good),
        first=sum(REPLAYED not in answer.headers for answer in answers),
        statuses=dict(Counter(answer.status_code for answer in answers)),
        seconds=seconds,
    )


async def _run(settings: Settings, sends: int, keys: int) -> Report:
    sealing.use_secret(SECRET)
    async with open_database(settings):
        town = await build_town(settings)
        try:
            with clock.fixed(NOW):
                return await storm(town, sends, keys)
        finally:
            await town.runtime.rules.close()


def main() -> int:
    """Run what the arguments ask for and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.api.http.idempotency_storm")
    parser.add_argument("--sends", type=int, default=800)
    parser.add_argument("--keys", type=int, default=200)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    backend = postgres_databases if ON_POSTGRES else sqlite_databases
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with backend(place) as make, make(True) as url:
            report = asyncio.run(_run(settings_for(url, place), options.sends, options.keys))
    sys.stdout.write(f"{'PostgreSQL' if ON_POSTGRES else 'SQLite'}: {report}\n")
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
