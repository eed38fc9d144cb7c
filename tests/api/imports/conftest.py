"""A small county to import into: reference data, places by name, and what writes files."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from api.commands.place import create_place
from api.commands.standing import system_viewer
from api.plan.viewer import Viewer
from api.settings import Settings
from seeds.load import load_reference
from tests.factories import runtime_of

PLACES = (
    ("c", "COUNTRY", "中国", None),
    ("p", "PROVINCE", "甲省", "c"),
    ("p1", "CITY", "东市", "p"),
    ("p11", "DISTRICT", "东湖区", "p1"),
    ("p2", "CITY", "西市", "p"),
    ("p21", "DISTRICT", "新城区", "p2"),
    ("p12", "DISTRICT", "新城区", "p1"),
    ("q", "PROVINCE", "乙省", "c"),
)
Write = Callable[..., Path]


@pytest.fixture
async def viewer(database: Settings) -> AsyncIterator[Viewer]:
    runtime = runtime_of(database)
    await load_reference(runtime)
    viewer = system_viewer(runtime, "test")
    made: dict[str | None, int | None] = {None: None}
    for code, kind, name, parent in PLACES:
        values = {"code": code, "kind": kind, "name": name, "parent": made[parent]}
        made[code] = await create_place(viewer, values)
    yield viewer
    await runtime.rules.close()


@pytest.fixture
def csv_file(tmp_path: Path) -> Write:
    def write(*lines: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write


def resources(**more: Any) -> dict[str, Any]:
    """Return a mapping of offers, as JSON; columns id, name, city, rooms."""
    mapping: dict[str, Any] = {
        "format": 1,
        "kind": "import",
        "target": "resources",
        "within": "p",
        "externalId": {"system": "test", "value": {"column": "id"}},
        "fields": {
            "title": {"column": "name"},
            "category": {"constant": "lodging"},
            "quantity": {"column": "rooms", "number": {"unknown": ["0"]}},
        },
        "place": {"under": "p", "names": [{"name": {"column": "city"}}]},
        "owner": {"name": {"column": "name"}, "register": {"constant": "HOTEL"}},
    }
    # Copied through JSON, so that a test may change what it gave.
    mapping |= json.loads(json.dumps(more))
    return mapping
