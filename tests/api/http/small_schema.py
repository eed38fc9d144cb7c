"""A schema with a field for every way in which an answer can turn out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import strawberry

from api.context import Info
from api.errors import Forbidden, InvalidInput, NotFound


class Unforeseen(Exception):
    """Something nobody thought of, whose words must not be told."""


@strawberry.type
class Thing:
    title: str = "thing"

    @strawberry.field
    def things(self, first: int | None = None, last: int | None = None) -> list["Thing"]:
        return [Thing()]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def count(self, number: int) -> int:
        return number

    @strawberry.field
    def who(self, info: Info) -> list[str]:
        principal = info.context.viewer.principal
        return [principal.kind, principal.language, *(f"{held.role}@{held.scope}" for held in principal.held)]

    @strawberry.field
    def request_id(self, info: Info) -> str | None:
        return info.context.viewer.request_id

    @strawberry.field
    def things(self, first: int | None = None, last: int | None = None) -> list[Thing]:
        return [Thing()] * min(first or last or 0, 3)

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Thing]:
        return [Thing() for _ in ids]

    @strawberry.field
    def missing(self) -> str | None:
        raise NotFound(path=("id",))

    @strawberry.field
    def forbidden(self) -> str | None:
        raise Forbidden("不可以", "No", rule_id="R001")

    @strawberry.field
    def broken(self) -> str | None:
        raise Unforeseen("the phone number is 13812345678")

    @strawberry.field
    def never_null(self) -> str:
        return None  # type: ignore[return-value]  # the fault under test

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(30)
        return "late"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, text: str) -> str:
        if text == "bad":
            raise InvalidInput("不行", "Not so", path=("text",))
        return text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


def small_schema(**options: Any) -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, Subscription, **options)
