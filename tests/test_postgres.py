import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.postgres import RUN, running_cluster

ROOT = Path(__file__).parents[1]


@pytest.mark.postgres
@pytest.mark.timeout(460)
def test_every_database_test_passes_on_postgresql_too(
    record_property: Callable[[str, object], None],
) -> None:
    environment = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "0",
            "-m",
            "database",
            "-p",
            "no:cacheprovider",
        ],
        cwd=ROOT,
        env=environment | {"WUJIA_TEST_DATABASE": "postgres"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)
    record_property(RUN, done.stdout.strip().splitlines()[-1])


@pytest.mark.postgres
def test_a_cluster_is_gone_after_its_block() -> None:
    with running_cluster() as cluster:
        assert cluster.ready()
        cluster.create("some")
    assert not cluster.ready()
