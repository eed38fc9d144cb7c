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

    def begin(self, principal: Principal, address: str) -> None:
        """Count a number before it is looked up, so that many at once gain nothing.

        Raises:
            LimitExceeded: too many told nothing.
        """
        names, most = _counted(principal, address)
        if any(self._count(name) >= most[name] for name in names):
            minutes = int(WINDOW.total_seconds() // 60)
            raise LimitExceeded(
                f"查不到的编号问得太多了,请 {minutes} 分钟后再试,或直接问社区",
                f"Too many numbers that tell nothing; try again in {minutes} minutes, or ask the community",
                ("number",),
            )
        for name in names:
            count = self._count(name)
            since = self._misses[name][1] if count else clock.now()
            self._misses[name] = (count + 1, since)
            self._misses.move_to_end(name)
        while len(self._misses) > _REMEMBERED:
            self._misses.popitem(last=False)

    def found(self, principal: Principal, address: str) -> None:
        """Take back the count of a number that told something."""
        for name in _counted(principal, address)[0]:
            count, since = self._misses.get(name, (0, clock.now()))
            if count:
                self._misses[name] = (count - 1, since)

    def _count(self, name: str) -> int:
        count, since = self._misses.get(name, (0, clock.now()))
        return count if since > clock.now() - WINDOW else 0


def _counted(principal: Principal, address: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """Return the names under which a try is counted, and the most of each."""
    if principal.kind is not PrincipalKind.ANONYMOUS:
        name = f"actor {principal.actor}"
        return (name,), {name: MOST_OF_KNOWN}
    name = f"address {network_of(address)}"
    return (name, _ALL), {name: MOST_OF_ONE, _ALL: MOST_OF_ALL}


def network_of(address: str) -> str:
    """Return what counts as one address: of IPv6, the network of a household."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    # A household has a whole /64 of IPv6 addresses.
    return str(ipaddress.ip_network((found, 64 if found.version == 6 else 32), strict=False))
