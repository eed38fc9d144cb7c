"""The import's progress and report in a terminal."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from api.imports.mapping_file import load_mapping
from api.imports.report import ImportReport
from api.imports.run import run_import
from api.plan.viewer import Viewer

MOST_SHOWN = 200


async def run_with_progress(viewer: Viewer, mapping: Path, file: Path, dry_run: bool, console: Console) -> ImportReport:
    """Import with a bar.

    Raises:
        MappingRefused, FileRefused: the mapping or the file cannot be read at all.
        NotFound, Forbidden: as `run_import`.
    """
    plan = load_mapping(mapping)
    with Progress(console=console) as progress:
        bar = progress.add_task(file.name)
        return await run_import(
            viewer,
            plan,
            file,
            dry_run=dry_run,
            progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )


def print_report(report: ImportReport, console: Console) -> bool:
    """Print the counts, or every fault with row, column and reason; return whether the file was good."""
    if report.problems:
        console.print(faults(report))
        console.print(f"[red]{len(report.problems)} 处有误,一条也没有写入 · faults, nothing was written[/red]")
        return False
    for label, count in counts(report).items():
        console.print(f"{label:<40} {count}", highlight=False)
    done = "只检查,没有写入 · checked, nothing written" if report.dry_run else "已写入 · written"
    console.print(f"[green]{done}[/green]")
    return True


def counts(report: ImportReport) -> dict[str, int]:
    """Return what was counted, by its label in both languages."""
    created = {f"新增 · created {name}": count for name, count in (report.created or {}).items()}
    return created | {
        "读到的行 · rows read": report.rows,
        "按规则略过 · rows left out by the mapping": report.filtered,
        "早已登记 · rows known already": report.known_already,
        "需求明细 · requirement lines": report.lines,
        "没写明细的需求 · needs that name no line": report.default_lines,
        "数量未知 · unknown quantities": report.unknown_quantities,
        "识别出类别 · categories recognised": report.recognised,
        "归入备用类别 · categories fallen back": report.fell_back,
    }


def faults(report: ImportReport) -> Table:
    """Return the faults as a table."""
    table = Table("行 row", "列 column", "原因 · reason")
    for problem in report.problems[:MOST_SHOWN]:
        # What stands in a file is text, whatever brackets it has.
        table.add_row(str(problem.row), escape(problem.column or ""), escape(f"{problem.zh}\n{problem.en}"))
    return table
