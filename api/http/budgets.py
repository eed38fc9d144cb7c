"""How many points a minute each caller may spend; above it 429, before anything is executed."""

import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from api.http.minute import Minute
from api.http.refusals import Code, Refusal
from api.queries.number_tries import network_of
from api.settings import Settings
from auth.principal import Principal, PrincipalKind

HEADERS: Final = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
"""By the names of the IETF's draft "RateLimit header fields for HTTP"."""
_REDIS_SECONDS: Final = 0.5
_log: Any = structlog.get_logger("api.http")


def account_of(principal: Principal, address: str) -> str:
    """Return the name under which a caller counts: the person, the key, or the address that presents nothing."""
    if principal.kind is PrincipalKind.ANONYMOUS:
        return f"address {network_of(address)}"
    if principal.kind is PrincipalKind.PERSON:
        return f"person {principal.person_id}"
    return f"key {principal.session}"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose points are spent, and how many there are in a minute."""

    name: str
    budget: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What one operation cost its caller, and what is left until `reset_at`, in seconds since 1970."""

    points: int
    budget: int
    remaining: int
    reset_at: float

    def headers(self) -> dict[str, str]:
        """Return the headers of an answer."""
        return dict(zip(HEADERS, map(str, (self.budget, self.remaining, self.seconds)), strict=True))

    def told(self) -> dict[str, Any]:
        """Return what stands in `extensions.cost` of an answer."""
        reset_at = _written(math.ceil(self.reset_at))
        return {"points": self.points, "budget": self.budget, "remaining": self.remaining, "resetAt": reset_at}

    @property
    def seconds(self) -> int:
        """Return the seconds until the whole budget is there again."""
        return max(0, math.ceil(self.reset_at - time.time()))


class Budgets:
    """Points by caller: a key, a person, or an address that presents nothing.

    Counted in this process alone, or in Redis by all processes of a deployment. A Redis that does not answer
    stops nobody: meanwhile each process counts for itself.
    """

    def __init__(self, settings: Settings) -> None:
        """Take the sizes of the budgets and where they are counted."""
        self._settings = settings
        self._own = FixedWindowRateLimiter(Minute())
        self._shared = FixedWindowRateLimiter(_redis(settings.redis_url)) if settings.redis_url else None

    def account(self, principal: Principal, address: str) -> Account | None:
        """Return whose points are spent, or None when nobody counts them."""
        settings = self._settings
        budgets = {
            PrincipalKind.ANONYMOUS: settings.address_points, PrincipalKind.PERSON: settings.person_points,
            PrincipalKind.ORGANISATION_KEY: settings.key_points,
        }  # fmt: skip
        budget = budgets[principal.kind]
        return Account(account_of(principal, address), budget) if budget else None

    async def require_any(self, account: Account) -> None:
        """Refuse whoever has nothing left, before a new document is even read.

        Raises:
            Refusal: 429, as below.
        """
        cost = await self._spend(account, 0)
        if cost.remaining <= 0:
            raise too_much(cost)

    async def spend(self, account: Account, points: int) -> Cost:
        """Take points, or none of them.

        Raises:
            Refusal: 429 with Retry-After, when fewer are left.
        """
        cost = await self._spend(account, points)
        if cost.remaining < 0:
            back = await self._spend(account, -points)
            raise too_much(Cost(points, back.budget, max(0, back.remaining), cost.reset_at))
        return cost

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._shared is not None:
            storage: Any = self._shared.storage
            await storage.bridge.storage.aclose()

    async def _spend(self, account: Account, points: int) -> Cost:
        if self._shared is not None:
            try:
                return await _counted(self._shared, account, points)
            except StorageError as fault:
                _log.warning("redis does not answer; points are counted in this process", error=str(fault)[:200])
        return await _counted(self._own, account, points)


@lru_cache(1_000)
def _written(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


@lru_cache(10_000)
def _counter(account: Account) -> tuple[str, int]:
    """Return the counter's name and the seconds it lives."""
    item = RateLimitItemPerMinute(account.budget, namespace="points")
    return item.key_for(account.name), item.get_expiry()


async def _counted(limiter: FixedWindowRateLimiter, account: Account, points: int) -> Cost:
    storage, (key, expiry) = limiter.storage, _counter(account)
    used = await (storage.incr(key, expiry, points) if points else storage.get(key))
    reset_at = await storage.get_expiry(key) if used else time.time() + expiry
    return Cost(points, account.budget, account.budget - used, reset_at)


def too_much(cost: Cost) -> Refusal:
    """Return the refusal of an operation that costs more than is left."""
    wait = max(1, cost.seconds)
    return Refusal(
        429, Code.BUDGET_SPENT,
        f"每分钟 {cost.budget} 点已不够:此操作需 {cost.points} 点,余 {cost.remaining} 点,请 {wait} 秒后再试",
        f"Not enough left of {cost.budget} points a minute: this costs {cost.points}, {cost.remaining} are left;"
        f" try again in {wait} seconds",
        {"Retry-After": str(wait), **cost.headers()}, {"cost": cost.told()},
    )  # fmt: skip


def _redis(url: str) -> Storage:
    options = {"socket_timeout": _REDIS_SECONDS, "socket_connect_timeout": _REDIS_SECONDS}
    storage = storage_from_string(f"async+{url}", implementation="redispy", wrap_exceptions=True, **options)
    assert isinstance(storage, Storage)
    return storage
