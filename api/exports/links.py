"""Signed links to an export, for programs that can send no header, such as Excel's own "from the web"."""

from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Final, NamedTuple
from urllib.parse import urlencode

from api import clock, sealing
from api.errors import Unauthenticated

VALID: Final = timedelta(minutes=10)
PARAMETER: Final = "link"
Pairs = list[tuple[str, str]]


class Link(NamedTuple):
    """A link's address on this server, and until when it may be opened."""

    address: str
    expires_at: datetime


class Holder(NamedTuple):
    """For whom a link was signed: the identifier of a key, and the language of the file."""

    key_id: str
    language: str


def signed_link(file: str, pairs: Pairs, holder: Holder) -> Link:
    """Return the link to a file, e.g. `needs.csv`, for the holder of a key; it opens nothing else."""
    expires = (clock.now() + VALID).replace(microsecond=0)
    head = f"{int(expires.timestamp())}.{holder.key_id}.{holder.language}"
    token = f"{head}.{_signature(file, pairs, head)}"
    return Link(f"/export/{file}?{urlencode([*pairs, (PARAMETER, token)])}", expires)


def opened_link(file: str, pairs: Pairs, token: str) -> Holder:
    """Return for whom the link was signed; whether the key still stands is asked elsewhere.

    Raises:
        Unauthenticated: it was not signed for this very file and filter, or its time is over.
    """
    head, _, given = token.rpartition(".")
    parts = head.split(".")
    if len(parts) != 3 or not compare_digest(given.encode(), _signature(file, pairs, head).encode()):
        raise Unauthenticated("链接无效", "The link is not valid")
    if datetime.fromtimestamp(int(parts[0]), UTC) <= clock.now():
        raise Unauthenticated("链接已过期,请重新取一个", "The link has expired, ask for another")
    return Holder(parts[1], parts[2])


def _signature(file: str, pairs: Pairs, head: str) -> str:
    return sealing.signature("export-link", urlencode([("file", file), *pairs, ("head", head)]))
