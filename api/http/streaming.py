"""Run one subscription: who asks is asked anew at each piece of news, and what equal ones are told is read once."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from starlette.requests import HTTPConnection
from strawberry.http import GraphQLRequestData
from strawberry.schema import BaseSchema

from api.errors import TooSlow, Unauthenticated
from api.http.authentication import Gate
from api.http.budgets import Budgets
from api.http.charging import charge
from api.http.connections import address_of
from api.http.documents import Documents
from api.http.refusals import Refusal, error_of
from api.http.telling import OPENED, Question, Told
from api.live.following import AT_ONCE, Followed
from api.live.hub import Hub, News, Subscriber
from api.plan.viewer import Viewer
from api.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Caller:
    """What a subscriber presented once, and is judged by anew each time."""

    gate: Gate
    runtime: Runtime
    hub: Hub
    header: str | None
    spoken: str | None
    request_id: str | None
    address: str = ""

    @classmethod
    def of(
        cls, gate: Gate, request: HTTPConnection, header: str | None, spoken: str | None, request_id: str
    ) -> "Caller":
        """Return the caller of a request."""
        state = request.app.state
        return cls(gate, state.runtime, state.hub, header, spoken, request_id, address_of(request))

    async def viewer(self) -> Viewer:
        """Return who it is now. Raise Refusal when the credentials are not accepted."""
        return await self.gate.viewer_of(self.runtime, self.header, self.spoken, self.request_id)

    async def still_accepted(self) -> None:
        """Raise Refusal when the credentials are not accepted any more; asked once for all who hold them."""
        await self.hub.shared.once((self.header, self.spoken), self.viewer)

    async def renewed(self) -> Viewer:
        """Return who it is now, within a subscription that has begun.

        Raises:
            Unauthenticated: the credentials are no longer accepted.
        """
        try:
            return await self.viewer()
        except Refusal as refusal:
            raise Unauthenticated(refusal.zh, refusal.en) from None


async def results(
    schema: BaseSchema,
    documents: Documents,
    caller: Caller,
    asked: GraphQLRequestData,
    budgets: Budgets | None,
    *,
    production: bool,
) -> AsyncGenerator[Told, None]:
    """Yield the results of a subscription until it ends; anything else is refused, as is what costs too much.

    Without `budgets` it has been paid for.
    """
    viewer = await caller.viewer()
    question = Question(schema, documents, asked, production=production)
    if budgets is not None:
        try:
            await charge(budgets, documents, viewer.principal, caller.address, asked)
        except Refusal as refusal:
            yield Told.of([error_of(refusal, viewer.principal.language)], refused=True)
            return
    if refused := question.refused(viewer):
        yield refused
        return
    followed, wrong = await question.begun(viewer)
    for told in wrong:
        yield told
    if wrong or followed is None:
        return
    with caller.hub.subscribed(followed.object_type) as subscriber:
        yield OPENED
        try:
            async for piece in _pieces(followed, subscriber):
                for told in await _told(_Asked(question, followed, viewer), caller, piece):
                    yield told
                    if told.last is not None:
                        return
        except TooSlow as fault:
            yield question.ended(fault, viewer)


class _Asked(NamedTuple):
    question: Question
    followed: Followed
    viewer: Viewer


class _Piece(NamedTuple):
    news: News
    about: tuple[int, ...]


async def _pieces(followed: Followed, subscriber: Subscriber) -> AsyncIterator[_Piece]:
    async for news in subscriber.news():
        concerned = followed.concerned(news)
        for at in range(0, len(concerned), AT_ONCE):
            yield _Piece(news, tuple(concerned[at : at + AT_ONCE]))


async def _told(asked: _Asked, caller: Caller, piece: _Piece) -> tuple[Told, ...]:
    """Return what a piece of news comes to: read by the first of all who ask the same with equal rights.

    Who somebody is and what they may is asked anew at each piece, once for each credential. What was read is for
    those alone who are equal in the whole principal but for the key they used, in the policy, in the question, and
    at this very news.
    """
    question, followed, viewer = asked
    shared, credentials = caller.hub.shared, (caller.header, caller.spoken)

    async def executed() -> tuple[Told, ...]:
        try:
            now = await shared.once((piece, credentials), caller.renewed)
            # Which key was used is not known to what is executed.
            who = replace(now, principal=replace(now.principal, session=None))
            equal = (piece, question.key, who.principal, who.authoriser)
            return await shared.once(equal, lambda: question.told(followed, who, list(piece.about)))
        except Exception as fault:
            # Told and logged once for all, as every error is.
            return (question.ended(fault, viewer),)

    return await shared.once((piece, credentials, question.key), executed)


__all__ = ["Caller", "Told", "results"]
