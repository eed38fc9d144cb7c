"""The published schema changes only on purpose: `wujia schema > schema.graphql` renews it."""

import subprocess
import sys
from pathlib import Path

COMMITTED = Path(__file__).parents[1] / "schema.graphql"


def test_the_committed_schema_is_what_the_command_prints() -> None:
    printed = subprocess.run([sys.executable, "-m", "wujia", "schema"], capture_output=True, text=True, check=True)
    assert printed.stdout == COMMITTED.read_text(encoding="utf-8"), "renew it: wujia schema > schema.graphql"
