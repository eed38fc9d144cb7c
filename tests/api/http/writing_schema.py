"""A schema with one mutation that writes in a unit of work and then ends in every possible way."""

import asyncio
from itertools import count
from typing import Annotated, Any

import strawberry

from api import errors as domain
from api.commands.unit_of_work import Done, unit_of_work
from api.context import Info
from api.errors import ErrorCode
from api.models import Category
from api.schema import errors
from tests.api.http.small_schema import Query, Unforeseen

FAULTS: dict[str, domain.DomainError] = {
    ErrorCode.NOT_FOUND: domain.NotFound(path=("id",)),
    ErrorCode.FORBIDDEN: domain.Forbidden("不可以", "No", rule_id="R001"),
    ErrorCode.UNAUTHENTICATED: domain.Unauthenticated("请先登录", "Sign in first"),
    ErrorCode.INVALID_INPUT: domain.InvalidInput("不行", "Not so", ("text",)),
    ErrorCode.DUPLICATE: domain.Duplicate("已有", "Exists", ("text",)),
    ErrorCode.LIMIT_EXCEEDED: domain.LimitExceeded("太多", "Too many"),
    ErrorCode.INVALID_TRANSITION: domain.InvalidTransition("不能", "Cannot", allowed=("WITHDRAWN",)),
    ErrorCode.STALE_VERSION: domain.StaleVersion("过期", "Stale", current_version=2),
    ErrorCode.RULE_PROBLEMS: domain.RuleProblems("有误", "Wrong"),
    ErrorCode.BUSY: domain.Busy(),
}
_serial = count(1)


@strawberry.type
class Note:
    text: str
    serial: int

    @strawberry.field
    def broken(self) -> str | None:
        raise Unforeseen("the phone number is 13812345678")


NoteResult = Annotated[
    Note
    | errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError
    | errors.RuleProblemsError,
    strawberry.union("NoteResult"),
]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def note(self, info: Info, text: str, then: str = "") -> NoteResult:
        """Write, and end so: with an error of that code, after the unit of work BROKEN or SLOW."""
        async with unit_of_work(info.context.viewer) as work:
            await Category.create(code=text, label_zh=text, label_en=text)
            work.record(Done("note", "Category", 1, "D/", {}))
            if then in FAULTS:
                raise FAULTS[then]
        if then == "BROKEN":
            raise Unforeseen("the phone number is 13812345678")
        if then == "SLOW":
            await asyncio.sleep(30)
        return Note(text=text, serial=next(_serial))


def writing_schema() -> strawberry.Schema:
    handlers: Any = errors.HANDLERS
    return strawberry.Schema(Query, Mutation, types=errors.ERROR_TYPES, exception_handlers=handlers)
