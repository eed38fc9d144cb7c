"""How many units and people are registered at a place and below it."""

from dataclasses import dataclass

from api.plan.loaders import loader
from api.plan.selection import Selected
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.state_machines.registration import RegistrationStatus


@dataclass(frozen=True, slots=True)
class Registered:
    """Units that registered themselves, and people, each counted once."""

    organisations: int
    people: int


NOBODY = Registered(0, 0)


@loader("registered")
async def registered(viewer: Viewer, keys: list[int], selected: Selected) -> dict[int, Registered]:
    """Count confirmed registrations by place, all places of a level in one statement.

    The two numbers are public, like the list of units; who the people are is not.
    """
    statement = Statement()
    # "0" is the character after "/": the range is the whole subtree, and an index serves it.
    below = "r.path >= p.path AND r.path < substr(p.path, 1, length(p.path) - 1) || '0'"
    rows = await statement.fetch(
        "SELECT p.id, COUNT(DISTINCT CASE WHEN r.person_id IS NULL THEN r.organisation_id END) AS organisations,"
        f" COUNT(DISTINCT r.person_id) AS people FROM place p JOIN registration r ON {below}"
        f" WHERE {statement.among('p.id', keys)} AND r.status = {statement.bind(RegistrationStatus.ACTIVE.value)}"
        " GROUP BY p.id"
    )
    found = {row["id"]: Registered(row["organisations"], row["people"]) for row in rows}
    return {key: found.get(key, NOBODY) for key in keys}
