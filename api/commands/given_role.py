"""Roles that come and go with something else: a helper's with the registration, a lead's with the team.

Whoever may confirm the one gives the other with it; nobody does so for themselves.
"""

from typing import Any

from tortoise.expressions import Q

from api import clock
from api.commands.editing import save
from api.commands.unit_of_work import Done, UnitOfWork
from api.errors import Forbidden
from api.identifiers import new_id
from api.matching.places import prefixes
from api.models import Membership
from auth.roles import Role


async def holds_role(person_id: int, role: Role, path: str, besides: int | None = None) -> bool:
    """Tell whether a person holds the role at the place or above it today, `besides` a membership left out."""
    held = _in_force(person_id).filter(role=role, path__in=["", *prefixes(path)])
    return bool(await (held if besides is None else held.exclude(id=besides)).exists())


async def acts_for(person_id: int, organisation_id: int) -> bool:
    """Tell whether a person holds any role for the organisation today."""
    return bool(await _in_force(person_id).filter(organisation_id=organisation_id).exists())


async def give_role(
    work: UnitOfWork, role: Role, person_id: int, place: tuple[int, str], rule: str | None, named: tuple[str, ...]
) -> int:
    """Give a person a role at a place (its key and path) from today on; return the membership.

    It is never held for an organisation: then the person would speak for it. `named` is where the input of the
    command names the person.

    Raises:
        Forbidden: the viewer would give it to themselves.
    """
    if work.viewer.principal.person_id == person_id:
        raise Forbidden("不能给自己授权", "Nobody changes their own roles", named)
    today = clock.today()
    row = await Membership.create(
        id=new_id(),
        person_id=person_id,
        role=role,
        place_id=place[0],
        path=place[1],
        valid_from=today,
        confirmed_on=today,
    )
    work.record(_done("grant", row, {"role": [None, role]}, rule))
    return int(row.id)


async def end_role(work: UnitOfWork, membership_id: int | None, rule: str | None) -> None:
    """End a membership at once, if it is still in force."""
    row = await Membership.get_or_none(id=membership_id)
    yesterday = clock.today().toordinal() - 1
    if row is not None and (row.valid_to is None or row.valid_to.toordinal() > yesterday):
        changed = await save(row, {"valid_to": type(clock.today()).fromordinal(yesterday)})
        work.record(_done("end", row, changed, rule))


def _in_force(person_id: int) -> Any:
    today = clock.today()
    return Membership.filter(Q(valid_to=None) | Q(valid_to__gte=today), person_id=person_id, valid_from__lte=today)


def _done(verb: str, row: Membership, change: dict[str, Any], rule: str | None) -> Done:
    return Done(f"membership.{verb}", "Membership", row.id, row.path, change, rule)
