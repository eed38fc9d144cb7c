"""Compare more answers with plain Python's than the test suite has time for: python -m tests.api.naive.many 500."""

import os
import sys

import pytest

PLAIN = "PLAIN_DOCUMENTS"

if __name__ == "__main__":
    os.environ[PLAIN] = sys.argv[1] if len(sys.argv) > 1 else "500"
    told = ["-rP", "--show-capture", "stderr"]
    sys.exit(pytest.main(["-q", "-n", "2", "--timeout", "600", *told, "tests/api/naive/test_naive.py"]))
