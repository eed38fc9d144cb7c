"""Codes and rows that inputs may name, read once a command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.commands.rows import Rows, fetch_named
from api.models import Category, TargetGroup, UnitOfMeasure
from api.models.choices import ItemKind


@dataclass(frozen=True, slots=True)
class Reference:
    """Known category codes, units of measure and target groups, and the rows read so far."""

    categories: frozenset[str]
    units: frozenset[str]
    groups: frozenset[str]
    rows: Rows


async def load_reference(kind: ItemKind, many: Sequence[Mapping[str, Any]]) -> Reference:
    """Read all known codes, and the rows that the inputs in `many` name."""
    rows = Rows()
    await fetch_named(rows, kind, many)
    categories = await Category.all().values_list("code", flat=True)
    units = await UnitOfMeasure.all().values_list("code", flat=True)
    groups = await TargetGroup.all().values_list("code", flat=True)
    return Reference(
        frozenset(map(str, categories)),
        frozenset(map(str, units)),
        frozenset(map(str, groups)),
        rows,
    )
