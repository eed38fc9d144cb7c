"""Fills every table of any schema with rows, without knowing the models of that time."""

from tortoise.backends.base.client import BaseDBAsyncClient

from tests.migrations.real_schema import table_names

ROWS = 2


async def fill(connection: BaseDBAsyncClient) -> None:
    """Put two rows into every table; every number in row n is n, so references hold."""
    sqlite = connection.capabilities.dialect == "sqlite"
    for table in await table_names(connection):
        types = await _column_types(connection, table, sqlite)
        names = ", ".join(f'"{name}"' for name in types)
        # A migration may have written some.
        await connection.execute_script(f'DELETE FROM "{table}"')
        for number in range(1, ROWS + 1):
            values = ", ".join(_value(kind, number) for kind in types.values())
            # No order of tables suits references that go in a ring.
            script = f'INSERT INTO "{table}" ({names}) VALUES ({values});'
            off = "PRAGMA foreign_keys = OFF" if sqlite else "SET session_replication_role = replica"
            await connection.execute_script(f"{off}; {script}")


async def row_counts(connection: BaseDBAsyncClient) -> dict[str, int]:
    """Return how many rows each table has."""
    counts = {}
    for table in await table_names(connection):
        rows = await connection.execute_query_dict(f'SELECT count(*) AS n FROM "{table}"')
        counts[table] = rows[0]["n"]
    return counts


async def _column_types(connection: BaseDBAsyncClient, table: str, sqlite: bool) -> dict[str, str]:
    question = (
        f"SELECT name, type FROM pragma_table_info('{table}')"
        if sqlite
        else "SELECT column_name AS name, data_type AS type FROM information_schema.columns "
        f"WHERE table_schema = 'public' AND table_name = '{table}'"
    )
    rows = await connection.execute_query_dict(question)
    return {row["name"]: row["type"].lower() for row in rows}


def _value(kind: str, number: int) -> str:
    if "json" in kind:
        return "'{}'"
    if "time" in kind:
        return f"'2026-01-0{number} 00:00:00+00:00'"
    if "date" in kind:
        return f"'2026-01-0{number}'"
    if "bool" in kind:
        return "true"
    if "char" in kind or "text" in kind or "vector" in kind:
        return f"'{number}'"
    return str(number)
