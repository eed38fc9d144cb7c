"""Run more histories than the test suite has time for: python -m tests.api.feed.many 200."""

import os
import sys

import pytest

HISTORIES = "HISTORIES"

if __name__ == "__main__":
    os.environ[HISTORIES] = sys.argv[1] if len(sys.argv) > 1 else "100"
    sys.exit(pytest.main(["-q", "-n", "0", "tests/api/feed/test_copies.py"]))
