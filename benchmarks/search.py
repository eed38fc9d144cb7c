"""Searching needs by words against LIKE over the same rows, under the same row filter, in one run.

Run `python -m benchmarks.search [--needs 100000] [--postgres]`. Both must find the same rows, or the run ends.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Callable, Iterable
from importlib.resources import files
from typing import Final

from api import clock, db
from api.models import Need, Person, Place
from api.plan.registry import source_named
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.plan.visibility import readable
from api.search.asking import has_all, score
from api.search.cutting import Word, asked_words
from api.search.indexing import index_all
from auth.enforcement import Authoriser
from auth.policy import load_shipped
from auth.principal import ANONYMOUS
from benchmarks.contest import Disagreement, Entrant, contest, table
from benchmarks.databases import opened, own_settings
from benchmarks.taxonomy_rows import store_place, store_reference

PAGE: Final = 50
# What is asked, and in which share of the needs it was put.
QUESTIONS: Final = {
    "无障碍": 0.0002,
    "漏雨": 0.005,
    "电梯 停运": 0.02,
    "居民": 0.5,
    "wheelchair": 0.001,
    "没有的词": 0.0,
}
Condition = Callable[[Statement], str]


async def store_needs(number: int) -> None:
    """Store needs whose texts are made of what needs are about."""
    chance = random.Random("search")
    categories = json.loads(files("seeds").joinpath("data/categories.json").read_text("utf-8"))
    labels = [(each["zh"], each["en"]) for each in categories]
    await store_reference()
    community = await store_place("A", "COMMUNITY", await store_place("T", "CITY", None))
    await Person.bulk_create([Person(id=1, place=community, path=community.path)])
    await Need.bulk_create((_need(each, chance, labels, community) for each in range(number)), 1_000)
    await index_all()
    if db.dialect() == "postgres":
        # What its own housekeeping does within minutes.
        await db.connection().execute_script("ANALYZE")


def _need(number: int, chance: random.Random, labels: list[tuple[str, str]], place: Place) -> Need:
    about, beside = chance.choice(labels), chance.choice(labels)
    drawn = [word for word, share in QUESTIONS.items() if chance.random() < share]
    put = [word.replace(" ", "") for word in drawn if not word.isascii()]
    zh = ",".join([f"{number % 90}号楼{chance.choice(('盼着', '缺少', '要修', '想办'))}{about[0]}", *put])
    return Need(
        id=1_000_000 + number, number=f"N{number}", title_zh=zh[:60], title_en=f"{about[1]} wanted",
        text_zh=f"说了几次{beside[0]}的事,老人家等着,{chance.choice(labels)[0]}也不方便,能办就尽快办一下,谢谢大家",
        text_en=f"{beside[1]}, and a wheelchair" if "wheelchair" in drawn else None, category="c0", place_id=place.id,
        path=place.path, public_place_id=place.id, public_path=place.path, community_id=place.id, urgency="NORMAL",
        visibility="MEMBERS" if number % 10 == 0 else "PUBLIC", status="REQUESTED", source="RESIDENT",
        family="OWNERS", owner_person_id=1, target_groups=[], published_at=clock.now(),
    )  # fmt: skip


def like(words: tuple[Word, ...], statement: Statement) -> str:
    """Return what would be asked without an index."""
    columns = ("t.title_zh", "t.title_en", "t.text_zh", "t.text_en")
    sign = "ILIKE" if statement.postgres else "LIKE"
    each = (" OR ".join(f"{column} {sign} {statement.bind(f'%{word.text}%')}" for column in columns) for word in words)
    return " AND ".join(f"({condition})" for condition in each)


class Asking:
    """One question, asked by one condition, for anybody."""

    def __init__(self, words: tuple[Word, ...], condition: Callable[[tuple[Word, ...], Statement], str]) -> None:
        self.words = words
        self.condition = condition
        self.viewer = Viewer(ANONYMOUS, Authoriser(load_shipped()), None)  # type: ignore[arg-type]  # nothing runs

    def _where(self, statement: Statement) -> str:
        allowed = readable(source_named("Need"), self.viewer, statement)
        return f"WHERE {self.condition(self.words, statement)} AND {allowed}"

    async def newest(self) -> list[int]:
        """Return the first page of the newest."""
        statement = Statement()
        where = self._where(statement)
        return await _ids(statement, f"SELECT t.id FROM need t {where} ORDER BY t.id DESC LIMIT {PAGE + 1}")

    async def count(self) -> int:
        """Return how many there are."""
        statement = Statement()
        return int((await statement.fetch(f"SELECT COUNT(*) AS n FROM need t {self._where(statement)}"))[0]["n"])

    async def best(self) -> list[int]:
        """Return the first page of the best."""
        statement = Statement()
        points, where = score(self.words, statement), self._where(statement)
        found = f"SELECT t.id, {points} AS points FROM need t JOIN search_text s ON s.id = t.id {where}"
        order = f"ORDER BY f.points DESC, f.id DESC LIMIT {PAGE + 1}"
        return await _ids(statement, f"SELECT f.id FROM ({found}) f {order}")


async def _ids(statement: Statement, text: str) -> list[int]:
    return [int(row["id"]) for row in await statement.fetch(text)]


async def measure(number: int, rounds: int, questions: Iterable[str] = QUESTIONS) -> list[tuple[object, ...]]:
    """Store, compare, and time each question both ways; return the rows of the table."""
    await store_needs(number)
    rows: list[tuple[object, ...]] = []
    for asked in questions:
        ours, plain = (Asking(asked_words(asked), condition) for condition in (has_all, like))
        hits = await ours.count()
        if (hits, await ours.newest()) != (await plain.count(), await plain.newest()):
            raise Disagreement(asked)
        ways = {"newest": (ours.newest, plain.newest), "count": (ours.count, plain.count), "best": (ours.best, None)}
        for what, (one, other) in ways.items():
            entrants = [Entrant(name, way, times=2) for name, way in (("words", one), ("LIKE", other)) if way]
            found = await contest(entrants, rounds, time.perf_counter)
            found_ms = [found[each.name].ms for each in entrants]
            ratio = f"{found_ms[1] / found_ms[0]:.1f}" if other else ""
            rows.append((asked, hits, what, found_ms[0], found_ms[1] if other else "", ratio))
    return rows


async def run(number: int, rounds: int, postgres: bool) -> None:
    """Measure in a database of its own and print."""
    with own_settings(postgres=postgres) as settings:
        async with opened(settings):
            began = time.perf_counter()
            rows = await measure(number, rounds)
            took = time.perf_counter() - began
        print(f"{number:,} needs on {'PostgreSQL' if postgres else 'SQLite'}; the whole run took {took:.0f} s")
    print(table("searching", ("asked", "hits", "what", "words ms", "LIKE ms", "LIKE / words"), rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--needs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    asyncio.run(run(given.needs, given.rounds, given.postgres))


if __name__ == "__main__":
    main()
