"""Bringing a database to the newest schema: the one way, for the command line, demo and tests."""

from tortoise.context import TortoiseContext
from tortoise.migrations.api import migrate as apply_migrations

from api.db import WRITER, configuration, connection
from api.settings import Settings


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
        await apply_migrations(config=config, target=target)
        if settings.sqlite:
            broken = await connection(WRITER).execute_query_dict("PRAGMA foreign_key_check")
            if broken:
                raise RuntimeError(f"rows that refer to nothing: {[dict(row) for row in broken]}")
