"""Signing in with a password, and noting that a key was used."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from tortoise.expressions import F, Q

from api import clock
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import DomainError, Unauthenticated
from api.models import Account, BearerKey
from api.plan.viewer import Viewer
from api.queries.principal import load_person
from api.runtime import Runtime
from auth.keys import KeyKind, new_key
from auth.passwords import PasswordPool

FREE_TRIES: Final = 10
WINDOW: Final = timedelta(minutes=15)
WAIT: Final = timedelta(seconds=30)
SESSION: Final = timedelta(hours=12)
_STRANGERS: Final = 10_000


@dataclass(eq=False)
class TooManyTries(DomainError):
    """Ten tries failed within a quarter of an hour; each further one has to wait."""

    zh: str = "尝试次数过多，请稍后再试"
    en: str = "Too many tries; wait a little"
    seconds: int = int(WAIT.total_seconds())


@dataclass(frozen=True, slots=True)
class Session:
    """A session just opened; `token` is shown once and never stored."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Door:
    """What signing in needs besides the database.

    `strangers` counts the tries of logins that do not exist, so that they are slowed like the others and
    nobody learns which logins there are.
    """

    passwords: PasswordPool
    strangers: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)


async def open_session(
    login: str, password: str, door: Door, runtime: Runtime, request_id: str | None = None
) -> Session:
    """Return a session key of the person who has this login and password, good for 12 hours.

    A try counts as failed before the password is looked at, so that many at once gain nothing.

    Raises:
        TooManyTries: wait; the password was not looked at.
        Unauthenticated: login or password is wrong, or the login is disabled.
    """
    account = await Account.filter(login=login, disabled_at=None).select_related("person").first()
    if account is None:
        _count_stranger(login, door)
    else:
        await _count_try(account)
    verified = await door.passwords.verify(account.password_hash if account else None, password)
    principal = await load_person(account.person_id) if account and verified.right else None
    if account is None or principal is None:
        raise Unauthenticated("登录名或密码不正确", "Login or password is wrong")
    viewer = Viewer(principal, runtime.policy.current, runtime, request_id)
    key, moment = new_key(KeyKind.PERSON), clock.now()
    async with unit_of_work(viewer) as work:
        account.failures, account.last_failure_at = 0, None
        if verified.needs_rehash:
            account.password_hash = await door.passwords.hash(password)
        await account.save(update_fields=["failures", "last_failure_at", "password_hash"])
        await BearerKey.create(
            key_id=key.key_id, secret_hash=key.secret_hash, person_id=account.person_id,
            label="login", created_at=moment, expires_at=moment + SESSION,
        )  # fmt: skip
        work.record(Done("session.open", "Account", account.id, account.person.path))
    return Session(key.token, moment + SESSION)


async def note_use(key_id: str, day: date) -> None:
    """Store that a key was used on this day."""
    unknown_or_earlier = Q(last_used_on__isnull=True) | Q(last_used_on__lt=day)
    await BearerKey.filter(unknown_or_earlier, key_id=key_id).update(last_used_on=day)


async def _count_try(account: Account) -> None:
    now = clock.now()
    if account.last_failure_at is not None and account.last_failure_at < now - WINDOW:
        await Account.filter(id=account.id, last_failure_at=account.last_failure_at).update(failures=0)
    may_try = Q(failures__lt=FREE_TRIES) | Q(last_failure_at__lte=now - WAIT)
    counted = await Account.filter(may_try, id=account.id).update(failures=F("failures") + 1, last_failure_at=now)
    if not counted:
        raise TooManyTries()


def _count_stranger(login: str, door: Door) -> None:
    now = clock.now()
    failures, last = door.strangers.get(login, (0, now))
    if last < now - WINDOW:
        failures = 0
    if failures >= FREE_TRIES and last > now - WAIT:
        raise TooManyTries()
    door.strangers[login] = (failures + 1, now)
    door.strangers.move_to_end(login)
    if len(door.strangers) > _STRANGERS:
        door.strangers.popitem(last=False)
