"""Row identifiers: 64-bit, ordered by time, made by the application.

Made here and not by the database, so that parents and children can be written in bulk,
PostgreSQL sequences never fall behind a seed, and an id does not tell how many rows exist.
Layout (the well-known "snowflake"): 41 bits milliseconds since 2020, 10 bits node, 12 bits counter.
"""

import os
import secrets
import threading

from api import clock

EPOCH_MS = 1_577_836_800_000
_lock = threading.Lock()
_node = int(os.environ.get("WUJIA_NODE_ID", secrets.randbelow(1024))) & 0x3FF
_last = 0
_counter = 0


def new_id() -> int:
    """Return a new identifier, greater than every earlier one of this process."""
    global _last, _counter  # noqa: PLW0603  the sequence is process-wide by nature
    with _lock:
        moment = max(clock.milliseconds(), _last)
        if moment == _last:
            _counter += 1
            if _counter > 0xFFF:
                moment, _counter = moment + 1, 0
        else:
            _counter = 0
        _last = moment
        return ((moment - EPOCH_MS) << 22) | (_node << 12) | _counter
