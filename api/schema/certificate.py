"""Certificates and skills, shared by teams and registrations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import strawberry


@strawberry.type(description="What proves that somebody may do something; without its number")
class Certificate:
    """Certificate."""

    kind: str = strawberry.field(description="Kind, e.g. 低压电工证")
    valid_until: date | None = strawberry.field(description="Last day; null: it does not run out")


@strawberry.input(description="A certificate; its number is not kept")
class CertificateInput:
    """Certificate."""

    kind: str = strawberry.field(description="Kind, at most 30 characters")
    valid_until: date | None = strawberry.field(default=None, description="Last day; none: it does not run out")


def _certificates(root: Any) -> list[Certificate]:
    stored: Sequence[dict[str, Any]] = root.values["certificates"] or ()
    return [
        Certificate(
            kind=each["kind"],
            valid_until=None if each["valid_until"] is None else date.fromisoformat(each["valid_until"]),
        )
        for each in stored
    ]


def certificates() -> Any:
    """Declare the field of a type whose source has the column `certificates`."""
    return strawberry.field(resolver=_certificates, description="Certificates, as the community has checked them")
