"""`wujia export`: a whole table into a file, as the system sees it, contacts masked."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from api.exports.forms import FORMS
from api.exports.rows import pages
from api.exports.tables import TABLES
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.schema.export_filters import export_condition
from api.schema.root import build_schema
from wujia.work import as_system, console, run


def export_file(name: str, file: Path, asked: str, language: str) -> None:
    """Write the file; it appears under its name only when it is whole."""
    if name not in TABLES:
        raise typer.BadParameter(f"可导出 · known are: {', '.join(TABLES)}")
    form = FORMS.get(file.suffix.removeprefix("."))
    if form is None:
        raise typer.BadParameter(f"文件名须以 .csv 或 .xlsx 结尾 · must end in .csv or .xlsx: {file}")
    given = _object(asked)

    async def work(_runtime: Runtime, system: Viewer) -> int:
        viewer = replace(system, principal=replace(system.principal, language=language))
        condition = await export_condition(build_schema(), viewer, name, given)

        async def again() -> Viewer:
            return viewer

        part, size = file.with_name(f"{file.name}.part"), 0
        try:
            with part.open("wb") as out:
                found = pages(again, TABLES[name], condition)
                async for piece in form.write(TABLES[name].header(language), found):
                    size += out.write(piece)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        return size

    size = run(as_system("export", work))
    console.print(f"已导出 · exported: {file} ({size} bytes)", highlight=False)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise typer.BadParameter("--filter 须为一个 JSON 对象 · must be a JSON object")
    return found
