"""Ask casbin, once for each distinct question, and remember the answer. Nobody else imports it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import casbin
from casbin.model import FastModel, FastPolicy
from casbin.rbac import RoleManager

from auth.permissions import Permission
from auth.policy import Policy
from auth.predicates import Never, visible
from auth.principal import Principal
from auth.relations import RowScope, names_of, organisation_relations, personal_relations
from auth.roles import ROLE_BITS, ROLE_LABELS, Role

# Far more than a day's distinct questions; the memory is thrown away whole when it is full.
REMEMBERED = 100_000

# Which fields of a rule look it up: object and action. Casbin's look-up works with exactly two.
_LOOK_UP = (1, 2)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, the rule it rests on (None: no rule speaks of it), and the reason to tell."""

    allowed: bool
    rule_id: str | None
    zh: str
    en: str


class Authoriser:
    """Answer what a caller may do, by one policy that never changes.

    Build a new one for a new policy and put it in the `AuthoriserHolder`. Ask from any thread:
    casbin's look-up is not safe to share, so a question that is new is asked under a lock.
    """

    def __init__(self, policy: Policy, *, remembered: int = REMEMBERED) -> None:
        self.policy = policy
        self._enforcer = _enforcer_of(policy)
        self._remembered = remembered
        self._memory: dict[tuple[int, Permission, int], Explanation] = {}
        self._lock = threading.Lock()

    def ask(self, principal: Principal, permission: Permission, row: RowScope) -> bool:
        """Return whether the caller may do this to the row."""
        return self.explain(principal, permission, row).allowed

    def explain(self, principal: Principal, permission: Permission, row: RowScope) -> Explanation:
        """Return the decision with the rule that makes it; a deny of any standing beats all."""
        if principal.key_scopes is not None and permission not in principal.key_scopes:
            return _outside(permission)
        answer = _NO_RULE
        path, personal = row.path, personal_relations(principal, row)
        for standing in principal.standings:
            roles = 0
            for scope, bits in standing.held:
                if path.startswith(scope):
                    roles |= bits
            if not roles:
                continue
            relations = personal
            if standing.organisation_ids:
                relations |= organisation_relations(standing.organisation_ids, row)
            found = self.decide(roles, permission, relations)
            if found.rule_id is not None:
                if not found.allowed:
                    return found
                if not answer.allowed:
                    answer = found
        return answer

    def may_somewhere(self, principal: Principal, permission: Permission) -> bool:
        """Return whether there can be a row on which the caller has the permission."""
        return not isinstance(visible(self.policy, principal, permission), Never)

    def decide(self, roles: int, permission: Permission, relations: int) -> Explanation:
        """Return casbin's answer for roles and relations given as bits, asked once and kept."""
        question = roles, permission, relations
        return self._memory.get(question) or self._ask_casbin(question)

    def _ask_casbin(self, question: tuple[int, Permission, int]) -> Explanation:
        roles, permission, relations = question
        held = frozenset(role.value for role, bit in ROLE_BITS.items() if roles & bit)
        with self._lock:
            if not self._enforcer.enabled:
                raise RuntimeError("casbin's enforcement was switched off: everything would pass")
            allowed, rule = self._enforcer.decide(
                held, permission.object.value, permission.action.value, names_of(relations)
            )
            answer = _explained(allowed, rule)
            if len(self._memory) >= self._remembered:
                self._memory.clear()
            if self._remembered:
                self._memory[question] = answer
        return answer


class AuthoriserHolder:
    """Hold the authoriser in force; a new policy is built aside and swapped in whole."""

    def __init__(self, policy: Policy) -> None:
        self.current = Authoriser(policy)

    def swap(self, policy: Policy) -> Authoriser:
        """Put a policy in force and return its authoriser; those handed out before stay as is."""
        if policy.version != self.current.policy.version:
            self.current = Authoriser(policy)
        return self.current


class _RolesInForce(RoleManager):  # type: ignore[misc]  # casbin has no annotations
    """Answer casbin's g(): the subject is the set of roles in force, and nothing is stored."""

    def has_link(self, name1: frozenset[str], name2: str, *domain: str) -> bool:
        return name2 in name1

    def add_link(self, name1: str, name2: str, *domain: str) -> None:
        raise RuntimeError("memberships are rows of the database, not policy")

    delete_link = add_link


class _OrderedPolicy(FastPolicy):  # type: ignore[misc]  # casbin has no annotations
    """Keep the rules of one look-up in their order, so that every process names the same rule."""

    def append(self, item: list[str]) -> None:
        rules = self._cache.setdefault(item[1], {}).setdefault(item[2], {})
        rules[tuple(item)] = None


class _Enforcer(casbin.FastEnforcer):  # type: ignore[misc]  # casbin has no annotations
    """Casbin's enforcer, asked for the deciding rule as well, which its own class cannot filter.

    The matcher is parsed once, when the enforcer is built. Casbin parses it in each call, which
    costs half of a decision, and in CPython 3.11 a parse fails when another one comes between,
    be it in another thread or in the printing of a traceback.
    """

    _matcher: object = None

    def _get_expression(self, expr: str, functions: object = None) -> object:
        if self._matcher is None:
            self._matcher = super()._get_expression(expr, functions)
        return self._matcher

    def decide(
        self, held: frozenset[str], name: str, action: str, relations: tuple[str, ...]
    ) -> tuple[bool, list[str]]:
        policy = self.model["p"]["p"].policy
        policy.apply_filter(name, action)
        try:
            allowed, rule = self.enforce_ex(held, name, action, relations)
        finally:
            policy.clear_filter()
        return bool(allowed), list(rule)


def _enforcer_of(policy: Policy) -> _Enforcer:
    if not policy.rules:
        raise ValueError("a policy without rules decides nothing")
    model = FastModel(list(_LOOK_UP))
    model.load_model_from_text(files("auth").joinpath("model.conf").read_text(encoding="utf-8"))
    model["p"]["p"].policy = _OrderedPolicy(list(_LOOK_UP))
    enforcer = _Enforcer(model, cache_key_order=list(_LOOK_UP))
    enforcer.set_named_role_manager("g", _RolesInForce())
    enforcer.build_role_links()
    for row in _rows(policy):
        if not enforcer.add_policy(*row):
            raise ValueError(f"casbin did not take rule {row[5]}")
    enforcer.decide(frozenset(), "", "", ())
    return enforcer


def _rows(policy: Policy) -> Iterator[tuple[str, ...]]:
    # Casbin names the last rule that matched; reversed, that is the first of the file.
    for rule in reversed(policy.rules):
        yield (*(part.value for part in rule.question), rule.effect.value, rule.id)


_NO_RULE = Explanation(False, None, "没有规则允许此操作", "no rule allows this")


def _explained(allowed: bool, rule: list[str]) -> Explanation:
    if not rule:
        return _NO_RULE
    label, rule_id = ROLE_LABELS[Role(rule[0])], rule[5]
    zh, en = ("允许", "allowed") if allowed else ("禁止", "denied")
    return Explanation(allowed, rule_id, f"规则 {rule_id} {zh}（{label.zh}）", f"{en} by {rule_id} ({label.en})")


def _outside(permission: Permission) -> Explanation:
    return Explanation(False, None, f"密钥的范围不含 {permission}", f"the key's scopes do not include {permission}")
