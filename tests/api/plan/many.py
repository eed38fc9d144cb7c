"""Ask more documents in both ways than the test suite has time for: python -m tests.api.plan.many 1500 1000.

The first number is of our own documents, the second of hypothesis-graphql's.
"""

import os
import sys

import pytest

DOCUMENTS, STRANGERS = "DOCUMENTS", "STRANGERS"
TOLD = ["-rP", "--show-capture", "stderr"]

if __name__ == "__main__":
    os.environ[DOCUMENTS], os.environ[STRANGERS] = (*sys.argv[1:], "1500", "1000")[:2]
    sys.exit(pytest.main(["-q", "-n", "2", "--timeout", "1200", *TOLD, "tests/api/plan/test_compiled.py"]))
