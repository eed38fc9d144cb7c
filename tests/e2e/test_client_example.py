"""The Python example of docs/clients.md is run as it stands, by a client that was generated for it."""

import re
import subprocess
from pathlib import Path

from tests.clients.programs import PYTHON, ROOT, generated
from tests.e2e.server import PATIENCE, Server

CALL = """
import asyncio, sys
wanted = {"claimant": {"organisation": "Organisation:1"}}
print(asyncio.run(claim_it(*sys.argv[1:], "Need:1", wanted, "example")))
"""


def test_the_example_meets_the_servers_answer_as_a_typed_error(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "example"
    (python, _) = generated(PYTHON, folder)
    (example,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/clients.md").read_text(), re.M | re.S)
    (folder / "example.py").write_text(example + CALL)

    url, token = server.announced["graphql"], server.token("partner")
    done = subprocess.run(
        [python, "example.py", url, token], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    last = done.stderr.splitlines()[-1]
    assert re.fullmatch(r"RuntimeError: .*[\u4e00-\u9fff].*", last), done.stderr
