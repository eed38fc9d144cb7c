"""Notes written under a key: how they are sent, what they leave, and a note that another process is writing."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx

from api.models import AuditEntry, Category, Event
from api.settings import Settings
from tests.databases import ON_POSTGRES

NOTE = """mutation($text: String!, $then: String! = "") { note(text: $text, then: $then) { __typename
    ... on Note { text serial } ... on UserError { code message path } } }"""
SECRETIVE = """mutation($text: String!) { note(text: $text) { __typename ... on Note { serial broken } } }"""
HIDES_CODE = 'mutation($text: String!) { note(text: $text, then: "BUSY") { __typename } }'


async def written() -> tuple[int, int, int]:
    """Return how many notes, events and audit rows there are."""
    return (
        await Category.filter(code__startswith="note").count(),
        await Event.all().count(),
        await AuditEntry.all().count(),
    )


def keyed(headers: dict[str, str], key: str = "first") -> dict[str, str]:
    return headers | {"Idempotency-Key": key}


def same(first: httpx.Response, again: httpx.Response) -> bool:
    return first.content == again.content and first.status_code == again.status_code == 200


@asynccontextmanager
async def being_written_elsewhere(settings: Settings, row: dict[str, Any]) -> AsyncIterator[None]:
    """Insert an outcome from a connection of another process, and commit it when the block is left."""
    names = ", ".join(row)
    if ON_POSTGRES:
        other = await asyncpg.connect(settings.resolved_database_url)
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await other.execute("BEGIN")
        await other.execute(f"INSERT INTO idempotent_outcome ({names}) VALUES ({places})", *row.values())
        yield
        await other.execute("COMMIT")
        await other.close()
    else:
        file = sqlite3.connect(settings.resolved_database_url.removeprefix("sqlite://"), isolation_level=None)
        file.execute("BEGIN IMMEDIATE")
        places = ", ".join("?" for _ in row)
        file.execute(f"INSERT INTO idempotent_outcome ({names}) VALUES ({places})", [*row.values()])
        yield
        file.execute("COMMIT")
        file.close()
