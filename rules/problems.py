"""Problems of a rule document: where, which, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Say whether a problem stops publishing or only wants a second look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Name one fault at a JSON path such as ``rules[0].require.all[1].op``.

    ``code`` is stable for programs; the two messages are for people. ``suggestion``
    is the nearest known word when one is near enough.
    """

    path: str
    code: str
    message_zh: str
    message_en: str
    suggestion: str | None = None
    severity: Severity = Severity.ERROR

    def to_json(self) -> dict[str, Any]:
        """Return the problem as JSON with camel-case keys."""
        return {
            "path": self.path,
            "code": self.code,
            "messageZh": self.message_zh,
            "messageEn": self.message_en,
            "suggestion": self.suggestion,
            "severity": self.severity.value,
        }


class DocumentProblems(ValueError):
    """Refuse a document; ``problems`` says why, at least one of them an error."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems and show the first few in the message."""
        self.problems = tuple(problems)
        shown = "; ".join(f"{each.path}: {each.message_en}" for each in self.problems[:3])
        super().__init__(shown or "the document is refused")


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that stop publishing."""
    return [each for each in problems if each.severity is Severity.ERROR]
