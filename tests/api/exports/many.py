"""Thousands of rows: is the export what GraphQL's pages give, how long does it take, how much memory?

python -m tests.api.exports.many [--needs 5000]
"""

import argparse
import asyncio
import tempfile
import time
import tracemalloc
from pathlib import Path

from api import sealing
from api.db import open_database
from api.exports.csv_file import csv_bytes
from api.exports.xlsx_file import xlsx_bytes
from api.migrating import migrate
from api.settings import Settings
from tests.api.exports.test_exports import rows, table
from tests.api.reading import SYSTEM, every_id
from tests.api.world import World
from tests.api.world_items import Items
from tests.databases import SECRET


async def measure(needs: int, folder: Path) -> None:
    """Fill a database, export it in both forms, compare."""
    settings = Settings(_env_file=None, data_directory=folder, database_url=None)
    await migrate(settings)
    sealing.use_secret(SECRET)
    async with open_database(settings):
        world = World()
        await world.register()
        await Items(world).build(needs=needs, resources=20, projects=20)
        files = {}
        for name, form in (("csv", csv_bytes), ("xlsx", xlsx_bytes)):
            started = time.perf_counter()
            files[name] = await table(SYSTEM, "needs", form=form, size=500)
            seconds = time.perf_counter() - started
            tracemalloc.start()
            again = await table(SYSTEM, "needs", form=form, size=500)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            print(f"{name}: {needs} rows, {len(files[name]):,} bytes, {seconds:.1f} s, {most / 1e6:.1f} MB")  # noqa: T201  its purpose
            assert again == files[name], "the same rows give the same bytes"
        started = time.perf_counter()
        pages = await every_id("needs", SYSTEM)
        print(f"GraphQL: {len(pages)} identifiers in pages of 100, {time.perf_counter() - started:.1f} s")  # noqa: T201  its purpose
        assert [row["标识"] for row in rows(files["csv"])] == sorted(pages)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=5_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        asyncio.run(measure(given.needs, Path(made)))
