"""How many connections may stay open for subscriptions: by address, by account, and of strangers in all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.requests import HTTPConnection

from api.http.refusals import Code, Refusal
from api.queries.number_tries import network_of
from api.settings import Settings
from auth.principal import Principal, PrincipalKind

RETRY_SECONDS: Final = 30
_STRANGERS: Final = "strangers"


class Connections:
    """Counts WebSockets and event streams together; a process counts for itself.

    Who has not yet said who it is counts by address alone, so that silent connections of many addresses
    keep nobody out who has a key.
    """

    def __init__(self, settings: Settings) -> None:
        """Take the limits."""
        self._of_address = settings.connections_of_address
        self._of_account = settings.connections_of_account
        self._of_strangers = settings.connections_of_strangers
        self._open: Counter[str] = Counter()

    @contextmanager
    def seat(self, address: str) -> Iterator["Seat"]:
        """Give a seat, to be taken by `arrive` or `known`; at the end of the block it is free again."""
        seat = Seat(self, address)
        try:
            yield seat
        finally:
            seat.leave()

    @property
    def open(self) -> int:
        """Return how many names count at present; 0 when nobody is connected."""
        return len(self._open)

    def take(self, limits: dict[str, int]) -> None:
        """Count one under each name.

        Raises:
            Refusal: 429; one of them has as many as it may have. Then none is counted.
        """
        if any(self._open[name] >= most for name, most in limits.items()):
            raise Refusal(
                429, Code.TOO_MANY_CONNECTIONS, "打开的连接过多，请稍后再试", "Too many open connections; try later",
                {"Retry-After": str(RETRY_SECONDS)},
            )  # fmt: skip
        self._open.update(limits.keys())

    def free(self, names: list[str]) -> None:
        """Count one less under each name."""
        self._open.subtract(names)
        for name in names:
            if not self._open[name]:
                del self._open[name]

    def of_address(self, address: str) -> dict[str, int]:
        """Return the limit of an address."""
        return {f"address {network_of(address)}": self._of_address}

    def of(self, principal: Principal) -> dict[str, int]:
        """Return the limit of an account, or that of all strangers together."""
        if principal.kind is PrincipalKind.ANONYMOUS:
            return {_STRANGERS: self._of_strangers}
        return {f"account {principal.actor}": self._of_account}


class Seat:
    """What one connection counts as."""

    def __init__(self, connections: Connections, address: str) -> None:
        """Sit nowhere yet."""
        self._connections, self._address = connections, address
        self._taken: list[str] = []

    def arrive(self) -> None:
        """Count under the address, until it is known who it is. Raise Refusal when that has too many."""
        self._take(self._connections.of_address(self._address))

    def known(self, principal: Principal) -> None:
        """Count under an account, and no longer under the address; a stranger counts under both it and all.

        Raises:
            Refusal: too many.
        """
        limits = self._connections.of(principal)
        if principal.kind is PrincipalKind.ANONYMOUS:
            if not self._taken:
                limits |= self._connections.of_address(self._address)
            self._take(limits)
        else:
            former, self._taken = self._taken, []
            self._connections.free(former)
            self._take(limits)

    def leave(self) -> None:
        """Count no more."""
        self._connections.free(self._taken)
        self._taken = []

    def _take(self, limits: dict[str, int]) -> None:
        self._connections.take(limits)
        self._taken += limits


def address_of(connection: HTTPConnection) -> str:
    """Return the client's address; the server has taken a trusted proxy's word for it already."""
    return connection.client.host if connection.client else ""
