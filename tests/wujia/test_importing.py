"""What the terminal shows of an import: the words of the file as they stand in it."""

import io
from pathlib import Path

import pytest
import typer
from rich.console import Console

from api.errors import InvalidInput
from api.imports.problems import RowProblem
from api.imports.report import ImportReport
from wujia import work
from wujia.importing import print_report


def test_brackets_in_a_file_are_shown_and_break_nothing() -> None:
    problem = RowProblem(2, "[/列]", "“[/b]”不是数", "“[/b]” is no number")
    report = ImportReport(
        target="needs", dry_run=False, rows=1, filtered=0, known_already=0, created={}, lines=0, default_lines=0,
        unknown_quantities=0, recognised=0, fell_back=0, unrecognised=(), problems=(problem,),
    )  # fmt: skip
    shown = io.StringIO()
    assert not print_report(report, Console(file=shown, width=200))
    assert all(words in shown.getvalue() for words in ("[/列]", "“[/b]”不是数"))


def test_a_fault_that_quotes_brackets_ends_the_command_with_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    async def refused() -> None:
        raise InvalidInput("没有“[/x]”", f"no {Path('[/x]')}")

    with pytest.raises(typer.Exit):
        work.run(refused())
    assert "没有“[/x]”" in capsys.readouterr().err
