"""Programs that have a token and schema.graphql and nothing else of ours: generated, started, and given orders.

Each lies in a folder of its own with a copy of the schema. What it is made with is installed once, in
`.clients` at the root. `python -m tests.clients.programs` installs it beforehand.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
INSTALLED = ROOT / ".clients"
CONTRACT = (ROOT / "schema.graphql", HERE / "partner.graphql")
STAMP = "installed"


@dataclass(frozen=True, slots=True)
class Language:
    """How a program is installed, generated and started; commands run in its folder, `tools` is what is installed."""

    name: str
    pinned: tuple[str, ...]
    install: Callable[[Path], None]
    generate: Callable[[Path], list[list[str]]]
    start: Callable[[Path], list[str]]


class Program:
    """A running program: an order goes in as a line, its answer comes out as one."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        self._process = process
        self._log = log

    def told(self, order: str, **given: Any) -> Any:
        """Give an order; return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"order": order, "given": given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self._log.read_text()[-3000:]
        return json.loads(line)


def run(command: Sequence[str], folder: Path) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def _install_python(tools: Path) -> None:
    run([sys.executable, "-m", "venv", ".venv"], tools)
    run([".venv/bin/pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt"], tools)


def _install_typescript(tools: Path) -> None:
    run(["npm", "ci"], tools)


PYTHON = Language(
    "python",
    ("requirements.txt",),
    _install_python,
    lambda tools: [[f"{tools}/.venv/bin/ariadne-codegen"]],
    lambda tools: [f"{tools}/.venv/bin/python", "partner.py"],
)
TYPESCRIPT = Language(
    "typescript",
    ("package.json", "package-lock.json", ".npmrc"),
    _install_typescript,
    lambda tools: [["node_modules/.bin/graphql-codegen", "--config", "codegen.yml"], ["node_modules/.bin/tsc"]],
    lambda tools: ["node", "built/partner.js"],
)
LANGUAGES = {language.name: language for language in (PYTHON, TYPESCRIPT)}
# Not a partner's program but others' tools that judge the protocol; each is started by the test that needs it.
PROTOCOL = Language("protocol", TYPESCRIPT.pinned, _install_typescript, lambda tools: [], lambda tools: ["node"])


def tools_of(language: Language) -> Path:
    """Return the folder of what a language's generator needs, installed anew only when the pinned versions changed."""
    tools = INSTALLED / language.name
    files = [HERE / language.name / name for name in language.pinned]
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    INSTALLED.mkdir(exist_ok=True)
    with (INSTALLED / f"{language.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two processes of the tests would install at once
        stamp = tools / STAMP
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(tools, ignore_errors=True)
            tools.mkdir()
            for file in files:
                shutil.copy(file, tools)
            language.install(tools)
            stamp.write_text(wanted)
    return tools


def generated(language: Language, folder: Path) -> list[str]:
    """Make the program in a folder that has the contract and nothing else; return how it is started."""
    tools = tools_of(language)
    shutil.copytree(HERE / language.name, folder)
    for file in CONTRACT:
        shutil.copy(file, folder)
    if (tools / "node_modules").exists():
        (folder / "node_modules").symlink_to(tools / "node_modules")
    for command in language.generate(tools):
        run(command, folder)
    return language.start(tools)


@contextmanager
def running(command: list[str], folder: Path, url: str, token: str) -> Iterator[Program]:
    """Run a program until the block ends."""
    log = folder / "program.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [*command, url, token],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            yield Program(process, log)
        finally:
            process.kill()


if __name__ == "__main__":
    for each in (*LANGUAGES.values(), PROTOCOL):
        tools_of(each)
