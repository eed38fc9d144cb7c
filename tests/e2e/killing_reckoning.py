"""What is left after the last kill, row by row: nothing lost, nothing doubled, all told."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from api.db import open_database
from api.models import (
    AuditEntry,
    Claim,
    ClaimLine,
    Deadline,
    Event,
    HistoryEntry,
    IdempotentOutcome,
    Job,
    Need,
    RequirementLine,
    WebhookDelivery,
)
from api.models.choices import JobStatus
from api.state_machines.webhook import WAITING, DeliveryStatus
from tests.api.commands.records import verify_chains
from tests.api.jobs.receiver import Received
from tests.e2e.killing_callers import CLAIMS_A_NEED, RIVALS, Follower, Ledger
from tests.e2e.killing_stage import Stage


async def unfinished(stage: Stage) -> list[Any]:
    """Return the deliveries and jobs that are not at their end."""
    async with open_database(stage.settings):
        waiting = WebhookDelivery.filter(status__in=list(WAITING))
        jobs = Job.filter(status__in=[JobStatus.WAITING, JobStatus.RUNNING])
        return [*await waiting.values(), *await jobs.values()]


def answers_agree(ledger: Ledger, needs: int) -> None:
    """Each key was answered, always with the same bytes; so many claims came about, the rivals did not."""
    assert len(ledger.answers) == len(ledger.sent) == needs * (1 + CLAIMS_A_NEED + RIVALS)
    assert all(len(each) == 1 for each in ledger.answers.values()), "a key was answered in two ways"
    made = Counter(ledger.claims.values())
    assert (len(made), made.total()) == (needs * CLAIMS_A_NEED,) * 2, "more or fewer claims than there is room for"
    assert ledger.counts["refused"] == needs * RIVALS


async def rows_agree(stage: Stage, ledger: Ledger, received: Sequence[Received], taken: Sequence[Received]) -> None:
    """The rows are those that were acknowledged, with all that belongs to them, and each webhook was told."""
    async with open_database(stage.settings):
        await _nothing_lost_or_doubled(ledger)
        await _lines_held()
        await verify_chains()
        claims = {int(key.partition(":")[2]) for key in ledger.claims.values()}
        await _recorded("claim.create", "Claim", claims)
        await _recorded("need.submit", "Need", {int(key.partition(":")[2]) for key in ledger.needs.values()})
        deadlines = Counter(await Deadline.filter(kind="claim-expiry").values_list("subject_id", flat=True))
        assert deadlines == Counter(claims), "a claim without its deadline"
        assert await Job.exclude(status=JobStatus.DONE).values() == []
        await _told(stage, received, taken)


async def _nothing_lost_or_doubled(ledger: Ledger) -> None:
    claims = [f"Claim:{key}" for key in await Claim.all().values_list("id", flat=True)]
    assert Counter(claims) == Counter(ledger.claims.values()), "acknowledged claims and those that exist differ"
    notes = dict(await Claim.all().values_list("id", "note"))
    assert {f"Claim:{key}": note for key, note in notes.items()} == {key: note for note, key in ledger.claims.items()}
    needs = [f"Need:{key}" for key in await Need.all().values_list("id", flat=True)]
    assert Counter(needs) == Counter(ledger.needs.values()), "acknowledged needs and those that exist differ"
    outcomes = await IdempotentOutcome.all().values_list("answer", flat=True)
    assert len(outcomes) == len(ledger.sent)
    assert all(outcomes), "a key was kept without its answer"


async def _lines_held() -> None:
    """Of the shared line three hold nine of ten, the single one has one holder."""
    held: dict[int, list[float | None]] = defaultdict(list)
    rows: Any = await ClaimLine.all().values_list("line_id", "quantity")
    for line, quantity in rows:
        held[line].append(quantity)
    lines = await RequirementLine.all()
    assert set(held) == {line.id for line in lines}
    for line in lines:
        assert held[line.id] == ([None] if line.quantity is None else [3.0, 3.0, 3.0]), (line.id, held[line.id])


async def _recorded(action: str, name: str, keys: set[int]) -> None:
    """Each has exactly one audit row, event and history row of its making, and nobody else has."""
    once = Counter(keys)
    audited = AuditEntry.filter(action=action, object_type=name).values_list("object_id", flat=True)
    assert Counter(await audited) == once, f"audit rows of {action}"
    events = Event.filter(kind=action, object_type=name).values_list("object_id", flat=True)
    assert Counter(await events) == once, f"events of {action}"
    history = HistoryEntry.filter(action=action, item_kind=name.upper()).values_list("item_id", flat=True)
    assert Counter(await history) == once, f"history of {action}"


async def _told(stage: Stage, received: Sequence[Received], taken: Sequence[Received]) -> None:
    """Each webhook has one delivery of each event it wants, delivered, and received under one id with one body."""
    events = {event.id: event for event in await Event.all()}
    for path, hook in stage.hooks.items():
        wanted = {key for key, event in events.items() if hook.wants(event.kind, event.path)}
        assert wanted
        rows = await WebhookDelivery.filter(endpoint_id=hook.id)
        assert Counter(row.event_id for row in rows) == Counter(wanted), f"deliveries of {path}"
        assert {row.status for row in rows} == {DeliveryStatus.DELIVERED}, Counter(row.status for row in rows)
        bodies: dict[str, set[bytes]] = defaultdict(set)
        for request in received:
            if request.path == path:
                bodies[request.headers["webhook-id"]].add(request.body)
        known = {request.headers["webhook-id"] for request in taken if request.path == path}
        assert set(bodies) == known == set(map(str, wanted)), f"{path} was not told of all, or of more"
        assert all(len(each) == 1 for each in bodies.values()), "an id came with two bodies"


def copies_agree(followed: Follower, fresh: Follower, ledger: Ledger) -> None:
    """The copy that was kept through all kills is what a new one gets."""
    assert followed.rows == fresh.rows, "the copy differs from a fresh one"
    made = {*ledger.needs.values(), *ledger.claims.values()}
    for keys in (set(fresh.rows), followed.told):
        assert {key for key in keys if key.startswith(("Need:", "Claim:"))} == made, "told too little or too much"
    if followed.organisation is not None:
        # Its key does not read matches, and of claims of other units not what was said.
        assert not any(key.startswith("Match:") for key in followed.told)
        notes = {key: row["note"] for key, row in followed.rows.items() if key.startswith("Claim:")}
        own = {claim: note for note, claim in ledger.claims.items() if _claimant(ledger, note) == followed.organisation}
        assert own, "nothing of its own"
        assert {key: note for key, note in notes.items() if note is not None} == own


def _claimant(ledger: Ledger, key: str) -> str:
    """Return who claimed under a key; the key is the claim's note as well."""
    _, asked = ledger.sent[key]
    return str(asked["variables"]["input"]["claimant"]["organisation"])
