"""The rules of the house that no linter knows."""

import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (
    ".ci",
    "api",
    "auth",
    "benchmarks",
    "docs",
    "rules",
    "scripts",
    "seeds",
    "tests",
    "wujia",
)
WRITTEN = {
    "",
    ".conf",
    ".csv",
    ".graphql",
    ".json",
    ".jsonl",
    ".md",
    ".py",
    ".toml",
    ".txt",
    ".yaml",
}
CEILING = 250
# Files of the machine; in a worktree `.git` is one as well.
NOT_OURS = {".env", ".git"}
# Written by a tool, or data that happens to be Python.
EXEMPT = re.compile(r"^api/migrations/\d|/golden/|^seeds/data/")
SAYS_NOTHING = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}

SILENCED = re.compile(r"#\s*(?P<what>noqa|type:\s*ignore)(?P<codes>:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[a-z0-9, -]+\])?")
REASON = re.compile(r"[A-Za-z\u4e00-\u9fff]{2,}\W+[A-Za-z\u4e00-\u9fff]{1,}")

# Where the work was done and what it was prepared with is nothing to a reader. One letter of each
# word stands in brackets, so that this file does not hold the word.
WORDS_OF_THE_WORKPLACE = re.compile(
    r"/wor[k]/|/opt/py[p]i|\.librar[y]/|blueprin[t]\.md|resea[r]ch/[a-z-]+\.md"
    r"|\bshare[d]/(data|hooks|prototypes|research|sources)"
    r"|py[p]i\.org|pythonhoste[d]|npmj[s]\.org|deb\.debia[n]\.org"
)


def files() -> Iterator[Path]:
    for place in sorted(ROOT.iterdir()):
        if place.is_file() and place.name not in NOT_OURS:
            yield place
    for folder in FOLDERS:
        for place in sorted((ROOT / folder).rglob("*")):
            if place.is_file() and "__pycache__" not in place.parts:
                yield place


def name_of(place: Path) -> str:
    return place.relative_to(ROOT).as_posix()


PYTHON = [place for place in files() if place.suffix == ".py"]


def test_no_file_is_longer_than_the_ceiling() -> None:
    lengths = {
        name_of(place): len(place.read_text().splitlines()) for place in PYTHON if not EXEMPT.search(name_of(place))
    }
    wrong = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > CEILING]
    assert not wrong, "\n".join(wrong)


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name_of(place) for place in PYTHON if SAYS_NOTHING & {place.stem, place.parent.name}] == []


def test_whoever_silences_a_check_names_it_and_gives_a_reason() -> None:
    wrong = [
        f"{name_of(place)}:{number}"
        for place in PYTHON
        for number, line in enumerate(place.read_text().splitlines(), start=1)
        if not properly_silenced(line)
    ]
    assert not wrong, "\n".join(wrong)


def properly_silenced(line: str) -> bool:
    silenced = list(SILENCED.finditer(line))
    if not silenced:
        return True
    named = all(found["codes"] for found in silenced)
    return named and REASON.search(line[silenced[-1].end() :]) is not None


@pytest.mark.parametrize(
    ("comment", "good"),
    [
        ("a plain remark", True),
        ("QUIET", False),
        ("QUIET: E731", False),
        ("QUIET: E731  one replaceable source", True),
        ("type: IGNORE", False),
        ("type: IGNORE[misc]", False),
        ("type: IGNORE[misc]  # the library is untyped", True),
    ],
)
def test_the_check_of_silenced_lines_tells_good_from_bad(comment: str, good: bool) -> None:
    line = f"x = 1  # {comment}".replace("QUIET", "no" + "qa").replace("IGNORE", "ig" + "nore")
    assert properly_silenced(line) is good


def test_no_file_speaks_of_the_workplace() -> None:
    found = {
        name_of(place): sorted(
            {hit.group() for hit in WORDS_OF_THE_WORKPLACE.finditer(place.read_text(errors="replace"))}
        )
        for place in files()
        if place.suffix in WRITTEN
    }
    wrong = [f"{name}: {words}" for name, words in found.items() if words]
    assert not wrong, "\n".join(wrong)


def test_the_frozen_twin_of_pycasbin_is_not_installed() -> None:
    importlib.metadata.distribution("pycasbin")
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.distribution("casbin")


def test_every_package_of_the_constraints_is_pinned_and_nothing_else_stands_there() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line[:1] != "#"]
    assert len(lines) > 50
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)] == []
