"""One question of subscribers: begun for each, told of each piece of news once for all who have equal rights."""

import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from graphql import GraphQLError, OperationType
from strawberry.http import GraphQLRequestData
from strawberry.schema import BaseSchema
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType as Allowed

from api.context import Context
from api.http.documents import Documents, Prepared, coded, unknown_operation
from api.http.faults import Audience, shown
from api.http.refusals import Code
from api.live.following import Followed, Live
from api.plan.ready import Ready
from api.plan.viewer import Viewer


# No slots here: the event is written once for all who take it.
@dataclass(frozen=True)
class Told:
    """One result, written once for all who get it.

    `refused` was never executed; `last` is the code of an error that ends the subscription. Without a payload it
    tells that news is followed from now on.
    """

    payload: str = ""
    errors: Sequence[dict[str, Any]] = ()
    refused: bool = False
    last: str | None = None

    @classmethod
    def of(cls, errors: Sequence[dict[str, Any]], *, refused: bool = False) -> "Told":
        """Return errors that end a subscription, or keep it from beginning."""
        payload: dict[str, Any] = {"errors": errors} if refused else {"data": None, "errors": errors}
        return cls(orjson.dumps(payload).decode(), errors, refused, None if refused else _code(errors))

    @cached_property
    def event(self) -> bytes:
        """Return it as a server-sent event; a comment when there is nothing to tell."""
        return f"event: next\ndata: {self.payload}\n\n".encode() if self.payload else b":\n\n"


OPENED = Told()


class Question:
    """An operation with its variables, as one schema executes it."""

    def __init__(
        self, schema: BaseSchema, documents: Documents, asked: GraphQLRequestData, *, production: bool
    ) -> None:
        """Take what is asked."""
        self._schema, self._production = schema, production
        self.documents, self.asked = documents, asked
        self._walked = False
        # Another spelling of the same question costs an execution more, never a wrong answer.
        self.key = (asked.query, asked.operation_name, json.dumps(asked.variables or {}, sort_keys=True))

    def refused(self, viewer: Viewer) -> Told | None:
        """Return why it is no subscription; None when it is one, be it valid or not."""
        errors: Sequence[GraphQLError] = self._prepared.errors
        if self._prepared.document is not None:
            kind = self.documents.kind(self.asked.query or "", self.asked.operation_name)
            if kind is OperationType.SUBSCRIPTION:
                return None
            message = "Only subscriptions are served this way; send queries and mutations by POST"
            not_allowed = coded(GraphQLError(message), Code.OPERATION_NOT_ALLOWED)
            errors = (unknown_operation() if kind is None else not_allowed,)
        return Told.of(self._shown(errors, viewer), refused=True)

    async def begun(self, viewer: Viewer) -> tuple[Followed | None, list[Told]]:
        """Return what it follows, and what is wrong with it."""
        live = Live([])
        wrong = await self._executed(viewer, live)
        return live.followed, wrong

    async def told(self, followed: Followed, viewer: Viewer, about: list[int]) -> tuple[Told, ...]:
        """Return the results for the objects of a piece of news.

        Rows that are read whole are the answer; the executor would find nothing to walk.
        """
        if not self._walked:
            rows = await followed.read(viewer, about)
            if all(type(row) is Ready for row in rows):
                return tuple(self._result({followed.key: row.value}) for row in rows)
            self._walked = True
        return tuple(await self._executed(viewer, Live(about)))

    def ended(self, fault: Exception, viewer: Viewer) -> Told:
        """Return the error that ends the subscription."""
        return Told.of(self._shown([GraphQLError(str(fault), original_error=fault)], viewer))

    @property
    def _prepared(self) -> Prepared:
        return self.documents.prepare(self.asked.query or "")

    async def _executed(self, viewer: Viewer, live: Live) -> list[Told]:
        stream: Any = await self._schema.stream(
            self.asked.query,
            variable_values=self.asked.variables,
            context_value=Context(viewer, live=live, selections=self._prepared.selections),
            operation_name=self.asked.operation_name,
            allowed_operation_types=(Allowed.SUBSCRIPTION,),
        )
        async with aclosing(stream):
            return [self._written(result, viewer) async for result in stream]

    def _written(self, result: Any, viewer: Viewer) -> Told:
        errors = self._shown(result.errors or (), viewer)
        if isinstance(result, PreExecutionError):
            return Told.of(errors, refused=True)
        if any(error.path is None for error in result.errors or ()):
            # Not a field of a row failed, but the reading of the rows.
            return Told.of(errors)
        return self._result(result.data, errors)

    @staticmethod
    def _result(data: Any, errors: Sequence[dict[str, Any]] = ()) -> Told:
        payload = {"data": data, "errors": errors} if errors else {"data": data}
        return Told(orjson.dumps(payload).decode(), errors)

    def _shown(self, errors: Sequence[GraphQLError], viewer: Viewer) -> list[dict[str, Any]]:
        audience = Audience(viewer.principal.language, self._production)
        return [shown(error, audience) for error in errors]


def _code(errors: Sequence[dict[str, Any]]) -> str:
    return next((str(error["extensions"]["code"]) for error in errors if "extensions" in error), Code.INTERNAL)
