"""The one frame of every command: transaction, audit row, events, history; all of it or nothing.

    async with unit_of_work(viewer) as work:
        ...                               # read, check, write
        work.record(Done("need.submit", "Need", need.id, need.path, change))

Hooks in `before_commit` run last inside the transaction. Under an idempotency key the transaction is a savepoint of
the one in `api.commands.idempotency`, which keeps the answer as well.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import orjson
from tortoise.exceptions import IntegrityError

from api import clock, db
from api.errors import Busy, Duplicate
from api.feed.telling import Happened, tell
from api.identifiers import new_id
from api.models import AuditChain, AuditEntry, HistoryEntry
from api.models.choices import ItemKind
from api.plan.viewer import Viewer
from api.search.indexing import index

CHAIN_DEPTH = 4
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that a command did. `change` holds no personal data in clear.

    `history` names the item kind and the version reached, for items whose changes people can read.
    `purpose` is kept in the audit row as it was given: why somebody looked at personal data.
    `quiet` leaves no event, since nothing changed for those who follow.
    """

    action: str
    object_type: str
    object_id: int
    path: str
    change: dict[str, Any] = field(default_factory=dict)
    policy_rule: str | None = None
    history: tuple[ItemKind, int] | None = None
    purpose: str | None = None
    quiet: bool = False


@dataclass(slots=True)
class UnitOfWork:
    """An open unit of work of one viewer."""

    viewer: Viewer
    done: list[Done] = field(default_factory=list)
    before_commit: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    along: list[Happened] = field(default_factory=list)

    def record(self, done: Done) -> None:
        """Note what was done; written as audit, event and history rows just before the commit."""
        self.done.append(done)

    def changed_along(self, kind: str, object_type: str, object_id: int, path: str) -> None:
        """Note another row that changed along with what was done: an event for those who keep a copy of it."""
        self.along.append(Happened(kind, object_type, object_id, path))


_joined: ContextVar[UnitOfWork | None] = ContextVar("joined", default=None)


@asynccontextmanager
async def unit_of_work(viewer: Viewer) -> AsyncIterator[UnitOfWork]:
    """Open a transaction; at the end write the audit rows and events of all that was recorded.

    Within `joined_work` it is part of that unit of work, which writes them.
    """
    joined = _joined.get()
    if joined is not None:
        if viewer.principal.actor != joined.viewer.principal.actor:
            raise ValueError("commands of one unit of work have one actor")
        yield UnitOfWork(viewer, joined.done, joined.before_commit, joined.along)
        return
    async with _patient(), _distinct(), db.transaction() as connection:
        if db.dialect() == "sqlite":
            # A transaction that begins with a write never loses its snapshot to another process half way.
            await connection.execute_query("UPDATE audit_chain SET sequence = sequence WHERE 1 = 0")
        work = UnitOfWork(viewer)
        yield work
        await _write(work)
        for hook in work.before_commit:
            await hook()


@asynccontextmanager
async def joined_work(viewer: Viewer) -> AsyncIterator[None]:
    """Let all commands inside be one unit of work of one actor: they succeed or fail together.

    Whoever enters hundreds of rows writes their audit rows, events and history at once, as of the end. A command
    that refuses must not be caught inside: what it had written would stay.
    """
    async with unit_of_work(viewer) as work:
        token = _joined.set(work)
        try:
            yield
        finally:
            _joined.reset(token)


@asynccontextmanager
async def _patient() -> AsyncIterator[None]:
    """Turn waiting in vain for other writers into an error that tells to try again."""
    try:
        yield
    except Exception as fault:
        if db.waited_in_vain(fault):
            raise Busy from fault
        raise


@asynccontextmanager
async def _distinct() -> AsyncIterator[None]:
    """Turn a clash of two units of work over a unique value into an error the caller can mend."""
    try:
        yield
    except IntegrityError as fault:
        if not ("UNIQUE" in str(fault) or "duplicate key" in str(fault)):
            raise
        raise Duplicate(
            "同时有人登记了相同的编号,请重试", "Somebody registered the same value at the same time"
        ) from fault


async def _write(work: UnitOfWork) -> None:
    moment = clock.now()
    actor = work.viewer.principal.actor
    happened = [
        Happened(done.action, done.object_type, done.object_id, done.path) for done in work.done if not done.quiet
    ]
    await _index(work)
    await tell([*happened, *work.along])
    await HistoryEntry.bulk_create(
        [
            HistoryEntry(
                id=new_id(), item_kind=done.history[0], item_id=done.object_id, version=done.history[1],
                at=moment, actor=actor, action=done.action, changes=done.change,
            )
            for done in work.done
            if done.history
        ]
    )  # fmt: skip
    chains: dict[str, list[Done]] = {}
    for done in work.done:
        chains.setdefault(chain_name(done.path), []).append(done)
    # Chains are locked in the order of their names, so that two units of work never wait for each other.
    for name in sorted(chains):
        await _append(work.viewer, name, chains[name])


async def _index(work: UnitOfWork) -> None:
    """Have what changed found by its new text."""
    changed: dict[str, list[int]] = {}
    told = [(each.object_type, each.object_id) for each in work.done]
    along = [(each.object_type, each.object_id) for each in work.along]
    for name, key in told + along:
        changed.setdefault(name, []).append(key)
    await index(changed)


def chain_name(path: str) -> str:
    """Return the audit chain of a place: its area's, so that distant places do not wait for each other.

    That is the sub-district in a municipality and the county elsewhere (docs/decisions/0016).
    """
    return "/".join(path.split("/")[:CHAIN_DEPTH])[:60] or "system"


async def _append(viewer: Viewer, name: str, items: list[Done]) -> None:
    head = await AuditChain.filter(name=name).select_for_update().first()
    if head is None:
        await AuditChain.bulk_create([AuditChain(name=name, sequence=0, hash=START)], ignore_conflicts=True)
        head = await AuditChain.filter(name=name).select_for_update().get()
    entries = []
    for done in items:
        head.sequence += 1
        entry = AuditEntry(
            chain=name, sequence=head.sequence, at=clock.now(), actor=viewer.principal.actor,
            action=done.action, object_type=done.object_type, object_id=done.object_id, path=done.path,
            policy_rule=done.policy_rule, change=_kept(done), request_id=viewer.request_id,
            previous_hash=head.hash,
        )  # fmt: skip
        entry.hash = head.hash = entry_hash(entry)
        entries.append(entry)
    await AuditEntry.bulk_create(entries)
    await head.save(update_fields=["sequence", "hash"])


def _kept(done: Done) -> dict[str, Any]:
    kept = digest(done.change)
    return kept if done.purpose is None else kept | {"purpose": done.purpose}


def digest(change: dict[str, Any]) -> dict[str, Any]:
    """Return what the audit keeps of a change: the names of the fields and a digest, no values."""
    canonical = orjson.dumps(change, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return {"fields": sorted(change), "sha256": hashlib.sha256(canonical).hexdigest()}


def entry_hash(entry: AuditEntry) -> str:
    """Return SHA-256 of the previous hash and the entry's canonical JSON; hex."""
    content = {
        "chain": entry.chain, "sequence": entry.sequence, "at": int(entry.at.timestamp() * 1_000_000),
        "actor": entry.actor, "action": entry.action, "objectType": entry.object_type,
        "objectId": entry.object_id, "path": entry.path, "policyRule": entry.policy_rule,
        "change": entry.change, "requestId": entry.request_id,
    }  # fmt: skip
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(entry.previous_hash.encode() + canonical).hexdigest()
