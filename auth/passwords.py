"""Passwords of people: argon2id, a bounded number at a time, the same work whoever asks."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 8
LONGEST = 128
# Each hash holds 19 MiB while it is made; two at a time bound the memory, the rest waits.
AT_A_TIME = 2


class PasswordRefused(ValueError):
    """A new password is not accepted; ``code`` is stable."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether the password was right, and whether its hash should be made anew."""

    right: bool
    needs_rehash: bool = False


def check_new_password(password: str, *, login: str = "") -> None:
    """Refuse a password that is too short, too long, or among the first anybody would try.

    There are no rules of composition: length is what counts (OWASP ASVS 5.0, 6.2).

    Raises:
        PasswordRefused: with the code PASSWORD_TOO_SHORT, _TOO_LONG, _NOT_TEXT or _COMMON.
    """
    text = _normal(password)
    if text is None:
        raise PasswordRefused("PASSWORD_NOT_TEXT", "密码含有无效字符", "not valid text")
    if len(text) < SHORTEST:
        raise PasswordRefused("PASSWORD_TOO_SHORT", f"密码至少 {SHORTEST} 个字符", f"at least {SHORTEST} characters")
    if len(text) > LONGEST:
        raise PasswordRefused("PASSWORD_TOO_LONG", f"密码最多 {LONGEST} 个字符", f"at most {LONGEST} characters")
    plain = text.casefold()
    if len(set(plain)) < 3 or plain in _common() or plain == login.casefold():
        raise PasswordRefused("PASSWORD_COMMON", "密码太常见，容易被猜中", "too easily guessed")


class PasswordPool:
    """Hash and verify away from the event loop. Close it with the application.

    Time 2, memory 19 MiB, one lane: the OWASP Password Storage Cheat Sheet's first choice.
    """

    def __init__(self, *, time_cost: int = 2, memory_kib: int = 19 * 1024) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="passwords")
        # Somebody unknown is compared with this, so that the time tells nobody who has a login.
        self._nobody = self._hasher.hash("nobody's password")

    async def hash(self, password: str) -> str:
        """Return the hash to store of a password that `check_new_password` let pass.

        Raises:
            PasswordRefused: the password is not valid text.
        """
        text = _normal(password)
        if text is None:
            raise PasswordRefused("PASSWORD_NOT_TEXT", "密码含有无效字符", "not valid text")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, text)

    async def verify(self, stored: str | None, password: str) -> Verified:
        """Return whether the password belongs to the stored hash (None: no such login)."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._compare, stored, password[: 4 * LONGEST]
        )

    def close(self) -> None:
        """Let the threads end; a verification still waiting is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _compare(self, stored: str | None, password: str) -> Verified:
        text = _normal(password)
        try:
            self._hasher.verify(stored or self._nobody, text or "")
        except (VerificationError, InvalidHashError):
            return Verified(False)
        if stored is None or text is None:
            return Verified(False)
        return Verified(True, self._hasher.check_needs_rehash(stored))


def _normal(password: str) -> str | None:
    # The same characters typed on two keyboards may differ in code points; NFC makes them one.
    try:
        password.encode()
    except UnicodeEncodeError:
        return None
    return unicodedata.normalize("NFC", password)


@cache
def _common() -> frozenset[str]:
    text = files("auth").joinpath("common_passwords.csv").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
