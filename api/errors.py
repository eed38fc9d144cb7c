"""Domain errors: what a caller can mend, with a stable code, both languages and the place of the fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """Stable codes that outside programs rely on; messages may change, codes may not."""

    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    INVALID_INPUT = "INVALID_INPUT"
    STALE_VERSION = "STALE_VERSION"
    INVALID_TRANSITION = "INVALID_TRANSITION"
    RULE_PROBLEMS = "RULE_PROBLEMS"
    DUPLICATE = "DUPLICATE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    BUSY = "BUSY"
    AGREEMENT_EXPIRED = "AGREEMENT_EXPIRED"
    CLAIM_CONFLICT = "CLAIM_CONFLICT"
    TOO_SLOW = "TOO_SLOW"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"


@dataclass(eq=False)
class DomainError(Exception):
    """Base of everything a user can mend.

    `path` names the place of the fault from the mutation's arguments down, e.g. ("lines", "2", "unit").
    """

    zh: str
    en: str
    path: tuple[str, ...] = ()
    code: ErrorCode = field(default=ErrorCode.INVALID_INPUT, init=False)

    def in_language(self, language: str) -> str:
        """Return the message in "zh" or "en"."""
        return self.en if language == "en" else self.zh

    def __str__(self) -> str:
        return f"{self.code}: {self.en}"


@dataclass(eq=False)
class TooSlow(DomainError):
    """A subscriber does not take what is sent; more waits for it than is kept."""

    zh: str = "接收太慢,订阅已结束;请重新订阅并用 changes 补齐"
    en: str = "Too slow: the subscription ended; subscribe anew and catch up by changes"

    def __post_init__(self) -> None:
        self.code = ErrorCode.TOO_SLOW


@dataclass(eq=False)
class NotFound(DomainError):
    """What does not exist and what the viewer may not see are the same."""

    zh: str = "没有找到"
    en: str = "Not found"

    def __post_init__(self) -> None:
        self.code = ErrorCode.NOT_FOUND


@dataclass(eq=False)
class Forbidden(DomainError):
    """The viewer sees the object and may not do this to it; `rule_id` names the policy rule, if one decided."""

    rule_id: str | None = None

    def __post_init__(self) -> None:
        self.code = ErrorCode.FORBIDDEN


@dataclass(eq=False)
class Unauthenticated(DomainError):
    """The credentials are missing, malformed, expired or revoked."""

    def __post_init__(self) -> None:
        self.code = ErrorCode.UNAUTHENTICATED


@dataclass(eq=False)
class InvalidInput(DomainError):
    """An argument is out of its range, malformed, or names something that does not exist."""


@dataclass(eq=False)
class Duplicate(DomainError):
    """The same number, code or external id exists already."""

    def __post_init__(self) -> None:
        self.code = ErrorCode.DUPLICATE


@dataclass(eq=False)
class LimitExceeded(DomainError):
    """A size or amount is beyond what one request may ask."""

    def __post_init__(self) -> None:
        self.code = ErrorCode.LIMIT_EXCEEDED


@dataclass(eq=False)
class Busy(DomainError):
    """Others were writing the same rows for too long; nothing was written, and trying again helps."""

    zh: str = "同时修改的人较多,请稍后再试"
    en: str = "Others are writing the same; nothing was written, try again"

    def __post_init__(self) -> None:
        self.code = ErrorCode.BUSY


@dataclass(eq=False)
class IdempotencyMismatch(DomainError):
    """The caller sent something else under the same idempotency key before."""

    zh: str = "这个 Idempotency-Key 已用于另一个请求,请换一个"
    en: str = "This Idempotency-Key was used for another request; take a new one"

    def __post_init__(self) -> None:
        self.code = ErrorCode.IDEMPOTENCY_MISMATCH


@dataclass(eq=False)
class InvalidTransition(DomainError):
    """The object's state does not allow this move; `allowed` names the moves it does allow."""

    allowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.code = ErrorCode.INVALID_TRANSITION


@dataclass(eq=False)
class AgreementExpired(DomainError):
    """The agreement is not in force today, so nothing new can be claimed under it; `valid_to` is its last day."""

    valid_to: date | None = None

    def __post_init__(self) -> None:
        self.code = ErrorCode.AGREEMENT_EXPIRED


@dataclass(frozen=True)
class FieldConflict:
    """One field that somebody else changed meanwhile: the stored value and the one sent."""

    name: str
    current: Any
    sent: Any


@dataclass(eq=False)
class StaleVersion(DomainError):
    """Somebody changed the object since it was read; both values are given so that they can be merged."""

    current_version: int = 0
    conflicts: tuple[FieldConflict, ...] = ()

    def __post_init__(self) -> None:
        self.code = ErrorCode.STALE_VERSION


@dataclass(frozen=True)
class Contested:
    """A requirement line that others hold, and what is left of it; None when the quantity is unknown."""

    line_id: int
    left: float | None
    unit: str | None


@dataclass(eq=False)
class ClaimConflict(DomainError):
    """Others hold what is to be claimed; `lines` tells what is left."""

    zh: str = "已有人认领,或所剩不够"
    en: str = "Others have claimed it, or too little is left"
    lines: tuple[Contested, ...] = ()

    def __post_init__(self) -> None:
        self.code = ErrorCode.CLAIM_CONFLICT


@dataclass(eq=False)
class RuleProblems(DomainError):
    """The rule document has errors; each problem is `rules.language.Problem`-shaped data."""

    problems: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        self.code = ErrorCode.RULE_PROBLEMS


@dataclass(eq=False)
class BatchRefused(DomainError):
    """Some rows of a batch are wrong and none was written; `errors` has the fault by row, from 0."""

    zh: str = "有若干行有误,整批没有写入"
    en: str = "Some rows are wrong; nothing was written"
    errors: Mapping[int, DomainError] = field(default_factory=dict)
