"""The decision table: what casbin answers for each role, object, action and relation.

After a change of the policy: ``python -m tests.auth.decision_table`` writes the golden file
anew; its difference is what a reviewer reads. A line names the relations under which the role
is allowed (or denied by a rule); ``none`` is a row to which the caller is not related.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from auth.enforcement import Authoriser
from auth.permissions import Action, Object, Permission
from auth.policy import load_shipped
from auth.relations import BITS
from auth.roles import ROLE_BITS, Role

GOLDEN = Path(__file__).with_name("decision_table.csv")
RELATIONS = {"none": 0, **{relation.value: bit for relation, bit in BITS.items()}}
HEADER = "role,permission,verdict,relations"
ALL_PERMISSIONS = tuple(Permission(name, action) for name in Object for action in Action)


def verdict(authoriser: Authoriser, roles: int, permission: Permission, relations: int) -> str:
    """Return allow, deny (a rule forbids it) or "" (no rule speaks of it)."""
    found = authoriser.decide(roles, permission, relations)
    return "allow" if found.allowed else "deny" if found.rule_id else ""


def lines_of(authoriser: Authoriser, roles: Iterable[Role], permissions: Iterable[Permission]) -> Iterator[str]:
    """Yield the lines of the table for these roles and permissions."""
    permissions = tuple(permissions)
    for role in roles:
        for permission in permissions:
            by_verdict: dict[str, list[str]] = {}
            for name, bits in RELATIONS.items():
                answer = verdict(authoriser, ROLE_BITS[role], permission, bits)
                by_verdict.setdefault(answer, []).append(name)
            for answer in ("allow", "deny"):
                if names := by_verdict.get(answer):
                    yield f"{role},{permission},{answer},{' '.join(names)}"


def golden_lines() -> list[str]:
    """Return the reviewed lines, without the header."""
    return GOLDEN.read_text(encoding="utf-8").splitlines()[1:]


if __name__ == "__main__":
    rows = lines_of(Authoriser(load_shipped()), Role, ALL_PERMISSIONS)
    GOLDEN.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
