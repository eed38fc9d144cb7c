"""A partner's program in Python on a client generated from schema.graphql; takes one order a line, answers one.

Run: python partner.py https://wujia.example/graphql TOKEN
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from pydantic import BaseModel
from wujia_client import ClaimInput, DeliveredInput, IntervalInput, NearInput, Wujia

Given = dict[str, Any]


def plain(found: BaseModel) -> Any:
    """Return an answer as JSON would have it."""
    return found.model_dump(mode="json", by_alias=True)


class Partner:
    """What the program does, with its copy of everything it may read."""

    def __init__(self, client: Wujia) -> None:
        self.client = client
        self.copy: dict[str, Any] = {}
        self.cursor: str | None = None

    async def open(self, given: Given) -> Any:
        """Ask which open needs the agreement can serve, all pages."""
        found: list[Any] = []
        after = None
        while True:
            page = (
                await self.client.open_needs(
                    agreement=given["agreement"],
                    month=IntervalInput.model_validate(given["month"]),
                    circle=NearInput.model_validate(given["circle"]),
                    after=after,
                )
            ).needs
            found += [plain(need) for need in page.nodes]
            if not page.page_info.has_next_page:
                return found
            after = page.page_info.end_cursor

    async def sign(self, given: Given) -> Any:
        """Sign for the own side."""
        return plain((await self.client.sign_ours(given["agreement"], given["version"])).agreement_sign)

    async def claim(self, given: Given) -> Any:
        """Claim a part; the same key makes it the same claim, however often it is sent."""
        done = await self.client.take_part(
            given["need"], ClaimInput.model_validate(given["input"]), headers={"Idempotency-Key": given["key"]}
        )
        return plain(done.need_claim)

    async def complete(self, given: Given) -> Any:
        """Say what was delivered, with proof."""
        delivered = [DeliveredInput.model_validate(each) for each in given["delivered"]]
        done = await self.client.report_done(given["claim"], given["version"], given["proof"], delivered)
        return plain(done.claim_complete)

    async def evaluate(self, given: Given) -> Any:
        """Judge the side that asked."""
        return plain((await self.client.judge_asker(given["claim"], given["score"], given["text"])).claim_evaluate)

    async def claims(self, given: Given) -> Any:
        """Tell what is claimed under the agreement."""
        return [plain(claim) for claim in (await self.client.our_claims(given["agreement"])).claims.nodes]

    async def follow(self, _given: Given) -> Any:
        """Bring the copy up to date; tell it, and which objects were dropped."""
        dropped = []
        while True:
            page = (await self.client.follow(self.cursor)).changes
            for change in page.nodes:
                if change.deleted:
                    dropped.append(change.id)
                    self.copy.pop(change.id, None)
                elif change.node is not None:
                    self.copy[change.id] = plain(change.node)
            self.cursor = page.page_info.end_cursor
            if not page.page_info.has_next_page:
                return {"copy": self.copy, "dropped": dropped}


async def main(url: str, token: str) -> None:
    """Take orders until there are no more."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:
        partner = Partner(Wujia(url=url, http_client=http))
        for line in sys.stdin:
            order = json.loads(line)
            act: Callable[[Given], Awaitable[Any]] = getattr(partner, order["order"])
            print(json.dumps(await act(order["given"])), flush=True)  # noqa: T201  # the answer is what it prints


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
