"""What is played on while the server is killed: a small town, who asks and claims in it, and the server itself."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from api import clock, sealing
from api.db import open_database
from api.models import Resource, RuleSet, RuleVersion, WebhookEndpoint
from api.settings import Settings
from api.state_machines.rule_version import RuleVersionStatus
from auth.roles import Role
from rules.language import content_hash, parse
from tests.api.http.keys import key_for, member
from tests.api.jobs.hooked import webhook_at
from tests.api.matching.town import rule
from tests.databases import SECRET
from tests.e2e.server import clean_environment
from tests.factories import Town, build_town
from tests.postgres import free_port

START_SECONDS = 60.0
END_SECONDS = 10.0
CLAIMANTS = 4
PLACES = ("A1", "B1")
SCOPES = ["claim:create", "claim:read", "claim.details:read", "need:read", "organisation:read", "place:read"]
# Path at the receiver → kinds, and the place within which they are wanted.
HOOKS: Mapping[str, tuple[list[str], str | None]] = {
    "/needs": (["need.*"], None),
    "/claims": (["claim.create"], None),
    "/neighbours": (["need.submit", "claim.*"], "B"),
}
Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Hook:
    """A registered webhook, and what it must be told, in words of this program."""

    id: int
    secret: str
    kinds: list[str]
    within: str

    def wants(self, kind: str, path: str) -> bool:
        """Tell whether it is to be told of an event."""
        return path.startswith(self.within) and any(kind.startswith(each.removesuffix("*")) for each in self.kinds)


@dataclass(frozen=True, slots=True)
class Stage:
    """Who acts, by global identifiers and headers, and where."""

    settings: Settings
    port: int
    asker: str
    administrator: Headers
    claimants: list[tuple[str, Headers]]
    places: list[str]
    community: str
    hooks: dict[str, Hook]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


async def prepared(settings: Settings, receiver: str) -> Stage:
    """Fill a migrated, empty database; `receiver` is the address to which the webhooks go."""
    settings = settings.model_copy(update={"webhook_allow_private": True})
    sealing.use_secret(SECRET)
    ends = clock.now() + timedelta(days=1)
    async with open_database(settings):
        town = await build_town(settings)
        asker, person = await town.organisation(), await town.person()
        await member(town, Role.COMMITTEE_ADMINISTRATOR, "S", person_id=person)
        administrator = await key_for(person=person, expires_at=ends)
        claimants = []
        for _ in range(CLAIMANTS):
            unit = await town.organisation()
            await member(town, Role.UNIT_REPRESENTATIVE, "D", organisation_id=unit)
            headers = await key_for(organisation=unit, scopes=SCOPES, expires_at=ends)
            claimants.append((f"Organisation:{unit}", headers))
        await _rules(town)
        hooks = {}
        for path, (kinds, place) in HOOKS.items():
            within = {"place": town.id(place)} if place else {}
            _, issued = await webhook_at(town, f"{receiver}{path}", kinds=kinds, **within)
            row = await WebhookEndpoint.get(url=f"{receiver}{path}")
            hooks[path] = Hook(row.id, issued.secret, kinds, town.path(place) if place else "")
        await town.runtime.rules.close()
    places = [f"Place:{town.id(code)}" for code in PLACES]
    return Stage(
        settings, free_port(), f"Organisation:{asker}", administrator, claimants, places, town.path("A"), hooks
    )


async def _rules(town: Town) -> None:
    """Put rules in force and offer something, so that needs are matched and children run."""
    document = {
        "format": 1, "kind": "match", "id": "near", "title": {"zh": "就近", "en": "Near"}, "rules": [rule()],
    }  # fmt: skip
    scope: dict[str, Any] = {"place_id": town.id("S"), "path": town.path("S")}
    rules = await RuleSet.create(key="near", title_zh="就近", **scope)
    await RuleVersion.create(
        rule_set_id=rules.id, path=town.path("S"), number=1, document=document,
        document_hash=content_hash(parse(document)), status=RuleVersionStatus.PUBLISHED, published_at=clock.now(),
    )  # fmt: skip
    place = town.places["A1"]
    await Resource.create(
        title_zh="修灯师傅", category="life.repair", place_id=place.id, path=place.path, public_place_id=place.id,
        public_path=place.path, community_id=place.community_id, visibility="PUBLIC", source="RESIDENT",
        published_at=clock.now(), target_groups=[], family="UNITS", kind="RESOURCE", status="OFFERED",
        owner_organisation_id=await town.organisation(),
    )  # fmt: skip


@dataclass(slots=True)
class Supervised:
    """`wujia serve` under somebody who starts it again, always on the same port and the same data."""

    stage: Stage
    log: Path
    process: asyncio.subprocess.Process | None = None
    starts: list[float] = field(default_factory=list)

    async def start(self) -> None:
        """Start the server, and do not wait until it answers."""
        settings = self.stage.settings
        environment = clean_environment() | {
            "WUJIA_DATA_DIRECTORY": str(settings.data_directory),
            "WUJIA_DATABASE_URL": settings.resolved_database_url,
            "WUJIA_SECRET_KEY": SECRET,
            "WUJIA_WEBHOOK_ALLOW_PRIVATE": "true",
        }
        with self.log.open("a") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "wujia", "serve", "--port", str(self.stage.port),
                stdout=log, stderr=log, env=environment, start_new_session=True,
            )  # fmt: skip

    async def answering(self) -> None:
        """Wait until the server answers."""
        begun = time.monotonic()
        async with httpx.AsyncClient(base_url=self.stage.url) as client:
            while True:
                try:
                    if (await client.get("/health")).status_code == 200:
                        self.starts.append(time.monotonic() - begun)
                        return
                except httpx.HTTPError:
                    pass
                assert self.process and self.process.returncode is None, self.log.read_text()[-3000:]  # noqa: PT018  one fault
                assert time.monotonic() < begun + START_SECONDS, "the server does not answer"
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """Kill the server with SIGKILL; the children of the rule engine must go by themselves."""
        assert self.process is not None
        children = _children(self.process.pid)
        os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()
        deadline = time.monotonic() + END_SECONDS
        while left := [child for child in children if _alive(child)]:
            assert time.monotonic() < deadline, f"children of a dead server: {left}"
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Stop the server as usual, by force when it does not stop."""
        if self.process is None or self.process.returncode is not None:
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), END_SECONDS)
        except TimeoutError:
            await self.kill()

    def faults(self) -> list[str]:
        """Return the lines of the log that tell of an error."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if '"level":"error"' in line or line.startswith(("Traceback", "ERROR"))]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(text) for text in task.read_text().split()]
    return found


def _alive(pid: int) -> bool:
    try:
        status: str = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except OSError:
        return False
    return status.split()[0] != "Z"  # Dead; nobody has asked for its end yet.


def values_of(stage: Stage, number: int) -> dict[str, Any]:
    """Return the input of a need: ten pieces that can be shared out, and one thing that cannot."""
    return {
        "title": f"第 {number} 盏灯", "category": "life.repair", "place": stage.places[number % len(stage.places)],
        "owner": {"organisation": stage.asker}, "visibility": "PUBLIC",
        "lines": [{"category": "life.repair", "quantity": 10, "unit": "PIECE"}, {"category": "life.haircut"}],
    }  # fmt: skip
