"""Sealing of personal values: AES-256-GCM for the value, HMAC-SHA-256 for looking it up.

Keys are derived from WUJIA_SECRET_KEY with HKDF, one a purpose. A sealed text carries the id of its key,
so that keys can be rotated later without rewriting what is stored. Masking follows the usual forms in China
(张*, 138****5678, 1****************4).
"""

import base64
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_ID = "k1"
# A control character opens every sealed text: no input may contain one, so clear text never looks sealed.
MARK = "\x02"
MINIMUM_SECRET = 32
_secret: list[bytes] = []


class SealBroken(Exception):
    """A sealed value cannot be opened: other key, or changed by somebody."""


def use_secret(secret: str) -> None:
    """Set the secret of this process; at least 32 characters. Raise ValueError when it is shorter."""
    if len(secret) < MINIMUM_SECRET:
        raise ValueError("WUJIA_SECRET_KEY needs at least 32 characters")
    _secret[:] = [secret.encode()]
    _derived.cache_clear()


@lru_cache(maxsize=8)
def _derived(purpose: str) -> bytes:
    if not _secret:
        raise RuntimeError("no secret key has been set; see api.sealing.use_secret")
    return HKDF(SHA256(), length=32, salt=None, info=f"wujia {purpose}".encode()).derive(_secret[0])


def seal(text: str) -> str:
    """Return the sealed form of `text`: key id, nonce and cipher text, safe to store."""
    nonce = os.urandom(12)
    cipher = AESGCM(_derived("seal")).encrypt(nonce, text.encode(), KEY_ID.encode())
    return f"{MARK}{KEY_ID}:{base64.b64encode(nonce + cipher).decode()}"


def unseal(sealed: str) -> str:
    """Return the clear text. Raise SealBroken when the value was sealed with another key or changed."""
    key_id, _, body = sealed.removeprefix(MARK).partition(":")
    try:
        raw = base64.b64decode(body, validate=True)
        return AESGCM(_derived("seal")).decrypt(raw[:12], raw[12:], key_id.encode()).decode()
    except (InvalidTag, ValueError) as fault:
        raise SealBroken("sealed value cannot be opened") from fault


def lookup_hash(kind: str, text: str) -> str:
    """Return the keyed hash by which a value is found again (kind such as "phone"); hex, 64 characters."""
    return hmac.new(_derived("look-up"), f"{kind}:{text}".encode(), sha256).hexdigest()


def signature(kind: str, text: str) -> str:
    """Return the keyed signature by which a text of ours is known again when somebody brings it back; hex."""
    return hmac.new(_derived("signature"), f"{kind}:{text}".encode(), sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Masks:
    """How each kind of personal value is shown to those who may not read it."""

    @staticmethod
    def name(text: str) -> str:
        """张三 → 张*."""
        return text[:1] + "*" * max(1, len(text) - 1) if text else ""

    @staticmethod
    def phone(text: str) -> str:
        """13812345678 → 138****5678; short numbers keep only their last two digits."""
        return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "****" + text[-2:]

    @staticmethod
    def address(text: str) -> str:
        """Show nothing of an address."""
        return "***" if text else ""

    @staticmethod
    def id_number(text: str) -> str:
        """Show the first and the last character."""
        return f"{text[:1]}{'*' * max(1, len(text) - 2)}{text[-1:]}" if text else ""
