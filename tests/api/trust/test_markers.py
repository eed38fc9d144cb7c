"""Texts planted in every sealed column of every community turn up in no answer abroad, whatever is sent."""

import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api import clock
from api.app import create_app
from api.schema.root import build_schema
from api.settings import Settings
from tests.api.conftest import City
from tests.api.plan.oracle import all_rows
from tests.api.trust.callers import Caller, stored_callers
from tests.api.trust.judging import SHOWN_TO_NOBODY, Judge
from tests.api.trust.leaving import Left, leave
from tests.api.trust.markers import REQUESTS
from tests.api.trust.planting import Planted
from tests.api.trust.requests import REVEAL, Known, Requests, Sent, asked
from tests.api.world import COMMUNITIES, NOW
from tests.factories import runtime_of

PARTS = 2 if REQUESTS in os.environ else 1
COUNT = int(os.environ.get(REQUESTS, "120")) // PARTS
# What those at home ask first, so that each column is seen by somebody who may.
AT_HOME = """{ needs(first: 100) { nodes { onBehalf { words sheetAt by { contact { name phone address } } }
  ownerPerson { contact { name phone } } ownerHousehold { contact { name phone } } } } }"""


@pytest.fixture
async def http(city: City, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    runtime = runtime_of(settings)
    app = create_app(settings, build_schema())
    app.state.runtime = runtime
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with clock.fixed(NOW):
        async with httpx.AsyncClient(transport=transport, base_url="http://wujia.test") as client:
            yield client
    await runtime.rules.close()


class Search:
    """Sends requests and notes which markers came back to whom."""

    def __init__(self, http: httpx.AsyncClient, planted: Planted, judge: Judge) -> None:
        self.http, self.planted, self.judge = http, planted, judge
        self.told: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.roles: Counter[str] = Counter()
        self.faults: list[str] = []

    async def send(self, sent: Sent, caller: Caller, language: str = "zh") -> None:
        body = {"json": sent.body} if sent.method == "POST" else {}
        headers = {**sent.headers, **caller.headers, "Accept-Language": language}
        answer = await self.http.request(sent.method, sent.path, headers=headers, **body)
        self.roles[caller.role] += 1
        refused = not answer.is_success or '"errors"' in answer.text
        self.kinds[f"{sent.kind}, {'refused' if refused else 'answered'}"] += 1
        wrong = ["a server error"] if answer.status_code >= 500 or "INTERNAL" in answer.text else []
        wrong += ["a sealed form"] if "\\u0002" in answer.text or "\x02" in answer.text else []
        wrong += ["a row found by a sealed text"] if sent.fruitless and '"id"' in answer.text else []
        # What the caller says is no news to the caller.
        said = {each.marker.serial for each in self.planted.seen([sent.text])}
        for seen in self.planted.seen([answer.text, *answer.headers.values()]):
            if seen.marker.serial in said:
                continue
            if why := self.judge.wrong(caller, sent, seen):
                wrong.append(f"{why}: {seen.marker} whole={seen.whole}")
            else:
                form = "whole" if seen.whole else "masked"
                self.told[f"{seen.marker.model}.{seen.marker.column} {form}"] += 1
        if wrong:
            self.faults.append(f"{caller.name}: {sent}\n  {wrong[:3]}\n  {answer.status_code} {answer.text[:600]}")


def opening(callers: dict[str, Caller], left: Left, planted: Planted) -> list[tuple[Sent, Caller]]:
    """Return what those at home ask first."""
    found = [(sent, keeper) for sent, keeper in zip(left.requests, left.keepers.values(), strict=True)]
    for code in COMMUNITIES:
        found.append((asked(AT_HOME), callers[f"COMMITTEE_ADMINISTRATOR of {code}"]))
        homes = {each.row["person_id"] for each in planted.markers if each.column == "phone" and code in each.homes}
        reveal = {"id": f"Person:{min(filter(None, homes))}"}
        found.append(
            (asked(REVEAL % "contactReveal", reveal, "reading of a contact"), callers[f"COMMITTEE_STAFF of {code}"])
        )
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
async def test_no_sealed_text_of_another_community_is_told(city: City, http: httpx.AsyncClient, part: int) -> None:
    chance = random.Random(f"markers {part}")
    every = await stored_callers(city.world)
    callers = {each.name: each for each in every}
    left = await leave(http, city.world, callers)
    tables, planted = await all_rows(), Planted()
    await planted.plant(tables, left.homes)
    for column, where in planted.columns().items():
        assert where == set(COMMUNITIES), f"no {column} in all communities, only in {where}"

    search = Search(http, planted, Judge(tables, left))
    for sent, caller in opening(callers, left, planted):
        await search.send(sent, caller)
    requests = Requests(build_schema()._schema, chance, known(city, left), planted.markers)
    every += [callers["anonymous"]] * 4
    chance.shuffle(every)
    for at in range(COUNT):
        await search.send(requests.next(), every[at % len(every)], chance.choice(("zh", "en")))

    sys.stderr.write(
        f"seed: markers {part}; {search.kinds.total()} requests by {len(callers)} callers, at least"
        f" {min(search.roles.values())} of a role, after {len(planted.markers)} texts\n"
        f"asked: {dict(sorted(search.kinds.items()))}\n"
        f"seen by who may: {dict(sorted(search.told.items()))}\n"
    )
    assert not search.faults, "\n".join([f"{len(search.faults)} of them", *search.faults[:5]])
    seen = {each.partition(" ")[0] for each in search.told}
    assert seen == set(planted.columns()) - SHOWN_TO_NOBODY
    assert {f"Contact.{each} whole" for each in ("name", "phone", "address")} <= set(search.told)
    assert set(requests.roots) == requests.asked_roots


def known(city: City, left: Left) -> Known:
    world, rows = city.world, city.documents
    named: dict[str, list[Any]] = {
        "Person": world.people, "Household": world.households, "Organisation": world.organisations,
        "Need": city.items.needs, "Claim": city.claims.claims, "Webhook": rows.webhooks, "ApiKey": rows.keys,
        "Registration": city.register.registrations, "Pairing": city.register.pairings, "Team": city.register.teams,
    }  # fmt: skip
    ids = [f"{name}:{row.id}" for name, found in named.items() for row in found]
    lists = [f"{each.kind.capitalize()}List:{each.id}" for each in rows.lists]
    return Known(ids, lists, left.requests)
