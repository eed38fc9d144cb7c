"""The triggers by which the database itself notes that a sign-in would read something else now.

What a sign-in read is remembered with the number of the table `authority`, and each read that relies on it asks
within its own statement whether that is still the number (api/plan/confirming.py). So whoever writes, a command, an
import or a person at the database's prompt, ends what was remembered in the moment of their commit.
"""

from collections.abc import Iterator, Mapping
from typing import Final

WATCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "bearer_key": ("key_id", "secret_hash", "organisation_id", "person_id", "scopes", "expires_at", "revoked_at"),
    "person": ("household_id", "language", "place_id"),
    "account": ("person_id", "disabled_at"),
    "organisation": ("status", "place_id"),
    "membership": ("person_id", "organisation_id", "role", "place_id", "path", "valid_from", "valid_to"),
    "place": ("path", "community_id"),
    "policy_version": ("number",),
}
"""The columns that `api.queries.principal` reads, by their tables; identifiers never change."""
ADDING: Final = frozenset({"account", "membership", "policy_version"})
"""Tables in which a new row changes what is known of somebody who signed in before."""

_POSTGRES: Final = """
CREATE OR REPLACE FUNCTION authority_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO authority AS a (id, number, changed_in)
        VALUES (1, floor(random() * 2 ^ 50), pg_current_xact_id()::text::bigint)
        ON CONFLICT (id) DO UPDATE SET number = a.number + 1, changed_in = excluded.changed_in
            WHERE a.changed_in <> excluded.changed_in;
    RETURN NULL;
END $$;
"""
# The row is taken at the very end of a transaction, so that nobody waits for another with it in hand.
_POSTGRES_TRIGGER: Final = """
DROP TRIGGER IF EXISTS {name} ON {table};
CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW{condition} EXECUTE FUNCTION authority_changed();
"""
_SQLITE_TRIGGER: Final = """
DROP TRIGGER IF EXISTS {name};
CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW{condition} BEGIN
    UPDATE authority SET number = number + 1 WHERE id = 1;
END;
"""
_FIRST: Final = {
    "postgres": "INSERT INTO authority (id, number) VALUES (1, floor(random() * 2 ^ 50)) ON CONFLICT (id) DO NOTHING;",
    "sqlite": "INSERT OR IGNORE INTO authority (id, number) VALUES (1, abs(random() / 8192));",
}


def watching(dialect: str) -> str:
    """Return the statements that make the database watch; they may be run again. `dialect`: "sqlite", "postgres"."""
    form = _SQLITE_TRIGGER if dialect == "sqlite" else _POSTGRES_TRIGGER
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    made = [] if dialect == "sqlite" else [_POSTGRES]
    for table, event, condition in _events(differs):
        name = f"authority_{table}_{event.lower()}"
        made.append(form.format(name=name, table=table, event=event, condition=condition))
    return "".join([*made, _FIRST[dialect]])


def _events(differs: str) -> Iterator[tuple[str, str, str]]:
    for table, columns in WATCHED.items():
        changed = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)
        yield table, "UPDATE", f" WHEN ({changed})"
        yield table, "DELETE", ""
        if table in ADDING:
            yield table, "INSERT", ""
