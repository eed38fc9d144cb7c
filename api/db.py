"""Database connections: where they come from, which one a read uses, and transactions."""

import contextvars
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction

from api.settings import Settings

MODELS = ["api.models"]
# Query cancelled, lock not available, deadlock detected, serialization failure (PostgreSQL, appendix A).
RETRYABLE = frozenset({"57014", "55P03", "40P01", "40001"})
WRITER = "default"
READER = "reader"
STATEMENTS_KEPT: Final = 500
"""Prepared statements kept by each connection; compiled reads have one for each form of question."""

_open: "_Open | None" = None
_transaction: contextvars.ContextVar[BaseDBAsyncClient | None] = contextvars.ContextVar("transaction", default=None)
Afterwards = dict[object, Callable[[], None]]
_afterwards: contextvars.ContextVar[Afterwards | None] = contextvars.ContextVar("afterwards", default=None)


class _Open(NamedTuple):
    """What the open database is asked through; looking it up at each statement would take longer than some take."""

    dialect: str
    writer: BaseDBAsyncClient
    reader: BaseDBAsyncClient


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Tortoise's configuration: one connection to write, on SQLite a second one to read.

    A single SQLite connection would let every reader wait for every writer; in WAL mode a second,
    read-only connection does not wait.
    """
    url = settings.resolved_database_url
    connections: dict[str, Any] = {}
    if settings.sqlite:
        separator = "&" if "?" in url else "?"
        connections[WRITER] = f"{url}{separator}synchronous=FULL&busy_timeout=5000"
        connections[READER] = f"{url}{separator}query_only=1&busy_timeout=5000"
    else:
        connections[WRITER] = postgres_credentials(settings)
    return {
        "connections": connections,
        "apps": {
            "wujia": {
                "models": MODELS,
                "default_connection": WRITER,
                "migrations": "api.migrations",
            }
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def postgres_credentials(settings: Settings) -> dict[str, Any]:
    """Return asyncpg's settings from the URL: bounded pool, bounded statements."""
    from tortoise.backends.base.config_generator import expand_db_url

    expanded = expand_db_url(settings.resolved_database_url)
    expanded["credentials"] |= {
        "minsize": 1,
        "maxsize": settings.database_pool,
        "statement_cache_size": STATEMENTS_KEPT,
        "reset": _left_clean,
        "server_settings": {
            "statement_timeout": str(int(settings.statement_seconds * 1000)),
            # Compiling a statement takes PostgreSQL longer than running it, where it counts 20,000 rows under a row
            # filter.
            "jit": "off",
            # What a page's rows lead to is found row by row. The planner would rather walk an index from its beginning
            # to the last of them, where it thinks that they are all near: 3,896 needs for ten claims.
            "enable_mergejoin": "off",
        },
    }
    return expanded


async def _left_clean(connection: Any) -> None:
    """Leave a connection as it was found; asyncpg's own way asks the server each time, for what nothing here sets.

    Locks and settings end with their transaction, and whoever listens has a connection of their own.
    """
    if connection.is_in_transaction():
        await connection.reset()


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[None]:
    """Open the connections for the whole process and close them at the end, whatever happens."""
    if settings.sqlite:
        settings.data_directory.mkdir(parents=True, exist_ok=True)
    global _open  # noqa: PLW0603  one database a process; a test may open one within another
    await Tortoise.init(config=configuration(settings), _enable_global_fallback=True)
    outer = _open
    try:
        if settings.sqlite:
            # The writer creates the file and switches it to WAL before a read-only connection opens it.
            await connection(WRITER).execute_query("SELECT 1")
        writer = connection(WRITER)
        reader = connection(READER) if settings.sqlite else writer
        _open = _Open(writer.capabilities.dialect, writer, reader)
        yield
    finally:
        _open = outer
        await Tortoise.close_connections()


def connection(name: str = WRITER) -> BaseDBAsyncClient:
    """Return a connection by its name."""
    from tortoise.connection import get_connections

    return get_connections().get(name)


def dialect() -> str:
    """Return "sqlite" or "postgres"."""
    return _open.dialect if _open else connection(WRITER).capabilities.dialect


def reading() -> BaseDBAsyncClient:
    """Return the connection a read uses: the open transaction's, else one that waits for no writer."""
    current = _transaction.get()
    if current is not None:
        return current
    if _open:
        return _open.reader
    return connection(READER) if dialect() == "sqlite" else connection(WRITER)


async def fetch_rows(text: str, values: Sequence[Any]) -> Sequence[Any]:
    """Run a statement that reads; return rows whose values are found by their place.

    Raises:
        OperationalError: the database refused it.
    """
    client = reading()
    pool = None if _transaction.get() else getattr(client, "_pool", None)
    if pool is None:
        _, rows = await client.execute_query(text, list(values))
        return rows
    try:
        return await _fetched(pool, text, values)
    except asyncpg.PostgresError as fault:
        raise OperationalError(fault) from fault


async def _fetched(pool: Any, text: str, values: Sequence[Any]) -> Sequence[Any]:
    # Tortoise would look through the whole text for what kind of statement it is, and write it to a log.
    found: Sequence[Any] = await pool.fetch(text, *values)
    return found


def waited_in_vain(fault: BaseException) -> bool:
    """Tell whether a statement failed for want of a lock, in a deadlock or by its time limit: trying again helps."""
    causes = [fault, fault.__cause__, *(cause for cause in fault.args if isinstance(cause, BaseException))]
    if any(getattr(cause, "sqlstate", None) in RETRYABLE for cause in causes):
        return True
    return isinstance(fault, OperationalError) and "database is locked" in str(fault)


@asynccontextmanager
async def transaction() -> AsyncIterator[BaseDBAsyncClient]:
    """Run the block in one transaction; reads inside it see its writes."""
    outer = _afterwards.get()
    waiting: Afterwards = {} if outer is None else outer
    noted = _afterwards.set(waiting)
    try:
        async with in_transaction(WRITER) as open_transaction:
            token = _transaction.set(open_transaction)
            try:
                yield open_transaction
            finally:
                _transaction.reset(token)
    finally:
        _afterwards.reset(noted)
    if outer is None:
        for tell in waiting.values():
            tell()


def after_commit(key: object, tell: Callable[[], None]) -> None:
    """Have something told once the outermost transaction is committed; once for each key."""
    waiting = _afterwards.get()
    if waiting is None:
        tell()
    else:
        waiting.setdefault(key, tell)
