"""What a database really holds: columns, indexes and constraints, read from its own catalogue."""

from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

RECORDER = "tortoise_migrations"
# What `api.migrating` puts beside the models (tests/api/search has its tests): a virtual table with tables of its own.
SEARCH = "search_index"

# Of a table: the sort of thing, and what defines it, without what may differ (order, spaces).
Schema = dict[str, set[tuple[Any, ...]]]

POSTGRES = {
    "column": """
        SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,
               column_default, collation_name
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "index": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    " AND indexname <> 'search_text_pieces'",
    "constraint": """
        SELECT conrelid::regclass::text, contype::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'
    """,
}


async def read_schema(connection: BaseDBAsyncClient) -> Schema:
    """Return each table's columns, indexes and constraints, without the migrations' own table."""
    if connection.capabilities.dialect == "sqlite":
        return await _read_sqlite(connection)
    schema: Schema = {}
    for sort, question in POSTGRES.items():
        for row in await connection.execute_query_dict(question):
            table, *definition = row.values()
            if table.strip('"') != RECORDER:
                schema.setdefault(table.strip('"'), set()).add((sort, *definition))
    return schema


def differences(found: Schema, wanted: Schema) -> list[str]:
    """Return one line for each thing that one of two schemas has and the other has not."""
    lines = []
    for table in sorted(found.keys() | wanted.keys()):
        has, needs = found.get(table, set()), wanted.get(table, set())
        lines += [f"{table} lacks {what}" for what in sorted(needs - has, key=str)]
        lines += [f"{table} has beyond the models {what}" for what in sorted(has - needs, key=str)]
    return lines


async def _read_sqlite(connection: BaseDBAsyncClient) -> Schema:
    schema: Schema = {}
    for table in await table_names(connection):
        columns = await _rows(connection, f"PRAGMA table_info('{table}')")
        keys = await _rows(connection, f"PRAGMA foreign_key_list('{table}')")
        found: set[tuple[Any, ...]] = {
            ("column", row["name"], row["type"], row["notnull"], row["dflt_value"], row["pk"]) for row in columns
        }
        found |= {("key", row["from"], row["table"], row["to"], row["on_delete"]) for row in keys}
        for index in await _rows(connection, f"PRAGMA index_list('{table}')"):
            inside = await _rows(connection, f"PRAGMA index_xinfo('{index['name']}')")
            parts = tuple((row["name"], row["desc"], row["coll"]) for row in inside if row["key"])
            origin = index["origin"]
            # An index that belongs to a constraint is named by SQLite, by its number in the table.
            name = index["name"] if origin == "c" else ""
            found.add(("index", name, origin, index["unique"], index["partial"], parts))
        schema[table] = found
    return schema


async def table_names(connection: BaseDBAsyncClient) -> list[str]:
    """Return the names of the tables that hold our rows."""
    question = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        f" AND name NOT LIKE '{SEARCH}%'"
        if connection.capabilities.dialect == "sqlite"
        else "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    names = [row["name"] for row in await _rows(connection, question)]
    return sorted(name for name in names if name != RECORDER)


async def _rows(connection: BaseDBAsyncClient, question: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection.execute_query_dict(question)]
