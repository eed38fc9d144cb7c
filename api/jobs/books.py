"""Where DBOS keeps its books, and what becomes of a file that cannot be read any more.

The rows of the application say what there is to do, so books that a full disk or a power failure spoiled
are no reason not to start.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import structlog

from api.settings import Settings

log = structlog.get_logger(__name__)

SPOILED: Final = ".spoiled"
# What SQLite keeps beside a file belongs to it.
_BESIDE: Final = ("", "-journal", "-wal", "-shm")


def books(settings: Settings) -> str:
    """Return where DBOS keeps its books: a file of its own, or a schema of its own on PostgreSQL.

    A file that SQLite cannot read is put aside first; new books are begun.
    """
    if not settings.sqlite:
        return settings.resolved_database_url.replace("postgres://", "postgresql://", 1)
    file = settings.data_directory.resolve() / "jobs.sqlite3"
    if file.exists() and not _sound(file):
        log.warning("the books of background work are spoiled and put aside", file=file.name)
        for end in _BESIDE:
            beside = file.with_name(file.name + end)
            if beside.exists():
                beside.replace(file.with_name(file.name + SPOILED + end))
    return f"sqlite:///{file}"


def _sound(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(file, timeout=1)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        # Locked, or not to be opened: nothing is known of its content.
        return True
    except sqlite3.DatabaseError:
        return False
