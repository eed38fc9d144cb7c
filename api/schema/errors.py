"""Errors a caller can mend, as data: every mutation's result is a union with these types."""

from datetime import date
from typing import Any

import strawberry
from strawberry.schema import ExceptionHandler
from strawberry.types import Info as StrawberryInfo
from strawberry.types.field import StrawberryField

from api import errors
from api.errors import ErrorCode

strawberry.enum(ErrorCode, description="Stable codes of errors; messages may change, codes do not")


@strawberry.interface(description="An error that the caller can mend")
class UserError:
    """What every error tells."""

    code: ErrorCode = strawberry.field(description="Stable code")
    message: str = strawberry.field(description="Explanation in the caller's language (Accept-Language, zh first)")
    path: list[str] | None = strawberry.field(description="Place of the fault, from the mutation's arguments down")


@strawberry.type(description="What does not exist, or what the viewer may not see")
class NotFoundError(UserError):
    """NOT_FOUND."""


@strawberry.type(description="Visible, but the viewer may not do this to it")
class ForbiddenError(UserError):
    """FORBIDDEN or UNAUTHENTICATED."""

    rule_id: str | None = strawberry.field(description="Policy rule that decided; null when none allows it")


@strawberry.type(description="An argument is out of its range, malformed, or names something unknown")
class InvalidInputError(UserError):
    """INVALID_INPUT, DUPLICATE, LIMIT_EXCEEDED or BUSY."""


@strawberry.type(description="A state does not allow this move")
class InvalidTransitionError(UserError):
    """INVALID_TRANSITION."""

    allowed: list[str] = strawberry.field(description="States that may follow the present one")


@strawberry.type(description="One field that somebody else changed meanwhile")
class FieldConflict:
    """Both values, so that they can be merged."""

    field: str = strawberry.field(description="Name of the field")
    current: strawberry.scalars.JSON | None = strawberry.field(description="Value that is stored now")
    sent: strawberry.scalars.JSON | None = strawberry.field(description="Value that was sent")


@strawberry.type(description="Somebody changed the object since it was read; nothing was written")
class StaleVersionError(UserError):
    """STALE_VERSION."""

    current_version: int = strawberry.field(description="Version that is stored now")
    conflicts: list[FieldConflict] = strawberry.field(description="Fields whose stored and sent values differ")


@strawberry.type(description="One problem of a rule document")
class RuleProblem:
    """Where and what, with a suggestion."""

    path: str = strawberry.field(description="JSON path in the document, e.g. rules[0].require.all[1].op")
    code: str = strawberry.field(description="Stable code of the problem")
    severity: str = strawberry.field(description="ERROR blocks publication, WARNING does not")
    message: str = strawberry.field(description="Explanation in the caller's language")
    suggestion: str | None = strawberry.field(description="Nearest name or expected type, if there is one")


@strawberry.type(description="The rule document has problems; nothing was published")
class RuleProblemsError(UserError):
    """RULE_PROBLEMS."""

    problems: list[RuleProblem] = strawberry.field(description="All problems found")


@strawberry.type(description="The agreement is not in force today; nothing new can be claimed under it")
class AgreementExpiredError(UserError):
    """AGREEMENT_EXPIRED."""

    valid_to: date | None = strawberry.field(description="Last day of the agreement")


@strawberry.type(description="A requirement line that others hold")
class ContestedLine:
    """Contested line."""

    line: strawberry.ID = strawberry.field(description="Requirement line")
    left: float | None = strawberry.field(description="How much can still be claimed; null: unknown, but not all of it")
    unit: str | None = strawberry.field(description="Code of the unit of measure")


@strawberry.type(description="Others hold what was to be claimed; nothing was written")
class ClaimConflictError(UserError):
    """CLAIM_CONFLICT."""

    # Not `lines`: a claim has those, and GraphQL wants one type under one name in a union.
    contested: list[ContestedLine] = strawberry.field(description="Lines of which too little is left")


ERROR_TYPES = (
    NotFoundError, ForbiddenError, InvalidInputError, InvalidTransitionError, StaleVersionError, RuleProblemsError,
    AgreementExpiredError,
    ClaimConflictError,
)  # fmt: skip


def rule_problem(problem: Any, language: str) -> RuleProblem:
    """Return a problem of `rules.problems` in the caller's language."""
    return RuleProblem(
        path=problem.path,
        code=problem.code,
        severity=str(problem.severity).upper(),
        message=problem.message_en if language == "en" else problem.message_zh,
        suggestion=problem.suggestion,
    )


def _shown(fault: errors.DomainError, info: StrawberryInfo[Any, Any]) -> dict[str, Any]:
    info.context.busy |= fault.code is ErrorCode.BUSY
    language = info.context.language
    return {
        "code": fault.code,
        "message": fault.in_language(language),
        "path": list(fault.path) or None,
    }


class _Handler:
    """Shared shape of the handlers; each names its exception and its GraphQL type."""

    def __init__(self, exception_type: Any, error_type: Any, extra: Any = None) -> None:
        self.exception_type = exception_type
        self.error_type = error_type
        self.extra = extra

    def handle(self, exception: Any, *, field: StrawberryField, info: StrawberryInfo[Any, Any]) -> Any:
        """Convert the domain error into the union's member."""
        more = self.extra(exception, info.context.language) if self.extra else {}
        return self.error_type(**_shown(exception, info), **more)


def _conflicts(fault: errors.StaleVersion, _language: str) -> dict[str, Any]:
    conflicts = [FieldConflict(field=c.name, current=c.current, sent=c.sent) for c in fault.conflicts]
    return {"current_version": fault.current_version, "conflicts": conflicts}


def _contested(fault: errors.ClaimConflict, _language: str) -> dict[str, Any]:
    lines = [
        ContestedLine(line=strawberry.ID(f"RequirementLine:{each.line_id}"), left=each.left, unit=each.unit)
        for each in fault.lines
    ]
    return {"contested": lines}


HANDLERS: tuple[ExceptionHandler[Any], ...] = (
    _Handler(errors.NotFound, NotFoundError),
    _Handler(errors.Forbidden, ForbiddenError, lambda fault, _: {"rule_id": fault.rule_id}),
    _Handler(errors.Unauthenticated, ForbiddenError, lambda _fault, _: {"rule_id": None}),
    _Handler(errors.StaleVersion, StaleVersionError, _conflicts),
    _Handler(
        errors.InvalidTransition,
        InvalidTransitionError,
        lambda fault, _: {"allowed": list(fault.allowed)},
    ),
    _Handler(
        errors.RuleProblems,
        RuleProblemsError,
        lambda fault, language: {"problems": [rule_problem(problem, language) for problem in fault.problems]},
    ),
    _Handler(errors.AgreementExpired, AgreementExpiredError, lambda fault, _: {"valid_to": fault.valid_to}),
    _Handler(errors.ClaimConflict, ClaimConflictError, _contested),
    _Handler(
        (errors.InvalidInput, errors.Duplicate, errors.LimitExceeded, errors.Busy),
        InvalidInputError,
    ),
)
