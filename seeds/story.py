"""The story's chapters, a file a community, as the entries that the loader takes."""

from collections import Counter
from functools import cache
from importlib.resources import files

from seeds.chapter import Chapter, Tables
from seeds.files import Entry, entries
from seeds.names import Names

ONLY_IN_CHAPTERS = ("service_points", "registrations", "pairings", "teams", "agreements", "claims")
KIND_WORD = {"RESOURCE": "资", "NEED": "需", "PROJECT": "项"}
YEAR = "2026"
# Whoever has no number of their own gets one in the block of zeros that nobody was ever given.
PHONES = {"people": 1000, "households": 2000}


@cache
def chapters() -> Tables:
    """Return the entries of all chapters, by table."""
    core = {entry["key"]: (name, entry) for name in ("organisations", "people") for entry in entries(name)}
    families = {entry["code"]: entry["family"] for entry in entries("party_kinds")}
    tables: Tables = {}
    for file in sorted(files("seeds").joinpath("data", "story").iterdir(), key=lambda file: file.name):
        slug = file.name.removesuffix(".txt").split("-")[-1]
        read = Chapter(slug, families, Names(core, slug))
        for name, found in read.read(file.read_text(encoding="utf-8")).items():
            tables.setdefault(name, []).extend(found)
    _number(tables["lists"])
    for name, first in PHONES.items():
        for number, entry in enumerate(tables[name], first):
            entry["phone"] = f"1380000{number:04d}"
    return tables


def _number(lists: list[Entry]) -> None:
    """Number the lists of a place by kind, after those of the core (永济-康乐-资-2026-01)."""
    names = {entry["key"]: entry for entry in entries("places")}
    used = Counter(str(entry["number"]).rpartition("-")[0] for entry in entries("lists"))
    for entry in lists:
        place = region = names[entry["place"]]
        while region["kind"] != "DISTRICT":
            region = names[region["parent"]]
        stem = "-".join([region["zh"][:-1], place["zh"].removesuffix("社区"), KIND_WORD[entry["kind"]], YEAR])
        used[stem] += 1
        entry["number"] = f"{stem}-{used[stem]:02d}"


def told(name: str) -> list[Entry]:
    """Return all entries of a table: those of the core's file first, then the chapters'."""
    core = entries(name) if name not in ONLY_IN_CHAPTERS else []
    return core + chapters().get(name, [])
