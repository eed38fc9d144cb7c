from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from api import db
from scripts.tortoise_configuration import TORTOISE_ORM
from tests.databases import MakeDatabase, migrate_to, settings_for
from tests.migrations.filling import ROWS, fill, row_counts
from tests.migrations.real_schema import differences, read_schema

FIRST = "wujia.0001_initial"


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[BaseDBAsyncClient]:
    async with db.open_database(settings_for(url, folder)):
        yield db.connection()


async def test_the_models_have_no_change_without_a_migration() -> None:
    async with TortoiseContext() as context:
        await context.init(config=TORTOISE_ORM, init_connections=False)
        assert context.apps is not None
        missing = await MigrationAutodetector(context.apps, TORTOISE_ORM["apps"]).changes()
    assert [vars(operation) for migration in missing for operation in migration.operations] == []


async def test_a_filled_database_migrates_from_the_first_to_the_schema_of_the_models(
    make_database: MakeDatabase, tmp_path: Path
) -> None:
    with make_database(False) as url:
        migrate_to(url, tmp_path, FIRST)
        async with opened(url, tmp_path) as connection:
            await fill(connection)
            assert set((await row_counts(connection)).values()) == {ROWS}
        migrate_to(url, tmp_path)
        async with opened(url, tmp_path) as connection:
            migrated = await read_schema(connection)
            # A table that a later migration brought is empty; none may have lost a row.
            assert set((await row_counts(connection)).values()) <= {0, ROWS}
    with make_database(False) as url:
        async with opened(url, tmp_path) as connection:
            await Tortoise.generate_schemas(safe=False)
            seen = differences(migrated, await read_schema(connection))
    assert not seen, "\n".join(seen)


async def test_the_comparison_sees_a_lost_index_and_a_lost_column(make_database: MakeDatabase, tmp_path: Path) -> None:
    with make_database(False) as url:
        migrate_to(url, tmp_path)
        async with opened(url, tmp_path) as connection:
            whole = await read_schema(connection)
            name = next(what[1] for what in whole["need"] if what[0] == "index" and "idx" in what[1])
            await connection.execute_script(f'DROP INDEX "{name}"')
            await connection.execute_script("ALTER TABLE place DROP COLUMN aliases")
            seen = differences(await read_schema(connection), whole)
    assert [line.split()[:4] for line in seen] == [
        ["need", "lacks", "('index',", f"'{name}',"],
        ["place", "lacks", "('column',", "'aliases',"],
    ]
