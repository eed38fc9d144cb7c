"""Bearer keys: of an organisation's program, and of a person's session.

A key is ``wj_live_<8 id>_<43 random>`` (a person's: ``wj_user_…``). It is shown once; stored are
the id in clear and the SHA-256 of the whole, since 256 random bits need no slow hash. The
prefix lets programs that scan for leaked secrets find one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from auth.permissions import Action, Object, Permission

_FORM = re.compile(r"wj_(live|user)_([0-9a-z]{8})_([A-Za-z0-9_-]{43})", re.ASCII)
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


class KeyKind(StrEnum):
    """Say whose key it is; the value stands in the key's prefix."""

    ORGANISATION = "live"
    PERSON = "user"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made: ``token`` is shown once and never stored, the rest is stored."""

    token: str = field(repr=False)
    key_id: str
    secret_hash: str


@dataclass(frozen=True, slots=True)
class ParsedKey:
    """A token that has the form of a key; nothing is known yet about its being valid."""

    kind: KeyKind
    key_id: str
    token: str = field(repr=False)


def new_key(kind: KeyKind) -> NewKey:
    """Make a key from 256 bits of the system's randomness."""
    key_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(8))
    token = f"wj_{kind}_{key_id}_{secrets.token_urlsafe(32)}"
    return NewKey(token, key_id, hash_of(token))


def parse_key(token: str) -> ParsedKey | None:
    """Return the parts of a token, or None when it is no key of ours."""
    found = _FORM.fullmatch(token)
    return ParsedKey(KeyKind(found[1]), found[2], token) if found else None


def hash_of(token: str) -> str:
    """Return what is stored of a token: its SHA-256 in hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def matches(token: str, secret_hash: str) -> bool:
    """Return whether the token is the one stored, in the same time whatever differs."""
    return hmac.compare_digest(hash_of(token).encode(), secret_hash.encode())


# What a partner's program usually needs: to read what is open to it, and to offer resources.
PARTNER_SCOPES: frozenset[Permission] = frozenset(
    {
        *(
            Permission(name, Action.READ)
            for name in (
                Object.PLACE,
                Object.PARTY_SEAT,
                Object.ORGANISATION,
                Object.CATEGORY,
                Object.NEED,
                Object.NEED_EXACT_PLACE,
                Object.NEED_ESTIMATES,
                Object.RESOURCE,
                Object.RESOURCE_EXACT_PLACE,
                Object.PROJECT,
                Object.NEED_LIST,
                Object.RESOURCE_LIST,
                Object.PROJECT_LIST,
                Object.COLLECTION_ROUND,
                Object.COLLECTION_INVITATION,
                Object.SERVICE_ITEM,
                Object.MATCH,
                Object.RULE_SET,
                Object.RULE_VERSION,
                Object.HISTORY,
                Object.AGREEMENT,
                Object.CLAIM,
                Object.CLAIM_DETAILS,
                Object.TEAM,
                Object.REGISTRATION,
                Object.REGISTRATION_DETAILS,
                Object.PAIRING,
                Object.SERVICE_POINT,
            )
        ),
        *(
            Permission(Object.CLAIM, action)
            for action in (Action.CREATE, Action.RELEASE, Action.COMPLETE, Action.EVALUATE, Action.JOIN)
        ),
        *(Permission(Object.RESOURCE, action) for action in (Action.CREATE, Action.UPDATE, Action.WITHDRAW)),
    }
)
