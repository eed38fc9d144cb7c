"""Identifiers made by the application: of rows, and the short numbers that people read out and copy by hand.

Row identifiers are 64-bit and ordered by time.

Made here and not by the database, so that parents and children can be written in bulk,
PostgreSQL sequences never fall behind a seed, and an id does not tell how many rows exist.
Layout (the well-known "snowflake"): 41 bits milliseconds since 2020, 10 bits node, 12 bits counter.

A short number has ten digits: nine drawn at random, and a check digit after Damm, which finds every single
wrong digit and every swap of two neighbours. It never begins with 0, which spreadsheets eat.
"""

import os
import secrets
import threading
import unicodedata

from api import clock

EPOCH_MS = 1_577_836_800_000
_lock = threading.Lock()
_node = int(os.environ.get("WUJIA_NODE_ID", secrets.randbelow(1024))) & 0x3FF
_last = 0
_counter = 0
NUMBER_DIGITS = 10
# H. M. Damm's quasigroup of order 10 (2004): no digit and no swap of two leaves the interim digit as it was.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


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


def new_number() -> str:
    """Return a short number that nobody can guess from others; it may be taken, if rarely."""
    drawn = str(10 ** (NUMBER_DIGITS - 2) + secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 2)))
    return drawn + str(_damm(drawn))


def read_number(text: str) -> str | None:
    """Return the short number that was typed or read out, or None when it can be none.

    Spaces, hyphens and full-width digits are as good as plain digits.
    """
    plain = "".join(unicodedata.normalize("NFKC", text[:40]).replace("-", " ").split())
    sane = len(plain) == NUMBER_DIGITS and plain.isascii() and plain.isdigit() and plain[0] != "0"
    return plain if sane and _damm(plain) == 0 else None


def grouped_number(number: str) -> str:
    """Return a short number as people read it out: 382 916 0417."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def _damm(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = int(_DAMM[interim][int(digit)])
    return interim
