"""Who talks to a server that is killed: programs that ask and claim under keys, and such that keep a copy."""

import asyncio
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import httpx

from api.http.idempotency import REPLAYED
from tests.e2e.killing_stage import Headers, Stage, values_of

PATIENCE = 30.0
NEEDS_AT_ONCE = 4
CLAIMS_A_NEED = 4
RIVALS = 2
"""Claims of a need that must be refused: the ten pieces have room for three claims of three, the thing for one."""
TWICE = 0.1
LATER = frozenset({"TIMEOUT", "BUSY"})

SUBMIT = """mutation($input: NeedInput!) { needSubmit(input: $input) { __typename
  ... on UserError { code message path } ... on Need { id number lines { id quantity } } } }"""
CLAIM = """mutation($id: ID!, $input: ClaimInput) { needClaim(id: $id, input: $input) { __typename
  ... on UserError { code message path } ... on ClaimConflictError { contested { line left } }
  ... on Claim { id status lines { quantity line { id } } } } }"""
CHANGES = """query($after: String) { changes(first: 100, after: $after) { nodes { id type deleted node { id
    ... on Need { needStatus: status title version } ... on Match { score matchStatus: status }
    ... on Claim { claimStatus: status note organisation { id } } } } pageInfo { hasNextPage endCursor } } }"""


@dataclass(slots=True)
class Ledger:
    """What was sent under which key and what was answered, and how often what happened."""

    sent: dict[str, tuple[Headers, dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    needs: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    open: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Callers:
    """Programs that send until they are answered, each thing under one key."""

    stage: Stage
    client: httpx.AsyncClient
    chance: random.Random
    ledger: Ledger = field(default_factory=Ledger)

    async def work(self, needs: int) -> None:
        """Ask for so much, and claim each of it several times; return when all has been answered."""
        turn = asyncio.Semaphore(NEEDS_AT_ONCE)
        await asyncio.gather(*(self._need(turn, number) for number in range(needs)))

    async def again(self) -> None:
        """Send all once more, under the same keys."""
        turn = asyncio.Semaphore(NEEDS_AT_ONCE)

        async def send(key: str) -> None:
            async with turn:
                await self._told(key)

        before = self.ledger.counts["replays"]
        await asyncio.gather(*map(send, self.ledger.sent))
        assert self.ledger.counts["replays"] == before + len(self.ledger.sent), "a key was forgotten"

    async def _need(self, turn: asyncio.Semaphore, number: int) -> None:
        async with turn:
            stage, key = self.stage, f"need-{number}"
            need = await self._answer(key, stage.administrator, SUBMIT, {"input": values_of(stage, number)})
            assert need["__typename"] == "Need", need
            self.ledger.needs[key] = need["id"]
            shared, single = (line["id"] for line in need["lines"])
            wanted = [{"line": shared, "quantity": 3}] * 4 + [{"line": single}] * 2
            self.chance.shuffle(wanted)
            await asyncio.gather(*(self._claim(f"{key}-{turn}", need["id"], line) for turn, line in enumerate(wanted)))

    async def _claim(self, key: str, need: str, line: dict[str, Any]) -> None:
        claimant, headers = self.chance.choice(self.stage.claimants)
        given = {"claimant": {"organisation": claimant}, "lines": [line], "note": key}
        claim = await self._answer(key, headers, CLAIM, {"id": need, "input": given})
        if claim["__typename"] == "Claim":
            self.ledger.claims[key] = claim["id"]
            self.ledger.news.set()
        else:
            assert claim["code"] == "CLAIM_CONFLICT", claim
            self.ledger.counts["refused"] += 1

    async def _answer(self, key: str, headers: Headers, query: str, variables: dict[str, Any]) -> Any:
        self.ledger.sent[key] = headers | {"Idempotency-Key": key}, {"query": query, "variables": variables}
        # Some programs do not wait for the answer before they send again.
        times = 2 if self.chance.random() < TWICE else 1
        (answer, *_) = await asyncio.gather(*(self._told(key) for _ in range(times)))
        (found,) = answer["data"].values()
        return found

    async def _told(self, key: str) -> Any:
        """Send until there is an answer."""
        headers, body = self.ledger.sent[key]
        while True:
            self.ledger.open += 1
            try:
                answer = await self.client.post("/graphql", json=body, headers=headers)
            except httpx.HTTPError:
                self.ledger.counts["retries"] += 1
                await asyncio.sleep(self.chance.uniform(0.2, 1))
                continue
            finally:
                self.ledger.open -= 1
            content = answer.json()
            codes = {each["extensions"]["code"] for each in content.get("errors", ())}
            if codes and codes <= LATER:
                self.ledger.counts["asked to wait"] += 1
                await asyncio.sleep(self.chance.uniform(0.5, 1.5))
                continue
            assert answer.status_code == 200, (answer.status_code, answer.text)
            assert not codes, answer.text
            self.ledger.answers[key].add(answer.content)
            self.ledger.counts["replays"] += REPLAYED in answer.headers
            return content


@dataclass(slots=True)
class Follower:
    """A program that keeps a copy by the change feed, whatever becomes of the server.

    `organisation` is the partner that it belongs to, None the administrator, who sees all. `told` is all it ever got.
    """

    client: httpx.AsyncClient
    headers: Headers
    organisation: str | None = None
    told: set[str] = field(default_factory=set)
    rows: dict[str, Any] = field(default_factory=dict)
    cursor: str | None = None
    pages: int = 0

    async def follow(self) -> None:
        """Read for ever."""
        while True:
            try:
                if not await self._page():
                    await asyncio.sleep(0.2)
            except httpx.HTTPError:
                await asyncio.sleep(0.2)

    async def catch_up(self) -> None:
        """Read to the end."""
        while await self._page():
            pass

    async def _page(self) -> bool:
        asked = {"query": CHANGES, "variables": {"after": self.cursor}}
        answer = await self.client.post("/graphql", json=asked, headers=self.headers)
        assert answer.status_code == 200, answer.text
        content = answer.json()
        if codes := {each["extensions"]["code"] for each in content.get("errors", ())}:
            assert codes <= LATER, content
            raise httpx.ReadTimeout("asked to wait")
        page = content["data"]["changes"]
        for change in page["nodes"]:
            self.told.add(change["id"])
            if change["deleted"]:
                self.rows.pop(change["id"], None)
            else:
                self.rows[change["id"]] = change["node"]
        self.cursor = page["pageInfo"]["endCursor"]
        self.pages += 1
        return bool(page["pageInfo"]["hasNextPage"])
