"""`wujia export`: refusals, and a file that has its name only once it is whole."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.settings import Settings
from wujia.__main__ import app


@pytest.fixture
def run(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Return a runner of the command line whose settings point to an empty database."""
    monkeypatch.setenv("WUJIA_DATABASE_URL", settings.resolved_database_url)
    monkeypatch.setenv("WUJIA_DATA_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("WUJIA_SECRET_KEY", "x" * 40)
    return CliRunner()


def test_a_table_is_written_whole_or_not_at_all(run: CliRunner, tmp_path: Path) -> None:
    for arguments in (
        ["people", "x.csv"], ["needs", "x.pdf"], ["needs", "x.csv", "--filter", "x"],
        ["needs", "x.csv", "--filter", '{"status": "NONE"}'],
    ):  # fmt: skip
        target = [arguments[0], str(tmp_path / arguments[1]), *arguments[2:]]
        assert run.invoke(app, ["export", *target]).exit_code != 0, arguments
    assert list(tmp_path.glob("x.*")) == []
    file = tmp_path / "needs.csv"
    done = run.invoke(app, ["export", "needs", str(file), "--english"])
    assert done.exit_code == 0, done.output
    assert file.read_text(encoding="utf-8-sig").startswith("number,title,status,")
    assert not file.with_name("needs.csv.part").exists()
