"""What a caller may do, worked out the slow and plain way from the rows of the policy file.

It shares no code with auth/: no bits, no memory, no predicate, no parser.
"""

from __future__ import annotations

from auth.permissions import Permission
from auth.principal import HeldRole, Principal
from auth.relations import RowScope

# (role, object, action, relation, effect)
PlainRule = tuple[str, str, str, str, str]

MORE_THAN = {
    "OWNER": ["RESIDENT"],
    "OWNERS_COMMITTEE": ["UNIT_REPRESENTATIVE"],
    "PROPERTY_MANAGER": ["PROPERTY_CLERK", "UNIT_REPRESENTATIVE"],
    "GRID_HEAD": ["GRID_WORKER"],
    "COMMUNITY_COMMISSIONER": ["DEPARTMENT_OFFICER"],
    "SUBDISTRICT_OFFICER": ["COMMUNITY_COMMISSIONER", "DEPARTMENT_OFFICER"],
    "COMMITTEE_STAFF": ["COMMUNITY_COMMISSIONER", "DEPARTMENT_OFFICER"],
    "COMMITTEE_ADMINISTRATOR": [
        "COMMITTEE_STAFF",
        "COMMUNITY_COMMISSIONER",
        "DEPARTMENT_OFFICER",
    ],
    "AUDITOR": ["DEPARTMENT_OFFICER"],
}


def plain_rules(text: str) -> list[PlainRule]:
    """Read the file's rows by splitting them."""
    rows = [line.split(", ") for line in text.splitlines() if line.startswith("p, ")]
    return [(row[1], row[2], row[3], row[4], row[5]) for row in rows]


def oracle(rules: list[PlainRule], caller: Principal, permission: Permission, row: RowScope) -> bool:
    """Return whether some rule allows it and none denies it."""
    if caller.key_scopes is not None and permission not in caller.key_scopes:
        return False
    effects = set()
    for rule in rules:
        if rule[1] != permission.object.value or rule[2] != permission.action.value:
            continue
        if rule[0] == "ANONYMOUS" and holds(rule[3], caller, None, row):
            effects.add(rule[4])
        for held in caller.held:
            roles = [held.role.value, *MORE_THAN.get(held.role.value, [])]
            if rule[0] in roles and covers(held.scope, row) and holds(rule[3], caller, held, row):
                effects.add(rule[4])
    return "allow" in effects and "deny" not in effects


def covers(scope: str, row: RowScope) -> bool:
    """Compare the places step by step."""
    steps = [step for step in scope.split("/") if step]
    return [step for step in row.path.split("/") if step][: len(steps)] == steps


def holds(relation: str, caller: Principal, held: HeldRole | None, row: RowScope) -> bool:
    """Tell whether the caller is related to the row as the rule asks."""
    ours = set(caller.organisation_ids)
    if held is not None and held.organisation_id is not None:
        ours = {held.organisation_id}
    match relation:
        case "any":
            return True
        case "self":
            mine = row.owner_person_id is not None and row.owner_person_id == caller.person_id
            return mine or row.owner_household_id in set(caller.household_ids)
        case "org":
            return row.owner_organisation_id in ours
        case "assigned":
            me = row.assigned_person_id is not None and row.assigned_person_id == caller.person_id
            return me or row.assigned_organisation_id in ours
        case "party":
            me = row.party_person_id is not None and row.party_person_id == caller.person_id
            ours_too = row.party_organisation_id in ours
            return me or ours_too or row.party_household_id in set(caller.household_ids)
        case "member":
            here = any(covers(path, row) for path in caller.community_paths)
            return here and row.visibility in ("PUBLIC", "MEMBERS")
        case "public":
            return row.visibility == "PUBLIC"
    raise AssertionError(relation)
