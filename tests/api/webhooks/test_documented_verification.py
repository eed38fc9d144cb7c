"""The programs of docs/webhooks.md that verify a signature do so."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from api.webhooks.signing import headers, new_secret

PAGE = Path(__file__).parents[3] / "docs/webhooks.md"
SECRET, FORMER = new_secret(), new_secret()
BODY = '{"type":"need.submit","名":"五家"}'.encode()


def program(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return str(found)


def cases() -> list[tuple[str, dict[str, str], bytes, bool]]:
    """Return secret, headers, body, and whether that is a good request."""
    now = int(time.time())
    good = headers([SECRET, FORMER], "912470693640806830", now, BODY)
    old = headers([SECRET], "912470693640806830", now - 400, BODY)
    return [
        (SECRET, good, BODY, True),
        (FORMER, good, BODY, True),
        (new_secret(), good, BODY, False),
        (SECRET, good, BODY + b" ", False),
        (SECRET, good | {"webhook-id": "1"}, BODY, False),
        (SECRET, good | {"webhook-timestamp": str(now + 1)}, BODY, False),
        (SECRET, good | {"webhook-signature": "v1,"}, BODY, False),
        (SECRET, old, BODY, False),
    ]


def test_the_python_program_tells_good_from_bad() -> None:
    space: dict[str, Any] = {}
    exec(program("python"), space)
    for secret, sent, body, good in cases():
        assert space["verified"](secret, sent, body) is good


def answers_of(command: list[str], folder: Path) -> list[bool]:
    sent = [[secret, head, body.decode()] for secret, head, body, _ in cases()]
    done = subprocess.run(command, cwd=folder, input=json.dumps(sent), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: list[bool] = json.loads(done.stdout)
    return found


@pytest.mark.node
def test_the_javascript_program_tells_good_from_bad(tmp_path: Path) -> None:
    (tmp_path / "verify.mjs").write_text(program("js"), encoding="utf-8")
    (tmp_path / "main.mjs").write_text(
        """import { verified } from "./verify.mjs"; import { readFileSync } from "node:fs";
        const cases = JSON.parse(readFileSync(0, "utf-8"));
        console.log(JSON.stringify(cases.map(([secret, headers, body]) => verified(secret, headers, body))));""",
        encoding="utf-8",
    )
    assert answers_of(["node", "main.mjs"], tmp_path) == [good for *_, good in cases()]
