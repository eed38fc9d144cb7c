"""Breaking changes of the schema: found, and let through only with a dated row of the same branch."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.schema_changes import MANIFEST, PAGE, ROOT, SCHEMA, Contract, base_of, judged, lines, main, rows

OLD = "type Query { a(b: Int): Int c: E } enum E { X Y }"
# A field goes, an argument becomes required, a member goes and another comes.
NEW = "type Query { a(b: Int!): Int } enum E { X Z }"
BROKEN = {
    "Field Query.c was removed.",
    "Argument Query.a(b:) has changed type from Int to Int!.",
    "Enum value E.Y was removed.",
}


def row(change: str, day: str = "2026-11-24", advice: str = "Ask a") -> str:
    return f"| {day} | `{change}` | {advice} |\n"


ALL = "".join(map(row, sorted(BROKEN)))


@pytest.mark.parametrize(
    ("old_page", "new_page"),
    [
        ("", ""),
        # A row that the base had already lets nothing through a second time.
        (ALL, ALL),
        ("", "".join(row(each, day="2026-13-24") for each in BROKEN)),
        ("", "".join(row(each, day="soon") for each in BROKEN)),
        ("", "".join(row(each, advice=" ") for each in BROKEN)),
        ("", "".join(sorted(BROKEN))),
    ],
)
def test_a_breaking_change_without_a_new_dated_row_is_broken(old_page: str, new_page: str) -> None:
    found = judged(Contract(OLD, page=old_page), Contract(NEW, page=new_page))
    assert set(found.broken) == BROKEN
    assert found.deliberate == []
    assert found.dangerous == ["Enum value E.Z was added."]
    assert sum(line.startswith("BREAKS") for line in lines(found)) == len(BROKEN)


def test_deliberate_ones_pass_and_a_row_for_nothing_is_told() -> None:
    found = judged(Contract(OLD), Contract(NEW, page=ALL + row("Field Query.z was removed.")))
    assert (found.broken, set(found.deliberate)) == ([], BROKEN)
    assert found.idle == ["Field Query.z was removed."]


def test_a_trusted_document_that_is_gone_breaks_programs() -> None:
    def manifest(*identifiers: str) -> str:
        return json.dumps({"operations": [{"id": each * 64, "name": each.upper()} for each in identifiers]})

    found = judged(Contract(OLD, manifest("a", "b")), Contract(OLD, manifest("b", "c")))
    assert found.broken == ["Document A (aaaaaaaa) was removed."]
    found = judged(Contract(OLD, manifest("a")), Contract(OLD, manifest(), row("Document A (aaaaaaaa) was removed.")))
    assert (found.broken, found.deliberate) == ([], ["Document A (aaaaaaaa) was removed."])


def test_every_row_of_the_page_is_one_that_counts() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    told = [line for line in page.partition("| --- |")[2].splitlines()[1:] if line.startswith("|")]
    assert len(rows(page)) == len(told)


@pytest.mark.git
def test_a_branch_is_compared_with_where_it_left_main_and_main_with_the_commit_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*command: str) -> str:
        who = ("-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ["git", "-C", str(tmp_path), *who, *command], capture_output=True, text=True, check=True
        ).stdout.strip()

    def commit(schema: str, page: str = "") -> str:
        (tmp_path / SCHEMA).write_text(schema)
        (tmp_path / PAGE).write_text(page)
        (tmp_path / MANIFEST).write_text("{}")
        run("add", "-A")
        run("commit", "-q", "--allow-empty", "-m", "m")
        return run("rev-parse", "HEAD")

    for name in (PAGE, MANIFEST):
        (tmp_path / name).parent.mkdir(parents=True)
    assert main([], tmp_path) == 0
    run("init", "-q", "-b", "main")
    assert base_of(tmp_path, None) is None
    first = commit(OLD)
    assert main([], tmp_path) == 0
    assert "nothing was judged" in capsys.readouterr().out
    run("checkout", "-q", "-b", "other")
    commit(OLD)
    commit(NEW)
    assert base_of(tmp_path, None) == first
    assert main([], tmp_path) == 1
    assert main(["nowhere"], tmp_path) == 0
    commit(NEW, ALL)
    assert main([], tmp_path) == 0
    assert "3 deliberate" in capsys.readouterr().out
    run("checkout", "-q", "main")
    second = commit(OLD)
    assert base_of(tmp_path, None) == first
    # What is not committed yet is judged as well.
    (tmp_path / SCHEMA).write_text(NEW)
    assert main([], tmp_path) == 1
    assert main([second], tmp_path) == 1
    (tmp_path / SCHEMA).write_text("type {")
    assert main([], tmp_path) == 1
