"""Where a copy stands, sealed: how far the events were read, and under which rights the copy was made."""

import base64
import zlib
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import orjson

from api import sealing
from api.errors import InvalidInput
from api.feed.authority import NOTHING, Authority
from api.feed.position import Snapshot
from api.feed.types import FEED

LONGEST: Final = 200_000
MOST_FORMER: Final = 8
"""How often rights may change while one walk over the tables is under way."""
_FORMAT: Final = 1
_BEFORE_ALL: Final = -1


@dataclass(frozen=True, slots=True)
class Cursor:
    """The state of one copy.

    `position` and `event` are the last event that was read. `authority` is the one of the last page. While `scan`
    names a type and a key, the tables are being walked up to there, from what `former` saw to what `authority`
    sees; events below `until` are judged by `former` as well.
    """

    owner: str
    authority: Authority
    position: int
    event: int = _BEFORE_ALL
    former: tuple[Authority, ...] = ()
    scan: tuple[str, int] | None = None
    until: int = 0

    @classmethod
    def start(cls, owner: str, authority: Authority) -> Self:
        """Return the cursor of an empty copy: everything visible is to be walked, then all events since now."""
        return cls(owner, authority, authority.since.low, former=(NOTHING,), scan=(FEED[0], 0))

    def under(self, authority: Authority) -> Self:
        """Return the cursor under other rights: the tables are walked again.

        Raises:
            InvalidInput: the rights changed so often meanwhile that the copy must be made anew.
        """
        former = (*self.former, self.authority)
        if len(former) > MOST_FORMER:
            raise restart("权限变动过于频繁,请从头同步", "Rights changed too often meanwhile; start anew")
        return replace(self, authority=authority, former=former, scan=(FEED[0], 0))

    def same_rights(self, authority: Authority) -> bool:
        """Tell whether the copy was made under the same rights."""
        return self.authority.data() == authority.data()

    def sealed(self) -> str:
        """Return the cursor as text that nobody else can read or make."""
        content = {
            "format": _FORMAT, "owner": self.owner, "position": self.position, "event": self.event,
            "scan": self.scan, "until": self.until,
            "rights": [[list(each.since), list(each.until), each.data()] for each in (*self.former, self.authority)],
        }  # fmt: skip
        packed = base64.b85encode(zlib.compress(orjson.dumps(content), 6))
        return sealing.seal(packed.decode()).removeprefix(sealing.MARK)

    @classmethod
    def opened(cls, text: str, owner: str) -> Self:
        """Return the cursor of a text. Raise InvalidInput when it is none, or somebody else's."""
        fault = restart("游标无效,请从头同步", "The cursor is not valid; start anew")
        if len(text) > LONGEST:
            raise fault
        try:
            content: Any = orjson.loads(zlib.decompress(base64.b85decode(sealing.unseal(text))))
            if content["format"] != _FORMAT or content["owner"] != owner:
                raise fault
            *former, authority = (_authority(*rights) for rights in content["rights"])
            scan = content["scan"] and (content["scan"][0], content["scan"][1])
            return cls(owner, authority, content["position"], content["event"], tuple(former), scan, content["until"])
        except (sealing.SealBroken, zlib.error, ValueError, KeyError, TypeError, IndexError):
            raise fault from None


def _authority(since: list[Any], until: list[Any], data: dict[str, Any]) -> Authority:
    first, last = (Snapshot(high, tuple(running)) for high, running in (since, until))
    return Authority.read(data, first, last)


def restart(zh: str, en: str) -> InvalidInput:
    """Return the error that tells to make the copy anew."""
    return InvalidInput(zh, en, ("after",))
