"""Ask more documents in both ways than the test suite has time for: python -m tests.api.plan.many 2500."""

import os
import sys

import pytest

DOCUMENTS = "DOCUMENTS"

if __name__ == "__main__":
    os.environ[DOCUMENTS] = sys.argv[1] if len(sys.argv) > 1 else "2500"
    sys.exit(
        pytest.main(["-q", "-n", "2", "--timeout", "1200", "--show-capture", "no", "tests/api/plan/test_compiled.py"])
    )
