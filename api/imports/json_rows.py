"""JSON lines: one object a line; values may be lists of objects."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.imports.csv_rows import decoded
from api.imports.mapping import FileShape
from api.imports.problems import FileRefused


def json_rows(path: Path, _: FileShape) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and object. Raise FileRefused, with the line that is no JSON object."""
    # Not splitlines(), which also breaks at characters that may stand inside a JSON text.
    for number, line in enumerate(decoded(path.read_bytes()).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise FileRefused(f"第 {number} 行不是一个 JSON 对象", f"Line {number} is not a JSON object", row=number)
        yield number, value


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
