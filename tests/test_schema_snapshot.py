"""The published schema changes only on purpose: `wujia schema > schema.graphql` renews it."""

import subprocess
import sys
from pathlib import Path

from graphql import build_schema

COMMITTED = Path(__file__).parents[1] / "schema.graphql"


def test_the_committed_schema_is_what_the_command_prints() -> None:
    printed = subprocess.run([sys.executable, "-m", "wujia", "schema"], capture_output=True, text=True, check=True)
    assert printed.stdout == COMMITTED.read_text(encoding="utf-8"), "renew it: wujia schema > schema.graphql"


def test_the_committed_schema_describes_every_type_and_field() -> None:
    schema = build_schema(COMMITTED.read_text(encoding="utf-8"))
    undescribed = [
        f"{name}.{field}"
        for name, kind in schema.type_map.items()
        if not name.startswith("__") and hasattr(kind, "fields")
        for field, declared in kind.fields.items()
        if not declared.description
    ]
    assert undescribed == []
