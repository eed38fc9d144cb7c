"""Breaking changes of the schema and of the trusted documents against the commit that a branch left main at.

`python -m tests.schema_changes [BASE]`. A deliberate one has a dated row in docs/schema-changes.md, of the same
branch; without a base to compare with, nothing is judged, and that is said.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from graphql import GraphQLSyntaxError, build_schema
from graphql.utilities import find_breaking_changes, find_dangerous_changes

ROOT = Path(__file__).parents[1]
SCHEMA, MANIFEST, PAGE = "schema.graphql", "api/documents/manifest.json", "docs/schema-changes.md"
MAINS = ("origin/main", "main")
ROW = re.compile(r"^\| (\d{4}-\d{2}-\d{2}) \| `([^`]+)` \| (.*\S.*) \|$", re.M)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, each in a sentence."""

    broken: list[str]
    deliberate: list[str]
    dangerous: list[str]
    idle: list[str]


def rows(page: str) -> dict[str, str]:
    """Return the changes of the page that have a day and say what programs do, with that day."""
    return {change: day for day, change, _ in ROW.findall(page) if _is_day(day)}


@dataclass(frozen=True, slots=True)
class Contract:
    """What programs rely on, as a commit has it: the schema, the manifest of documents, the page of changes."""

    schema: str
    manifest: str = ""
    page: str = ""

    def documents(self) -> dict[str, str]:
        """Return the names of the trusted documents by their identifiers."""
        return {each["id"]: each["name"] for each in json.loads(self.manifest or "{}").get("operations", ())}


def judged(old: Contract, new: Contract) -> Verdict:
    """Compare; only a row that the old page has not got makes a change deliberate."""
    before, after = build_schema(old.schema), build_schema(new.schema)
    said = rows(new.page).keys() - rows(old.page).keys()
    breaking = [change.description for change in find_breaking_changes(before, after)]
    kept = new.documents()
    breaking += [
        f"Document {name} ({identifier[:8]}) was removed."
        for identifier, name in old.documents().items()
        if identifier not in kept
    ]
    return Verdict(
        [change for change in breaking if change not in said],
        [change for change in breaking if change in said],
        [change.description for change in find_dangerous_changes(before, after)],
        sorted(said - set(breaking)),
    )


def base_of(root: Path, named: str | None) -> str | None:
    """Return the commit to compare with: where HEAD left main, or on main itself the one before; None without one."""
    head = _git(root, "rev-parse", "HEAD")
    if head is None:
        return None
    for main in [named] if named else MAINS:
        left = _git(root, "merge-base", "HEAD", main)
        if left is not None and left != head:
            return left
    return None if named and _git(root, "rev-parse", named) is None else _git(root, "rev-parse", "HEAD^")


def lines(verdict: Verdict) -> Iterator[str]:
    """Yield what is told."""
    for label, found in (
        ("may surprise a program", verdict.dangerous),
        ("breaks programs, on purpose", verdict.deliberate),
        (f"stands in {PAGE} and is not there", verdict.idle),
        (f"BREAKS PROGRAMS, and has no dated row in {PAGE}", verdict.broken),
    ):
        yield from (f"{label}: {each}" for each in found)


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Print what was found; return 1 when something breaks programs and nobody said so."""
    base = base_of(root, arguments[0] if arguments else None)
    old = None if base is None else _git(root, "show", f"{base}:{SCHEMA}")
    if base is None or old is None:
        _tell("no commit to compare with (a shallow clone, the first commit, or no git): nothing was judged")
        return 0
    try:
        former = Contract(old, *(_git(root, "show", f"{base}:{name}") or "" for name in (MANIFEST, PAGE)))
        present = Contract(*((root / name).read_text(encoding="utf-8") for name in (SCHEMA, MANIFEST, PAGE)))
        verdict = judged(former, present)
    except (GraphQLSyntaxError, TypeError, ValueError) as fault:
        _tell(f"a schema or manifest is none: {fault}")
        return 1
    for line in lines(verdict):
        _tell(line)
    _tell(
        f"against {base[:10]}: {len(verdict.broken)} breaking, {len(verdict.deliberate)} deliberate,"
        f" {len(verdict.dangerous)} that may surprise"
    )
    return 1 if verdict.broken else 0


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _git(root: Path, *command: str) -> str | None:
    """Return what git says, or None when it has nothing to say."""
    if shutil.which("git") is None:
        return None
    done = subprocess.run(["git", "-C", str(root), *command], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    return done.stdout if command[0] == "show" else done.stdout.strip()


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
