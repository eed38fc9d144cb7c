"""Against trying numbers: how many wrong ones somebody, and everybody unknown together, may ask."""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from api import clock
from api.errors import LimitExceeded
from auth.principal import Principal, PrincipalKind

WINDOW: Final = timedelta(minutes=15)
MOST_OF_ONE: Final = 10
MOST_OF_KNOWN: Final = 60
MOST_OF_ALL: Final = 150
_REMEMBERED: Final = 10_000
_ALL: Final = ""


@dataclass(slots=True)
class NumberTries:
    """Wrong numbers of the last quarter of an hour, by who asked; a process counts for itself.

    Only misses count, so whoever asks for what exists is never slowed. Who is signed in counts by name and
    apart from the rest, so that nobody outside can keep a community's own office from answering the telephone.
    """

    _misses: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)

    def refuse_too_many(self, principal: Principal, address: str) -> None:
        """Raise LimitExceeded for whoever has asked for too many numbers that tell nothing."""
        who, known = _who(principal, address)
        most = MOST_OF_KNOWN if known else MOST_OF_ONE
        if self._count(who) >= most or (not known and self._count(_ALL) >= MOST_OF_ALL):
            minutes = int(WINDOW.total_seconds() // 60)
            raise LimitExceeded(
                f"查不到的编号问得太多了,请 {minutes} 分钟后再试,或直接问社区",
                f"Too many numbers that tell nothing; try again in {minutes} minutes, or ask the community",
                ("number",),
            )

    def missed(self, principal: Principal, address: str) -> None:
        """Count a number that told nothing."""
        who, known = _who(principal, address)
        for name in (who,) if known else (who, _ALL):
            count = self._count(name)
            since = self._misses[name][1] if count else clock.now()
            self._misses[name] = (count + 1, since)
            self._misses.move_to_end(name)
        while len(self._misses) > _REMEMBERED:
            self._misses.popitem(last=False)

    def _count(self, name: str) -> int:
        count, since = self._misses.get(name, (0, clock.now()))
        return count if since > clock.now() - WINDOW else 0


def _who(principal: Principal, address: str) -> tuple[str, bool]:
    if principal.kind is not PrincipalKind.ANONYMOUS:
        return f"actor {principal.actor}", True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return f"address {address}", False
    # A household has a whole /64 of IPv6 addresses.
    network = ipaddress.ip_network((found, 64 if found.version == 6 else 32), strict=False)
    return f"address {network}", False
