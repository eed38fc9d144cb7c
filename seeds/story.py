"""The story's chapters, a file a community, as the entries that the loader takes."""

from functools import cache
from importlib.resources import files

from seeds.chapter import Chapter, Tables
from seeds.files import Entry, entries
from seeds.names import Names

# Whoever has no login of their own gets a number in the block of zeros that nobody was ever given.
PHONES = {"people": 1000, "households": 2000}


@cache
def chapters() -> Tables:
    """Return the entries of all chapters, by table."""
    core = {entry["key"]: entry for entry in entries("organisations")}
    families = {entry["code"]: entry["family"] for entry in entries("party_kinds")}
    tables: Tables = {}
    for file in sorted(files("seeds").joinpath("data", "story").iterdir(), key=lambda file: file.name):
        read = Chapter(file.name.removesuffix(".txt").split("-")[-1], families, Names(core))
        for name, found in read.read(file.read_text(encoding="utf-8")).items():
            tables.setdefault(name, []).extend(found)
    for name, first in PHONES.items():
        for number, entry in enumerate(tables[name], first):
            entry["phone"] = f"1380000{number:04d}"
    return tables


def told(name: str) -> list[Entry]:
    """Return all entries of a table: those of the core's file first, then the chapters'."""
    core = entries(name) if name not in ("registrations", "pairings", "agreements") else []
    return core + chapters().get(name, [])
