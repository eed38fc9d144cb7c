"""Keys and memberships of a test's own, written directly."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from api.models import BearerKey, Membership
from auth.keys import KeyKind, new_key
from auth.roles import Role
from tests.factories import Town

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


async def key_for(
    *, person: int | None = None, organisation: int | None = None, scopes: list[str] | None = None, **more: Any
) -> dict[str, str]:
    """Return the Authorization header of a new key."""
    key = new_key(KeyKind.PERSON if person else KeyKind.ORGANISATION)
    values: dict[str, Any] = {
        "key_id": key.key_id, "secret_hash": key.secret_hash, "label": "test", "created_at": NOW,
        "expires_at": NOW + timedelta(days=1), "person_id": person, "organisation_id": organisation,
        "scopes": scopes,
    }  # fmt: skip
    await BearerKey.create(**(values | more))
    return {"Authorization": f"Bearer {key.token}"}


async def member(town: Town, role: str = Role.RESIDENT, place: str = "A1", **more: Any) -> Membership:
    """Store a membership that is valid today."""
    values: dict[str, Any] = {"role": role, "place_id": town.id(place), "path": town.path(place), "valid_from": TODAY}
    return await Membership.create(**(values | more))
