"""Audit entries, background jobs and keys, for those who may see them."""

from datetime import date, datetime

import strawberry
from strawberry.scalars import JSON

from api.context import Info
from api.models.choices import JobStatus
from api.plan.selection import selected
from api.queries import record as queries
from api.schema.base import Connection, Node, related, value
from api.schema.organisation import Organisation


@strawberry.type(description="One link of the audit chain: who did what, allowed by which rule")
class AuditEntry(Node):
    """Audit entry."""

    chain: str = value("Chain it belongs to")
    sequence: int = value("Number within the chain, without gaps")
    at: datetime = value("When")
    actor: str = value("Who, as an opaque label")
    action: str = value("What was done")
    object_type: str = value("Type of the object")
    object_id: strawberry.ID | None = value("Row key of the object")
    policy_rule: str | None = value("Policy rule that allowed it")
    change: JSON = value("Names of the fields and a digest; no values")
    request_id: str | None = value("Request in which it was done")
    previous_hash: str = value("Hash of the entry before; hex")
    hash: str = value("SHA-256 over the previous hash and this entry; hex")


@strawberry.type(description="A piece of background work")
class Job(Node):
    """Job."""

    kind: str = value("What is done")
    status: JobStatus = value("How far it is")
    done: int = value("Communities done")
    total: int | None = value("Communities in all; null before it started")
    error: str | None = value("Why it failed")
    created_at: datetime = value("When it was asked for")
    finished_at: datetime | None = value("When it ended")


@strawberry.type(description="A bearer key; its secret is shown once and never stored")
class ApiKey(Node):
    """Key."""

    key_id: str = value("Public part of the key")
    label: str = value("What it is for")
    scopes: list[str] | None = value("All that it may do")
    organisation: Organisation | None = related("Organisation it acts as")
    created_at: datetime = value("When it was issued")
    expires_at: datetime = value("When it ends")
    revoked_at: datetime | None = value("When it was revoked")
    last_used_on: date | None = value("Day of last use")


@strawberry.type
class RecordQuery:
    """Root fields."""

    @strawberry.field(description="Audit entries that the viewer may see, newest first")
    async def audit_entries(
        self, info: Info, within: str | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[AuditEntry]:
        """Return a page of audit entries."""
        return await _page(info, "AuditEntry", within, first, after)

    @strawberry.field(description="Background jobs that the viewer may see, newest first")
    async def jobs(
        self, info: Info, within: str | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[Job]:
        """Return a page of jobs."""
        return await _page(info, "Job", within, first, after)

    @strawberry.field(description="Keys that the viewer may see, newest first")
    async def api_keys(
        self, info: Info, within: str | None = None, first: int | None = None, after: str | None = None
    ) -> Connection[ApiKey]:
        """Return a page of keys."""
        return await _page(info, "ApiKey", within, first, after)


async def _page(info: Info, name: str, within: str | None, first: int | None, after: str | None) -> Connection:  # type: ignore[type-arg]  # rows, which the type reads
    paging = {"first": first, "after": after}
    return await queries.page(  # type: ignore[return-value]  # a page is what a connection reads
        info.context.viewer, name, selected(info._raw_info), within, paging
    )
