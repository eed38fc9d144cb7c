"""What every state machine shares: a table of moves and the one check."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from api.errors import InvalidTransition

State = TypeVar("State", bound=StrEnum)


def check_move(table: Mapping[State, frozenset[State]], present: State, wanted: State, what_zh: str) -> None:
    """Raise InvalidTransition, naming the moves that are allowed, unless `wanted` may follow `present`."""
    allowed = table.get(present, frozenset())
    if wanted not in allowed:
        names = tuple(sorted(allowed))
        raise InvalidTransition(
            zh=f"{what_zh}现在是 {present},不能变为 {wanted};可以变为:{'、'.join(names) or '无'}",
            en=f"From {present} the move to {wanted} is not allowed; allowed: {', '.join(names) or 'none'}",
            path=("to",),
            allowed=names,
        )
