"""Bringing a database to the newest schema: the one way, for the command line, demo and tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from tortoise.context import TortoiseContext
from tortoise.migrations.api import migrate as apply_migrations
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import CreateModel
from tortoise.migrations.schema_generator.state import ModelState, State

from api.authority import watching
from api.db import WRITER, configuration, connection
from api.settings import Settings

# What no model can name. Neither index cuts a text: its pieces are cut already, and only spaces stand between them.
BESIDE_THE_MODELS: Final = {
    "sqlite": """
        CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(
            pieces, content='search_text', content_rowid='id', tokenize='ascii', detail=none, columnsize=0
        );
        CREATE TRIGGER IF NOT EXISTS search_text_added AFTER INSERT ON search_text BEGIN
            INSERT INTO search_index (rowid, pieces) VALUES (new.id, new.pieces);
        END;
        CREATE TRIGGER IF NOT EXISTS search_text_gone AFTER DELETE ON search_text BEGIN
            INSERT INTO search_index (search_index, rowid, pieces) VALUES ('delete', old.id, old.pieces);
        END;
        CREATE TRIGGER IF NOT EXISTS search_text_changed AFTER UPDATE ON search_text BEGIN
            INSERT INTO search_index (search_index, rowid, pieces) VALUES ('delete', old.id, old.pieces);
            INSERT INTO search_index (rowid, pieces) VALUES (new.id, new.pieces);
        END;
    """,
    "postgres": "CREATE INDEX IF NOT EXISTS search_text_pieces ON search_text USING gin (pieces);",
}


async def migrate(settings: Settings, target: str | None = None) -> None:
    """Apply the migrations that the database lacks, up to `target` or all of them.

    On SQLite a changed column rebuilds its table, and dropping the old one would delete or refuse
    whatever refers to it. So foreign keys are off meanwhile, and checked at the end.

    Args:
        settings: Say which database; this process must not have it open.
        target: Such as "wujia.0001_initial".

    Raises:
        RuntimeError: when rows of a SQLite database now refer to rows that do not exist.
    """
    config = configuration(settings)
    if settings.sqlite:
        settings.data_directory.mkdir(parents=True, exist_ok=True)
        config["connections"][WRITER] += "&foreign_keys=OFF"
    async with TortoiseContext():
        with _tables_created_at_once():
            await apply_migrations(config=config, target=target)
        dialect = "sqlite" if settings.sqlite else "postgres"
        await connection(WRITER).execute_script(BESIDE_THE_MODELS[dialect] + watching(dialect))
        if settings.sqlite:
            broken = await connection(WRITER).execute_query_dict("PRAGMA foreign_key_check")
            if broken:
                raise RuntimeError(f"rows that refer to nothing: {[dict(row) for row in broken]}")


# Tortoise copies the state of all models before each operation and builds them anew after it. For sixty tables
# that is more than four seconds of a start, and creating a table looks at no former state.
_ONE_BY_ONE: Final = Migration.apply


@contextmanager
def _tables_created_at_once() -> Iterator[None]:
    """Let a migration that only creates tables learn all its models first, and then create each."""
    Migration.apply = _apply  # type: ignore[method-assign]  # the tool has no place to put another way in
    try:
        yield
    finally:
        Migration.apply = _ONE_BY_ONE  # type: ignore[method-assign]  # see above


async def _apply(self: Migration, state: State, **options: Any) -> State:
    editor = options.get("schema_editor")
    created = [operation for operation in self.operations if isinstance(operation, CreateModel)]
    if len(created) < len(self.operations) or options.get("collect_sql"):
        return await _ONE_BY_ONE(self, state, **options)
    names = [(self.app_label, operation.name) for operation in created]
    for name, operation in zip(names, created, strict=True):
        state.models[name] = ModelState.make_from_model(self.app_label, operation.model)
    state.reload_models(names)
    if editor is not None and not options.get("dry_run"):
        transactional = editor.client.capabilities.supports_transactions
        for operation in created:
            await self._run_database_forward(operation, state, state, editor, transactional)
    state.validate_relations_initialized()
    return state
