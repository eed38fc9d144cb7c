"""Who sends a request: from the Authorization header to a principal, or a clear refusal.

It knows no web library and no database: the header comes in as text, and rows come through the
injected loaders, which read in the request's own transaction, so that a revoked key or role is
gone at the next request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from auth.keys import KeyKind, ParsedKey, matches, parse_key
from auth.permissions import Permission
from auth.principal import ANONYMOUS, Principal

# A key has 60 characters; whatever is far longer is not even looked at.
LONGEST_HEADER = 4096


class FailureCode(StrEnum):
    """Name why a header was refused."""

    SCHEME = "AUTHENTICATION_SCHEME"
    MALFORMED = "AUTHENTICATION_MALFORMED"
    UNKNOWN = "AUTHENTICATION_UNKNOWN"
    EXPIRED = "AUTHENTICATION_EXPIRED"
    REVOKED = "AUTHENTICATION_REVOKED"


_MESSAGES = {
    FailureCode.SCHEME: ("只接受 Bearer 方式的凭证", "only the Bearer scheme is accepted"),
    FailureCode.MALFORMED: ("凭证格式不正确", "the credential is malformed"),
    FailureCode.UNKNOWN: ("凭证无效", "the credential is not valid"),
    FailureCode.EXPIRED: ("凭证已过期", "the credential has expired"),
    FailureCode.REVOKED: ("凭证已被撤销", "the credential was revoked"),
}


class AuthenticationFailed(Exception):
    """A credential was sent and is not accepted; it never falls back to anonymous."""

    def __init__(self, code: FailureCode) -> None:
        self.code = code
        self.zh, self.en = _MESSAGES[code]
        super().__init__(self.en)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What is stored of a key. Exactly one of ``organisation_id`` and ``person_id`` is set.

    Times are aware. ``scopes`` of an organisation's key are all that it may do; a person's
    session has None.
    """

    key_id: str
    secret_hash: str
    expires_at: datetime
    revoked_at: datetime | None = None
    organisation_id: int | None = None
    person_id: int | None = None
    scopes: frozenset[Permission] | None = None


@dataclass(frozen=True, slots=True)
class Loaders:
    """How rows are read. A principal is None when its owner is gone, suspended or disabled."""

    find_key: Callable[[str], Awaitable[KeyRecord | None]]
    load_person: Callable[[int], Awaitable[Principal | None]]
    load_organisation: Callable[[int, frozenset[Permission]], Awaitable[Principal | None]]


async def authenticate(header: str | None, loaders: Loaders, now: datetime) -> Principal:
    """Return who sends the request; no header at all is ANONYMOUS.

    Raises:
        AuthenticationFailed: the header is malformed, or its key unknown, expired or revoked.
    """
    if header is None:
        return ANONYMOUS
    key = _key_in(header)
    record = await loaders.find_key(key.key_id)
    # Whether the id or the secret is wrong is nobody's business but the owner's.
    if record is None or not matches(key.token, record.secret_hash):
        raise AuthenticationFailed(FailureCode.UNKNOWN)
    return await _admitted(key.kind, record, loaders, now)


async def owner_of_key(key_id: str, loaders: Loaders, now: datetime) -> Principal:
    """Return whose key this is, for a request that shows by a signature of ours that the key's holder meant it.

    Raises:
        AuthenticationFailed: the key is unknown, expired or revoked by now.
    """
    record = await loaders.find_key(key_id)
    if record is None:
        raise AuthenticationFailed(FailureCode.UNKNOWN)
    kind = KeyKind.PERSON if record.person_id is not None else KeyKind.ORGANISATION
    return await _admitted(kind, record, loaders, now)


async def _admitted(kind: KeyKind, record: KeyRecord, loaders: Loaders, now: datetime) -> Principal:
    if record.revoked_at is not None:
        raise AuthenticationFailed(FailureCode.REVOKED)
    if record.expires_at <= now:
        raise AuthenticationFailed(FailureCode.EXPIRED)
    principal = await _owner_of(kind, record, loaders)
    if principal is None:
        raise AuthenticationFailed(FailureCode.UNKNOWN)
    return replace(principal, session=record.key_id)


def _key_in(header: str) -> ParsedKey:
    if len(header) > LONGEST_HEADER:
        raise AuthenticationFailed(FailureCode.MALFORMED)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise AuthenticationFailed(FailureCode.SCHEME)
    key = parse_key(token)
    if key is None:
        raise AuthenticationFailed(FailureCode.MALFORMED)
    return key


async def _owner_of(kind: KeyKind, record: KeyRecord, loaders: Loaders) -> Principal | None:
    if kind is KeyKind.PERSON and record.person_id is not None:
        owner = await loaders.load_person(record.person_id)
        return owner and replace(owner, key_scopes=record.scopes)
    if kind is KeyKind.ORGANISATION and record.organisation_id is not None:
        # A key stored without scopes may do nothing, rather than everything.
        scopes = record.scopes or frozenset()
        owner = await loaders.load_organisation(record.organisation_id, scopes)
        return owner and replace(owner, key_scopes=scopes)
    return None
