"""Who sends a request, under the policy that is in force now."""

from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

import structlog
from starlette.requests import HTTPConnection

from api import clock
from api.commands.session import note_use
from api.errors import ErrorCode
from api.http.negotiation import language
from api.http.refusals import Refusal
from api.plan.viewer import Viewer
from api.queries.policy import overlay_rows
from api.queries.principal import Presented
from api.runtime import Runtime
from auth.authentication import AuthenticationFailed, authenticate, owner_of_key
from auth.enforcement import Authoriser
from auth.policy import load_shipped
from auth.policy_rows import PolicyRefused
from auth.principal import Principal

_log: Any = structlog.get_logger("api.http")


MOST_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Remembered:
    """What a sign-in found; until the key expires, for the day, and while the table `authority` has the number."""

    viewer: Viewer
    number: int
    expires_at: datetime | None
    day: date


class Gate:
    """Lets requests in: one statement for a key, its owner and the policy's number.

    What it found is remembered for reads that confirm it in their own statement (`Confirming`), under a hash of what
    was presented: no credential is kept.
    """

    def __init__(self) -> None:
        """Know nothing yet: no policy number, no key used today."""
        self._remembered: OrderedDict[tuple[bytes, str | None], _Remembered] = OrderedDict()
        self._policy_number = 0
        self._used_on: date | None = None
        self._used: set[str] = set()

    async def viewer(self, request: HTTPConnection) -> Viewer:
        """Return who sends the request.

        Raises:
            Refusal: 401 when a credential was sent and is not accepted.
        """
        headers = request.headers
        spoken = language(headers.get("accept-language"))
        return await self.viewer_of(
            request.app.state.runtime, headers.get("authorization"), spoken, request.state.request_id
        )

    def remembered(self, request: HTTPConnection) -> Viewer | None:
        """Return who sends the request, still to be confirmed; None when that has to be read."""
        headers = request.headers
        name = _name(headers.get("authorization"), language(headers.get("accept-language")))
        known = self._remembered.get(name)
        if known is None:
            return None
        if known.day != clock.today() or (known.expires_at is not None and known.expires_at <= clock.now()):
            del self._remembered[name]
            return None
        self._remembered.move_to_end(name)
        return known.viewer.again(request.state.request_id, known.number)

    async def viewer_of(
        self, runtime: Runtime, header: str | None, spoken: str | None, request_id: str | None
    ) -> Viewer:
        """Return who presents an Authorization header, in the language spoken or else their own.

        Raises:
            Refusal: 401, as above.
        """
        presented = Presented()
        asked = authenticate(header, presented.loaders(), clock.now())
        viewer = await self._let_in(runtime, asked, presented, spoken, request_id)
        if presented.authority is not None:
            found = _Remembered(viewer, presented.authority, presented.expires_at, clock.today())
            self._remembered[_name(header, spoken)] = found
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)
        return viewer

    async def holder(self, request: HTTPConnection, key_id: str, spoken: str) -> Viewer:
        """Return the holder of a key, for a link that we signed for it.

        Raises:
            Refusal: 401 when the key is not accepted any more.
        """
        presented = Presented()
        asked = owner_of_key(key_id, presented.loaders(), clock.now())
        return await self._let_in(request.app.state.runtime, asked, presented, spoken, request.state.request_id)

    async def _let_in(
        self,
        runtime: Runtime,
        asked: Awaitable[Principal],
        presented: Presented,
        spoken: str | None,
        request_id: str | None,
    ) -> Viewer:
        try:
            principal = await asked
        except AuthenticationFailed as failure:
            raise Refusal(
                401, ErrorCode.UNAUTHENTICATED, failure.zh, failure.en,
                {"WWW-Authenticate": "Bearer"}, {"reason": failure.code},
            ) from None  # fmt: skip
        if principal.session is not None:
            await self._note_use(principal.session)
        else:
            await presented.find_nobody()
        authoriser = await self._authoriser(runtime, presented.policy_number or 0)
        return Viewer(replace(principal, language=spoken or principal.language), authoriser, runtime, request_id)

    async def _authoriser(self, runtime: Runtime, number: int) -> Authoriser:
        if number != self._policy_number:
            try:
                runtime.policy.swap(load_shipped(await overlay_rows()))
            except PolicyRefused as refused:
                # A row written past the commands must neither open anything nor stop the server.
                _log.error("policy overlay refused; the former policy stays", reason=refused.en)
            self._policy_number = number
        return runtime.policy.current

    async def _note_use(self, key_id: str) -> None:
        today = clock.today()
        if self._used_on != today:
            self._used_on, self._used = today, set()
        if key_id not in self._used:
            self._used.add(key_id)
            await note_use(key_id, today)


def _name(header: str | None, spoken: str | None) -> tuple[bytes, str | None]:
    return (b"" if header is None else sha256(header.encode("latin-1", "replace")).digest(), spoken)
