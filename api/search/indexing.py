"""The cut texts beside the rows: written in the unit of work of each change, and anew by a command.

What is searched of a type is named by the fields of its source. Only what everybody sees who sees the row can be: a
field with a permission of its own, a mask or a seal is refused.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import orjson

from api import db
from api.plan.registry import source_named
from api.plan.source import Column, Kind, Localised, Source
from api.plan.statement import Statement, chunks
from api.search.cutting import cut, edition

TITLE, TEXT = "title", "text"


@dataclass(frozen=True, slots=True)
class Searched:
    """The fields of a source that make its title, and those that make the rest of its text."""

    title: tuple[str, ...]
    text: tuple[str, ...] = ()


_ITEM = Searched(("title",), ("text",))
_LIST = Searched(("title", "number"))
SEARCHED: Final[Mapping[str, Searched]] = {
    "Need": _ITEM,
    "Resource": _ITEM,
    "Project": _ITEM,
    "ServiceItem": Searched(("title",), ("text", "standard")),
    "NeedList": _LIST,
    "ResourceList": _LIST,
    "ProjectList": _LIST,
    "Organisation": Searched(("name",), ("text",)),
    "Place": Searched(("name", "aliases")),
}
# On SQLite a transaction that begins with a write waits for the others, and sees what they wrote. PostgreSQL's lock is
# one that waits for whoever holds a mark, too: with a weaker one each would wait for the other.
_ALONE: Final = {
    "sqlite": "DELETE FROM search_text WHERE 1 = 0",
    "postgres": "LOCK TABLE search_text IN EXCLUSIVE MODE",
}


async def index(changed: Mapping[str, Iterable[int]]) -> int:
    """Cut anew the texts of these rows, by type, where they changed; return how many did. Call within a transaction."""
    done = 0
    # In one order, so that two units of work never wait for each other.
    for name in sorted(changed.keys() & SEARCHED.keys()):
        for keys in chunks(sorted(set(changed[name]))):
            done += await _index(name, keys)
    return done


async def index_all(*, missing_alone: bool = False) -> int:
    """Cut anew whatever lacks it: rows that came by another way, or were cut in another way; return how many.

    With `missing_alone` only rows that were never cut are looked at.
    """
    done = 0
    for name in SEARCHED:
        source = source_named(name)
        without = "NOT EXISTS (SELECT 1 FROM search_text s WHERE s.id = t.id)" if missing_alone else "1 = 1"
        where = f"{source.where or '1 = 1'} AND {without}"
        rows = await Statement().fetch(f'SELECT t.id FROM "{source.table}" t WHERE {where} ORDER BY t.id')
        for keys in chunks([int(row["id"]) for row in rows]):
            async with _alone():
                done += await _index(name, keys)
    if not missing_alone:
        async with _alone():
            await _forget_what_is_gone()
    if done and db.dialect() == "postgres":
        # Until it knows how frequent the pieces are, PostgreSQL reads all rows for a frequent one and for a rare one.
        await db.connection().execute_script("ANALYZE search_text")
    return done


@cache
def columns(name: str) -> Mapping[str, tuple[Column, ...]]:
    """Return the columns that are searched of a type. Raise ValueError for one that not everybody sees."""
    source, asked = source_named(name), SEARCHED[name]
    found = {
        TITLE: tuple(column for field in asked.title for column in _columns(source, field)),
        TEXT: tuple(column for field in asked.text for column in _columns(source, field)),
    }
    for column in (each for several in found.values() for each in several):
        if column.permission or column.mask or column.kind not in (Kind.TEXT, Kind.JSON):
            raise ValueError(f"{name}: {column.sql} is not for everybody who sees the row")
    return found


def _columns(source: Source, field: str) -> tuple[Column, ...]:
    match source.fields[field]:
        case Localised() as text:
            return text.zh, text.en
        case Column() as column:
            return (column,)
    raise ValueError(f"{source.name}.{field} is no text")


async def _index(name: str, keys: list[int]) -> int:
    # The mark is read before the text, and held: whoever changes the text meanwhile writes after this.
    statement = Statement()
    held = f"SELECT s.id, s.made_of FROM search_text s WHERE {statement.among('s.id', keys)} ORDER BY s.id"
    rows = await statement.fetch(f"{held} FOR UPDATE" if statement.postgres else held)
    known = {row["id"]: row["made_of"] for row in rows}
    texts = await _texts(name, keys)
    stale = {key: text for key, text in texts.items() if known.get(key) != text[-1]}
    await _write([_cut(key, *text) for key, text in sorted(stale.items())])
    await _delete(sorted(known.keys() - texts.keys()))
    return len(stale)


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Open a transaction in which nobody else writes cut texts: what was read before writes over none."""
    async with db.transaction() as connection:
        await connection.execute_query(_ALONE[db.dialect()])
        yield


async def _texts(name: str, keys: list[int]) -> dict[int, tuple[str, str, str]]:
    """Return title, other text and what tells both from all others, by row."""
    source, searched = source_named(name), columns(name)
    every = [*searched[TITLE], *searched[TEXT]]
    listed = ", ".join(f"{column.sql} AS c{place}" for place, column in enumerate(every))
    statement = Statement()
    where = statement.among("t.id", keys)
    rows = await statement.fetch(f"SELECT t.id, {listed} FROM {source.as_t} WHERE {where}")
    found = {}
    for row in rows:
        values = [_text(column, row[f"c{place}"]) for place, column in enumerate(every)]
        title, text = "\n".join(values[: len(searched[TITLE])]), "\n".join(values[len(searched[TITLE]) :])
        made_of = hashlib.blake2b(f"{edition()}\0{title}\0{text}".encode(), digest_size=16).hexdigest()
        found[int(row["id"])] = (title, text, made_of)
    return found


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.kind is Kind.JSON:
        return "\n".join(orjson.loads(value) if isinstance(value, str) else value)
    return str(value)


def _cut(key: int, title: str, text: str, made_of: str) -> list[Any]:
    first, whole = cut(title), cut(f"{title}\n{text}")
    words = dict.fromkeys(whole.words)
    return [key, _spaced(first.pieces), _spaced(words), " ".join(whole.pieces), made_of]


def _spaced(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


async def _write(rows: list[list[Any]]) -> None:
    if not rows:
        return
    sign, pieces = ("?", "?") if db.dialect() == "sqlite" else ("$", "array_to_tsvector(string_to_array($4, ' '))")
    places = [sign if sign == "?" else f"${place}" for place in range(1, 6)]
    places[3] = pieces
    changed = ", ".join(f"{name} = excluded.{name}" for name in ("title", "words", "pieces", "made_of"))
    await db.reading().execute_many(
        f"INSERT INTO search_text (id, title, words, pieces, made_of) VALUES ({', '.join(places)})"
        f" ON CONFLICT (id) DO UPDATE SET {changed}",
        rows,
    )


async def _delete(keys: list[int]) -> None:
    if keys:
        statement = Statement()
        await statement.fetch(f"DELETE FROM search_text WHERE {statement.among('id', keys)}")


async def _forget_what_is_gone() -> None:
    tables = sorted({source_named(name).table for name in SEARCHED})
    where = " AND ".join(f'NOT EXISTS (SELECT 1 FROM "{table}" t WHERE t.id = search_text.id)' for table in tables)
    await Statement().fetch(f"DELETE FROM search_text WHERE {where}")
