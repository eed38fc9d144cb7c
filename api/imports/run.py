"""Import a file through a mapping: everything or nothing, with a report that names row, column and reason."""

from pathlib import Path
from typing import Any

from api.commands.permission import require
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import InvalidInput
from api.identifiers import new_id
from api.imports.drafts import Draft, Drafts, Progress, draft_all
from api.imports.mapping import ImportMapping
from api.imports.problems import RowProblem
from api.imports.recognition import load_recogniser
from api.imports.report import ImportReport
from api.imports.rows import read_rows
from api.imports.targets import Target
from api.imports.used_columns import missing_columns
from api.imports.values import Evaluator
from api.imports.writing import Writer
from api.models import Place
from api.plan.viewer import Viewer
from auth.permissions import Action, Object
from auth.relations import RowScope

MOST_PROBLEMS = 1_000
SHOWN_TEXTS = 20


class _RolledBack(Exception):
    """Leaves the unit of work without writing: a dry run, or a file with faults."""


async def run_import(
    viewer: Viewer,
    mapping: ImportMapping,
    path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a file and return what was done; with any fault, or on a dry run, nothing is written.

    Needs Import:run at the mapping's `within`, and what the commands ask for each row. `progress`
    is called with rows done and rows in all.

    Raises:
        FileRefused: the file cannot be read at all.
        InvalidInput: `within` names no place.
        NotFound, Unauthenticated, Forbidden: the viewer may not import there.
    """
    within = await _within(mapping)
    scope = RowScope(path=within.path if within else "")
    rule = require(viewer, Object.IMPORT, Action.RUN, scope, visible=True)
    rows = list(read_rows(path, mapping.file))
    evaluator = Evaluator(await load_recogniser())
    heard: Progress | None = None if progress is None else lambda done, _: progress(done, len(rows))
    found = draft_all(mapping, rows, evaluator, heard)
    problems = [*missing_columns(mapping, rows), *found.problems]
    writer = Writer(viewer, mapping, within)
    written: list[Draft] = []
    try:
        async with unit_of_work(viewer) as work:
            written = await writer.write(found.drafts)
            problems += writer.problems
            if problems or dry_run:
                raise _RolledBack
            change = {"target": str(mapping.target), "rows": found.rows, "created": writer.created}
            work.record(Done("import.run", "Import", new_id(), scope.path, change, rule))
    except _RolledBack:
        pass
    if progress is not None:
        progress(len(rows), len(rows))
    return _report(mapping, found, evaluator, writer, written, problems, dry_run=dry_run)


async def _within(mapping: ImportMapping) -> Place | None:
    if mapping.within is None:
        return None
    place = await Place.get_or_none(code=mapping.within)
    if place is None:
        raise InvalidInput(
            f"映射文件的 within:没有地点 {mapping.within}", f"within: no place {mapping.within}", ("within",)
        )
    return place


def _report(
    mapping: ImportMapping,
    found: Drafts,
    evaluator: Evaluator,
    writer: Writer,
    written: list[Draft],
    problems: list[RowProblem],
    *,
    dry_run: bool,
) -> ImportReport:
    values = [draft.values for draft in written]
    lines = [line for each in values for line in each.get("lines") or []]
    asks = mapping.target in (Target.NEEDS, Target.PROJECTS)
    quantified: list[dict[str, Any]] = values if mapping.target is Target.RESOURCES else lines
    ordered = sorted(dict.fromkeys(problems), key=lambda each: (each.row, each.column or ""))
    return ImportReport(
        target=str(mapping.target),
        dry_run=dry_run,
        rows=found.rows,
        filtered=found.filtered,
        known_already=writer.known_already,
        created={} if problems else writer.created,
        lines=len(lines),
        default_lines=sum(not each.get("lines") for each in values) if asks else 0,
        unknown_quantities=sum(each.get("quantity") is None for each in quantified),
        recognised=evaluator.recognised,
        fell_back=evaluator.fell_back,
        unrecognised=tuple(sorted(evaluator.unrecognised))[:SHOWN_TEXTS],
        problems=tuple(ordered[:MOST_PROBLEMS]),
    )
