"""Secrets and signatures after Standard Webhooks: HMAC-SHA-256 over id, second and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """Make a secret as receivers' libraries take it: `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, identifier: str, second: int, body: bytes) -> str:
    """Return `v1,` and the signature in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{identifier}.{second}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(live: Sequence[str], identifier: str, second: int, body: bytes) -> dict[str, str]:
    """Return the headers of a request; every secret that is alive signs, so that a receiver may have either."""
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(signature(secret, identifier, second, body) for secret in live),
    }
