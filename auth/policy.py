"""The policy: the list of all rules in force, built whole and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from types import MappingProxyType

from auth.permissions import Permission
from auth.policy_rows import Effect, PolicyRefused, Rule, distinct, rows_of, rule_of
from auth.relations import Relation
from auth.roles import Role

# A shipped file with fewer rules was cut off somewhere, and must not start a server.
SHIPPED_RULES = 641


@dataclass(frozen=True)
class Policy:
    """All rules in force. Casbin and the predicates both read ``rules``, and nothing else.

    ``version`` is a digest of the rules, so that two processes can tell whether they agree.
    """

    version: str
    rules: tuple[Rule, ...]

    @cached_property
    def by_permission(self) -> Mapping[Permission, tuple[Rule, ...]]:
        """Return the same rules, grouped by what they are about."""
        groups: dict[Permission, list[Rule]] = {}
        for rule in self.rules:
            groups.setdefault(rule.permission, []).append(rule)
        return MappingProxyType({key: tuple(rules) for key, rules in groups.items()})

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """Return the rules by their id."""
        return MappingProxyType({rule.id: rule for rule in self.rules})


def policy_of(rules: Iterable[Rule]) -> Policy:
    """Return the policy of these rules, with its version."""
    rules = tuple(rules)
    rows = "\n".join(",".join((*rule.question, rule.effect, rule.id)) for rule in rules)
    return Policy(hashlib.sha256(rows.encode()).hexdigest()[:16], rules)


def parse_policy(text: str, *, at_least: int = 1) -> Policy:
    """Read the text of a policy file.

    Raises:
        PolicyRefused: a row is malformed or doubled, or the file has fewer rules than expected.
    """
    rules = distinct(rows_of(text))
    if len(rules) < at_least:
        raise PolicyRefused(
            len(text.splitlines()),
            f"只有 {len(rules)} 条规则，至少应有 {at_least} 条",
            f"only {len(rules)} rules, expected at least {at_least}",
        )
    return policy_of(rules)


def load_shipped(overlay: Iterable[Sequence[str]] = ()) -> Policy:
    """Return the policy that comes with the package, and a deployment's additional rows.

    An overlay row is (role, object, action, relation, effect, id), its id starting with X.

    Raises:
        PolicyRefused: a row is malformed or doubled, or would weaken a shipped deny.
    """
    text = files("auth").joinpath("policy.csv").read_text(encoding="utf-8")
    return with_overlay(parse_policy(text, at_least=SHIPPED_RULES), overlay)


def with_overlay(shipped: Policy, rows: Iterable[Sequence[str]]) -> Policy:
    """Return the policy with additional rows; the line of a refusal counts these rows from 1.

    Raises:
        PolicyRefused: a row is malformed or doubled, or would weaken a shipped deny.
    """
    numbered = [(number, rule_of(number, row)) for number, row in enumerate(rows, start=1)]
    for number, rule in numbered:
        _refuse_overlay(number, rule, shipped.by_permission.get(rule.permission, ()))
    added = distinct(numbered)
    return policy_of((*shipped.rules, *added)) if added else shipped


def _refuse_overlay(number: int, rule: Rule, shipped: tuple[Rule, ...]) -> None:
    # Shipped ids start with R, so an overlay can never take the place of a shipped rule.
    if not rule.id.startswith("X"):
        raise PolicyRefused(number, f"编号须以 X 开头：{rule.id}", f"not an id with X: {rule.id}")
    for known in shipped:
        # Everybody holds ANONYMOUS, so its denies speak about every role.
        if known.role not in (rule.role, Role.ANONYMOUS):
            continue
        if (known.role, known.effect, known.relation) == (rule.role, rule.effect, rule.relation):
            raise PolicyRefused(number, f"与规则 {known.id} 重复", f"the same as rule {known.id}")
        if known.effect is Effect.DENY and rule.effect is Effect.ALLOW and _meet(known, rule):
            raise PolicyRefused(number, f"会削弱禁止规则 {known.id}", f"would weaken the shipped deny {known.id}")


def _meet(one: Rule, other: Rule) -> bool:
    return Relation.ANY in (one.relation, other.relation) or one.relation is other.relation
