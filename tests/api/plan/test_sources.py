"""Every column that a source names exists, on both databases."""

import pytest

from api.plan import level
from api.plan.level import Wanted
from api.plan.registry import all_sources
from api.plan.selection import Selected
from api.plan.source import ToMany
from api.plan.statement import Statement
from api.plan.viewer import scope_columns
from api.settings import Settings


@pytest.mark.parametrize("name", sorted(all_sources()))
async def test_every_column_of_a_source_can_be_read(name: str, database: Settings) -> None:
    source = all_sources()[name]
    fields = [
        Wanted(field, declared, Selected(field, field, 0, name, {}, [])) for field, declared in source.fields.items()
    ]

    columns = level.columns_of(source, fields) | scope_columns(source)
    listed = ", ".join(f'{column.sql} AS "{key}"' for key, column in columns.items())
    where = source.where or "1 = 1"
    text = f'SELECT {listed} FROM "{source.table}" t {source.joins} WHERE {where}'

    assert await Statement().fetch(text) == []


@pytest.mark.parametrize("name", sorted(all_sources()))
async def test_every_to_many_relation_names_a_column_of_its_target(name: str, database: Settings) -> None:
    for relation in all_sources()[name].fields.values():
        if isinstance(relation, ToMany):
            target = all_sources()[relation.target]
            order = ", ".join(sql for sql, _ in relation.order.columns)
            text = f'SELECT {relation.key} FROM "{target.table}" t {target.joins} ORDER BY {order}'
            assert await Statement().fetch(text) == []
