"""Who may do what, read from the lines of the policy by a loop: nothing of `auth` is used but the file itself."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import auth

# By docs/permissions.md: who holds the first may all that the others may.
MORE = {
    "OWNER": {"RESIDENT"},
    "OWNERS_COMMITTEE": {"UNIT_REPRESENTATIVE"},
    "PROPERTY_MANAGER": {"PROPERTY_CLERK", "UNIT_REPRESENTATIVE"},
    "GRID_HEAD": {"GRID_WORKER"},
    "COMMUNITY_COMMISSIONER": {"DEPARTMENT_OFFICER"},
    "SUBDISTRICT_OFFICER": {"COMMUNITY_COMMISSIONER", "DEPARTMENT_OFFICER"},
    "COMMITTEE_STAFF": {"COMMUNITY_COMMISSIONER", "DEPARTMENT_OFFICER"},
    "COMMITTEE_ADMINISTRATOR": {"COMMITTEE_STAFF", "COMMUNITY_COMMISSIONER", "DEPARTMENT_OFFICER"},
    "AUDITOR": {"DEPARTMENT_OFFICER"},
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a row decides who may see it."""

    path: str = ""
    owner_person: int | None = None
    owner_household: int | None = None
    owner_organisation: int | None = None
    assigned_person: int | None = None
    assigned_organisation: int | None = None
    party_person: int | None = None
    party_household: int | None = None
    party_organisation: int | None = None
    visibility: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the policy."""

    role: str
    relation: str
    allows: bool


Policy = dict[tuple[str, str], list[Line]]


def shipped() -> Policy:
    """Return all lines of the shipped policy, by object and action."""
    text = (Path(auth.__path__[0]) / "policy.csv").read_text(encoding="utf-8")
    rows = csv.reader((line for line in text.splitlines() if line[:2] == "p,"), skipinitialspace=True)
    found: Policy = {}
    for _, role, thing, action, relation, effect, _ in rows:
        found.setdefault((thing, action), []).append(Line(role, relation, effect == "allow"))
    return found


def may(policy: Policy, caller: Any, thing: str, facts: Facts, action: str = "read") -> bool:
    """Tell whether one line allows it and none denies it."""
    scopes = caller.key_scopes
    if scopes is not None and not any((each.object, each.action) == (thing, action) for each in scopes):
        return False
    allowed = False
    for line in policy[thing, action]:
        if any(holds(line.relation, caller, each, facts) for each in standings(line.role, caller, facts)):
            if not line.allows:
                return False
            allowed = True
    return allowed


def standings(role: str, caller: Any, facts: Facts) -> Iterator[frozenset[int]]:
    """Yield for which organisations the caller holds a role where the row lies."""
    if role == "ANONYMOUS":
        yield caller.organisation_ids
    for held in caller.held:
        if facts.path.startswith(held.scope) and (held.role == role or role in MORE.get(held.role, ())):
            yield caller.organisation_ids if held.organisation_id is None else frozenset({held.organisation_id})


def holds(relation: str, caller: Any, organisations: frozenset[int], facts: Facts) -> bool:
    """Tell whether a relation holds between a caller, standing for these organisations, and a row."""
    me, homes = caller.person_id, caller.household_ids
    if relation == "self":
        return (me is not None and facts.owner_person == me) or facts.owner_household in homes
    if relation == "org":
        return facts.owner_organisation in organisations
    if relation == "assigned":
        return (me is not None and facts.assigned_person == me) or facts.assigned_organisation in organisations
    if relation == "party":
        mine = (me is not None and facts.party_person == me) or facts.party_household in homes
        return mine or facts.party_organisation in organisations
    if relation == "member":
        inside = any(facts.path.startswith(path) for path in caller.community_paths)
        return inside and facts.visibility in ("PUBLIC", "MEMBERS")
    if relation == "public":
        return facts.visibility == "PUBLIC"
    return relation == "any"
