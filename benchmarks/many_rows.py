"""Make the open PostgreSQL city so many times as large, by copies of its rows within the database."""

from typing import Final

from api import db
from benchmarks.partner_rows import ORGANISATION

APART: Final = 10_000_000
"""Between the identifiers of a row and of its copy."""
EVERY: Final = 10
"""Each so many copies of the needs come with their lines, resources and matches."""
# Whose identifiers point at copies; what is the partner's stays the partner's alone.
COPIED: Final = {
    "need": (1, {"number": "number || '-' || k"}),
    "resource": (
        EVERY,
        {"owner_organisation_id": f"CASE owner_organisation_id WHEN {ORGANISATION} THEN {ORGANISATION + 1}"
                                  " ELSE owner_organisation_id END"},
    ),
    "requirement_line": (EVERY, {"need_id": f"need_id + k * {APART}"}),
    "match": (
        EVERY,
        {name: f"{name} + k * {APART}" for name in ("need_id", "line_id", "resource_id")},
    ),
}  # fmt: skip


async def multiply(times: int) -> None:
    """Copy the needs `times - 1` times; foreign keys are not checked again."""
    # The server's connections allow a statement seconds; these take minutes.
    statements = ["SET statement_timeout = 0", "SET session_replication_role = replica"]
    for name, (step, changed) in COPIED.items():
        rows = await db.connection().execute_query_dict(
            "SELECT column_name AS name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position",
            [name],
        )
        columns = [row["name"] for row in rows]
        values = {column: f'"{column}"' for column in columns} | {"id": f"id + k * {APART}"} | changed
        statements.append(
            f'INSERT INTO "{name}" ({", ".join(f"{chr(34)}{each}{chr(34)}" for each in columns)})'
            f" SELECT {', '.join(values[each] for each in columns)}"
            f' FROM "{name}", generate_series({step}, {times - 1}, {step}) k ORDER BY k, id'
        )
    statements += ["SET session_replication_role = DEFAULT", "RESET statement_timeout"]
    await db.connection().execute_script(";\n".join(statements))
