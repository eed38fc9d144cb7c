"""A predicate's SQL means on SQLite and on PostgreSQL what the predicate means in Python."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import asyncpg
import pytest

from api.plan.predicates import Columns, folded, to_sql
from auth.enforcement import Authoriser
from auth.policy import load_shipped
from auth.predicates import (
    All,
    Always,
    Any,
    Column,
    Equals,
    In,
    Never,
    Not,
    Predicate,
    Under,
    visible,
)
from auth.relations import RowScope, Visibility
from auth.roles import Role
from tests.auth.worlds import World
from tests.databases import MakeDatabase

FACTS = {
    Column.PATH: "path",
    Column.OWNER_PERSON: "owner_person_id",
    Column.OWNER_HOUSEHOLD: "owner_household_id",
    Column.OWNER_ORGANISATION: "owner_organisation_id",
    Column.ASSIGNED_PERSON: "assigned_person_id",
    Column.ASSIGNED_ORGANISATION: "assigned_organisation_id",
    Column.PARTY_PERSON: "party_person_id",
    Column.PARTY_HOUSEHOLD: "party_household_id",
    Column.PARTY_ORGANISATION: "party_organisation_id",
    Column.VISIBILITY: "visibility",
}
EVERY_COLUMN: Columns = {name.value: f"t.{name.value}" for name in Column}
KINDS = {Column.PATH: 'text COLLATE "C"', Column.VISIBILITY: "text"}

# Return the numbers of the rows for which the condition holds.
Ask = Callable[[Predicate, Columns], Awaitable[set[int]]]
ROWS = [
    RowScope("CN/11/1/", owner_person_id=1, visibility=None),
    RowScope("CN/11/10/", owner_person_id=2),
    RowScope("CN/11/", owner_person_id=None),
    RowScope("CN/110/"),
    RowScope(""),
]


def written(predicate: Predicate, columns: Columns, mark: str) -> tuple[str, list[object]]:
    values: list[object] = []

    def bind(value: object) -> str:
        values.append(value)
        return f"{mark}{len(values)}"

    return to_sql(predicate, columns, bind), values


def holds(predicate: Predicate, row: RowScope) -> bool:
    """Judge one row in Python, where an empty fact equals nothing."""
    match predicate:
        case Always() | Never():
            return isinstance(predicate, Always)
        case Under(path=path):
            return row.path.startswith(path)
        case Equals(column=column, value=value):
            return bool(getattr(row, FACTS[column]) == value)
        case In(column=column, values=values):
            return getattr(row, FACTS[column]) in values
        case All(parts=parts):
            return all(holds(part, row) for part in parts)
        case Any(parts=parts):
            return any(holds(part, row) for part in parts)
        case Not(part=part):
            return not holds(part, row)


def values_of(row: RowScope) -> list[object]:
    return [getattr(row, fact) for fact in FACTS.values()]


@asynccontextmanager
async def asking_sqlite(url: str, rows: list[RowScope]) -> AsyncIterator[Ask]:
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as database:
        database.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(Column)})")
        database.executemany(
            f"INSERT INTO t VALUES ({', '.join('?' * (len(FACTS) + 1))})",
            [(number, *values_of(row)) for number, row in enumerate(rows)],
        )

        async def ask(predicate: Predicate, columns: Columns) -> set[int]:
            condition, values = written(folded(predicate, columns), columns, "?")
            found = database.execute(f"SELECT id FROM t WHERE {condition}", values)
            return {row[0] for row in found}

        yield ask


@asynccontextmanager
async def asking_postgres(url: str, rows: list[RowScope]) -> AsyncIterator[Ask]:
    kinds = [f"{name} {KINDS.get(name, 'bigint')}" for name in Column]
    database = await asyncpg.connect(url)
    try:
        await database.execute(f"CREATE TABLE t (id bigint PRIMARY KEY, {', '.join(kinds)})")
        await database.executemany(
            f"INSERT INTO t VALUES ({', '.join(f'${n}' for n in range(1, len(FACTS) + 2))})",
            [(number, *values_of(row)) for number, row in enumerate(rows)],
        )

        async def ask(predicate: Predicate, columns: Columns) -> set[int]:
            condition, values = written(folded(predicate, columns), columns, "$")
            found = await database.fetch(f"SELECT id FROM t WHERE {condition}", *values)
            return {row["id"] for row in found}

        yield ask
    finally:
        await database.close()


@asynccontextmanager
async def asking(make_database: MakeDatabase, rows: list[RowScope]) -> AsyncIterator[Ask]:
    with make_database(False) as url:
        backend = asking_sqlite if url.startswith("sqlite") else asking_postgres
        async with backend(url, rows) as ask:
            yield ask


def test_a_value_never_enters_the_text() -> None:
    evil = "'; DROP TABLE need; --"
    condition, values = written(
        Any((Equals(Column.VISIBILITY, evil), In(Column.PATH, (evil, "b")), Under(evil))),
        EVERY_COLUMN,
        "?",
    )

    assert "DROP" not in condition
    assert values == [evil, evil, "b", evil, evil[:-1] + "0"]


@pytest.mark.parametrize("columns", [{}, {name.value: None for name in Column}])
def test_a_relation_whose_column_the_table_lacks_never_holds(columns: Columns) -> None:
    for predicate in (Equals(Column.OWNER_PERSON, 1), In(Column.OWNER_PERSON, (1,)), Under("CN/")):
        assert written(predicate, columns, "?") == ("FALSE", [])
    assert written(In(Column.OWNER_PERSON, ()), EVERY_COLUMN, "?") == ("FALSE", [])


async def test_an_empty_column_under_a_not_hides_no_row(make_database: MakeDatabase) -> None:
    async with asking(make_database, ROWS) as ask:
        denied = Equals(Column.OWNER_PERSON, 1)

        assert await ask(Not(denied), EVERY_COLUMN) == {1, 2, 3, 4}
        assert await ask(Not(All((denied, Always()))), EVERY_COLUMN) == {1, 2, 3, 4}
        assert await ask(Not(Any((Never(), denied))), EVERY_COLUMN) == {1, 2, 3, 4}
        assert await ask(Not(Not(denied)), EVERY_COLUMN) == {0}
        assert await ask(Not(denied), {}) == {0, 1, 2, 3, 4}


async def test_a_place_covers_itself_and_what_is_below_not_a_longer_code(make_database: MakeDatabase) -> None:
    async with asking(make_database, ROWS) as ask:
        assert await ask(Under("CN/11/"), EVERY_COLUMN) == {0, 1, 2}
        assert await ask(Under("CN/11/1/"), EVERY_COLUMN) == {0}
        assert await ask(Under("CN/"), EVERY_COLUMN) == {0, 1, 2, 3}


async def test_thousands_of_places_make_no_condition_that_a_database_refuses(make_database: MakeDatabase) -> None:
    elsewhere = tuple(Under(f"XX/{number}/") for number in range(3_000))
    async with asking(make_database, ROWS) as ask:
        assert await ask(Any((*elsewhere, Under("CN/11/1/"))), EVERY_COLUMN) == {0}
        assert await ask(Any((Under("CN/11/1/"), *elsewhere)), EVERY_COLUMN) == {0}
        assert await ask(All(tuple(Not(each) for each in elsewhere)), EVERY_COLUMN) == {0, 1, 2, 3, 4}


async def test_constants_select_all_and_nothing(make_database: MakeDatabase) -> None:
    async with asking(make_database, ROWS) as ask:
        assert await ask(Always(), EVERY_COLUMN) == {0, 1, 2, 3, 4}
        assert await ask(Never(), EVERY_COLUMN) == set()


async def test_what_the_policy_makes_visible_is_the_same_in_sql_python_and_casbin(make_database: MakeDatabase) -> None:
    chance = random.Random("predicates")
    world, policy = World(chance), load_shipped()
    authoriser, permissions = Authoriser(policy), tuple(policy.by_permission)
    rows = [world.row() for _ in range(80)]
    async with asking(make_database, rows) as ask:
        allowed = 0

        for _ in range(150):
            caller = world.principal(tuple(Role)[:-1], permissions)
            permission = chance.choice(permissions)
            predicate = visible(policy, caller, permission)
            expected = {number for number, row in enumerate(rows) if authoriser.ask(caller, permission, row)}
            assert {number for number, row in enumerate(rows) if holds(predicate, row)} == expected
            assert await ask(predicate, EVERY_COLUMN) == expected
            # As a source has it whose rows all have one visibility, or none, and nobody to whom they are assigned.
            here = chance.choice([*Visibility, None])
            alike = [replace(row, visibility=here, assigned_person_id=None) for row in rows]
            columns = {**EVERY_COLUMN, "visibility": here and f"'{here}'", "assigned_person": None}
            expected = {number for number, row in enumerate(alike) if holds(predicate, row)}
            assert await ask(predicate, columns) == expected
            allowed += len(expected)

        assert allowed > 500
