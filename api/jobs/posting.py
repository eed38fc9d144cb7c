"""One POST to a webhook: to an address that was checked, within a time, and never following anybody elsewhere."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

import httpx

from api import clock
from api.webhooks.guard import AddressRefused, Guard
from api.webhooks.schedule import asked_wait

SECONDS: Final = 15.0
CONNECT_SECONDS: Final = 5.0
MOST_ADDRESSES: Final = 3
READ_BYTES: Final = 4096
EXCERPT: Final = 500
BUSY: Final = frozenset({429, 503})
"""Statuses with which a receiver says for how long it wants to be left alone."""
AGENT: Final = "Wujia-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt: a status, or why there is none.

    `excerpt` is the beginning of what was answered, `wait` for how long the receiver wants to be left alone.
    """

    status: int | None = None
    error: str | None = None
    excerpt: str | None = None
    wait: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Tell whether the receiver has the event."""
        return self.error is None


@cache
def public_trust() -> ssl.SSLContext:
    """Return what https connections trust; reading the certificates takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Poster:
    """Sends: by which rule of addresses, trusting which certificates, how long."""

    guard: Guard
    trust: ssl.SSLContext
    seconds: float = SECONDS

    async def post(self, text: str, headers: dict[str, str], body: bytes) -> Answer:
        """Send a body to a URL; whatever goes wrong there is an answer, not an exception."""
        try:
            async with asyncio.timeout(self.seconds):
                url = self.guard.url(text)
                return await self._reach(url, await self.guard.addresses(url), headers, body)
        except AddressRefused as refused:
            return Answer(error="ADDRESS_REFUSED", excerpt=str(refused))
        except (TimeoutError, httpx.TimeoutException):
            return Answer(error="TIMEOUT")
        except httpx.ConnectError as fault:
            return Answer(error="TLS_FAILED" if _certificate(fault) else "CONNECT_FAILED")
        except (httpx.HTTPError, OSError, ValueError):
            return Answer(error="NO_ANSWER")

    async def _reach(self, url: httpx.URL, addresses: tuple[str, ...], headers: dict[str, str], body: bytes) -> Answer:
        *others, last = addresses[:MOST_ADDRESSES]
        for address in others:
            try:
                return await self._send(url, address, headers, body)
            except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
                if _certificate(fault):
                    raise
        return await self._send(url, last, headers, body)

    async def _send(self, url: httpx.URL, address: str, headers: dict[str, str], body: bytes) -> Answer:
        timeout = httpx.Timeout(self.seconds, connect=min(CONNECT_SECONDS, self.seconds))
        # No proxy of the environment either: it would resolve the name once more, and unseen.
        async with httpx.AsyncClient(verify=self.trust, timeout=timeout, trust_env=False) as client:
            request = client.build_request(
                "POST",
                url.copy_with(host=address),
                content=body,
                headers={
                    "Host": url.netloc.decode("ascii"),
                    "Content-Type": "application/json",
                    "User-Agent": AGENT,
                    "Accept-Encoding": "identity",
                    **headers,
                },
                # TLS asks for, and proves, the host's name, whatever the address.
                extensions={"sni_hostname": url.raw_host.decode("ascii").strip("[]")},
            )
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                return _answer(response, await _beginning(response))
            finally:
                await response.aclose()


def poster_of(*, allow_private: bool) -> Poster:
    """Return what sends in this process."""
    return Poster(Guard(allow_private), public_trust())


def _answer(response: httpx.Response, excerpt: str | None) -> Answer:
    status = response.status_code
    if 200 <= status < 300:
        return Answer(status, None, excerpt)
    wait = asked_wait(response.headers.get("retry-after"), clock.now()) if status in BUSY else None
    return Answer(status, "REDIRECTED" if 300 <= status < 400 else "REFUSED", excerpt, wait)


async def _beginning(response: httpx.Response) -> str | None:
    read = b""
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= READ_BYTES:
            break
    text = "".join(letter if letter.isprintable() else " " for letter in read[:READ_BYTES].decode("utf-8", "replace"))
    return text.strip()[:EXCERPT] or None


def _certificate(fault: BaseException | None) -> bool:
    while fault is not None:
        if isinstance(fault, ssl.SSLError):
            return True
        fault = fault.__cause__ or fault.__context__
    return False
