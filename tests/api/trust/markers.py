"""Send more requests after planted texts than the test suite does: python -m tests.api.trust.markers 2000."""

import os
import sys

import pytest

REQUESTS = "REQUESTS"

if __name__ == "__main__":
    os.environ[REQUESTS] = sys.argv[1] if len(sys.argv) > 1 else "2000"
    told = ["-rP", "--show-capture", "stderr"]
    sys.exit(pytest.main(["-q", "-n", "2", "--timeout", "600", *told, "tests/api/trust/test_markers.py"]))
