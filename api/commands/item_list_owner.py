"""Whose list it is when somebody else enters it: a household that can sign in keeps its own lists."""

from collections.abc import Mapping
from typing import Any

from api.errors import Forbidden
from api.models import Account
from api.plan.viewer import Viewer

OWNERS = ("owner_organisation_id", "owner_household_id", "owner_person_id")


def entered_by(viewer: Viewer, owner: Mapping[str, Any]) -> int | None:
    """Return who enters the list of a household or person that is not their own."""
    return viewer.principal.person_id if _others(viewer, owner) else None


async def refuse_self_reliant(viewer: Viewer, owner: Mapping[str, Any], path: tuple[str, ...]) -> None:
    """Refuse to write the list of a household or person that has an account and so writes it alone.

    Whoever has no account may be helped by those in charge; with the first account that ends.

    Raises:
        Forbidden: `owner` is not the viewer's own and somebody there has an account that is not disabled.
    """
    if _others(viewer, owner) and await _signs_in(owner):
        raise Forbidden(
            "这一户有自己的账号,清单由本户自己填、自己交",
            "They have an account of their own, and enter and hand in their lists themselves",
            path,
        )


def owner_of(row: Any) -> dict[str, Any]:
    """Return the owner's columns of a stored list."""
    return {name: getattr(row, name) for name in OWNERS}


def _others(viewer: Viewer, owner: Mapping[str, Any]) -> bool:
    me, person, household = viewer.principal, owner["owner_person_id"], owner["owner_household_id"]
    if owner["owner_organisation_id"] is not None:
        return False
    return household not in me.household_ids if person is None else person != me.person_id


async def _signs_in(owner: Mapping[str, Any]) -> bool:
    person, household = owner["owner_person_id"], owner["owner_household_id"]
    of = {"person_id": person} if person is not None else {"person__household_id": household}
    rows = await Account.filter(**of).values_list("person_id", "disabled_at")
    # One disabled account shuts the person out, whatever others there are (`queries.principal.load_person`).
    return bool({key for key, _ in rows} - {key for key, disabled in rows if disabled is not None})
