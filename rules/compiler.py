"""Compile a rule document into the rulesets that durable_rules is given.

Only shapes whose answers are known to be right leave this module: flat groups of
equalities and comparisons, one engine rule a branch, groups of alternatives (made of
constants only) at the very end, a group that is always true when there is none, and a
sentinel rule that fires last. Regular expressions, ``$nex``, division, arithmetic and
arrays have no way to be expressed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from rules.atoms import Atom, Branch, Term, TooComplex
from rules.document import Rule, RuleDocument
from rules.language import content_hash
from rules.normal_form import MAX_PREFERENCE_BRANCHES, branches
from rules.patterns import Names, join_patterns, pair_pattern
from rules.vocabulary import DERIVED, SAME_PLACE

RULES_A_HANDLE: Final = 48
"""A fact that meets the first conditions of 65 rules overflows a stack of the library."""
ALTERNATIVES_A_HANDLE: Final = 300
"""512 alternatives under one node make the library loop for ever."""
MAX_ENGINE_RULES: Final = 1_500
MAX_ENGINE_CONDITIONS: Final = 20_000
MAX_PROPERTIES: Final = 240
"""The library keeps 255 properties a fact; the rest is for id, kind and flags."""
SENTINEL: Final = "_end"


class Mode(StrEnum):
    """Say how candidate pairs of a rule are made."""

    JOIN = "join"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class EngineRuleset:
    """Hold the rules of one handle as JSON text, under a name that is unique."""

    name: str
    rules_json: str
    rules: int


@dataclass(frozen=True, slots=True)
class Stage:
    """Hold the rulesets that see the same facts, and the name of each property.

    ``asking`` are the indexes of the rules whose acceptance is a property of the
    facts (preferences only).
    """

    rulesets: tuple[EngineRuleset, ...]
    names: Mapping[Term, str]
    asking: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CompiledVersion:
    """Hold everything the engine needs for one version; a stage without rules is None.

    ``prefer`` runs over accepted pairs only, as one-fact rules in either mode.
    """

    document: RuleDocument
    version_hash: str
    modes: tuple[Mode, ...]
    join: Stage | None
    pair: Stage | None
    prefer: Stage | None

    @property
    def engine_rules(self) -> int:
        """Return the number of engine rules in all, without sentinels."""
        stages = (self.join, self.pair, self.prefer)
        return sum(each.rules for stage in stages if stage for each in stage.rulesets)


def compile_document(document: RuleDocument) -> CompiledVersion:
    """Compile a checked document.

    Raises:
        TooComplex: a limit is exceeded once the conditions are written out.
    """
    version_hash = content_hash(document)
    written = [branches(rule.require) for rule in document.rules]
    modes = tuple(mode_of(found) for found in written)
    join, pair = _Drafts(), _Drafts()
    for at, rule in enumerate(document.rules):
        drafts = join if modes[at] is Mode.JOIN else pair
        patterns = join_patterns if modes[at] is Mode.JOIN else pair_pattern
        for number, branch in enumerate(written[at]):
            patched = (*_kind_of_demand(rule), *branch)
            drafts.add(rule_name(at, None, number), patterns(patched, drafts.names), patched)
    prefer, asking = _preferences(document)
    drafts_in_all = (join, pair, prefer)
    if sum(len(each.rules) for each in drafts_in_all) > MAX_ENGINE_RULES or (
        sum(each.conditions for each in drafts_in_all) > MAX_ENGINE_CONDITIONS
    ):
        raise TooComplex(
            "DOCUMENT_TOO_LARGE",
            "整份规则展开后太大,请拆成几份",
            "The document is too large once it is written out; split it",
        )
    return CompiledVersion(
        document,
        version_hash,
        modes,
        join.stage(f"{version_hash}.join"),
        pair.stage(f"{version_hash}.pair"),
        prefer.stage(f"{version_hash}.prefer", asking),
    )


def mode_of(written: Iterable[Branch]) -> Mode:
    """Choose the mode of a rule from its written-out condition.

    A value derived from a pair needs pair mode. So does a same-place boolean that is
    compared with another field: a join knows it as an equality only.
    """
    for branch in written:
        for atom in branch:
            terms = [term for term in (atom.left, atom.right) if isinstance(term, Term)]
            if any(term.field in DERIVED for term in terms):
                return Mode.PAIR
            if len(terms) == 2 and any(term.field in SAME_PLACE for term in terms):
                return Mode.PAIR
    return Mode.JOIN


def rule_name(rule: int, preference: int | None, branch: int) -> str:
    """Name an engine rule so that ``read_rule_name`` finds what it stands for."""
    return f"{rule}:{'' if preference is None else preference}:{branch}"


def read_rule_name(name: str) -> tuple[int, int | None, int]:
    """Return rule, preference (None for ``require``) and branch of an engine rule."""
    rule, preference, branch = name.split(":")
    return int(rule), int(preference) if preference else None, int(branch)


def _kind_of_demand(rule: Rule) -> Branch:
    if rule.demand == "both":
        return ()
    return (Atom(Term("demand.kind"), "=", rule.demand.upper()),)


def _preferences(document: RuleDocument) -> tuple[_Drafts, tuple[int, ...]]:
    drafts = _Drafts()
    asking = tuple(at for at, rule in enumerate(document.rules) if rule.prefer)
    for at in asking:
        for which, preference in enumerate(document.rules[at].prefer):
            written = branches(preference.when, MAX_PREFERENCE_BRANCHES)
            for number, branch in enumerate(written):
                patterns = pair_pattern(branch, drafts.names, accepted_by=at)
                drafts.add(rule_name(at, which, number), patterns, branch)
    return drafts, asking


class _Drafts:
    """Gather the engine rules of one stage and cut them into handles."""

    def __init__(self) -> None:
        self.names = Names()
        self.rules: list[tuple[str, dict[str, Any], int]] = []
        self.conditions = 0

    def add(self, name: str, patterns: list[dict[str, Any]], branch: Branch) -> None:
        alternatives = sum(len(a.right) for a in branch if isinstance(a.right, tuple))
        self.conditions += len(branch) + alternatives
        self.rules.append((name, {"all": patterns, "cap": 5000, "pri": 1}, alternatives))

    def stage(self, name: str, asking: tuple[int, ...] = ()) -> Stage | None:
        if not self.rules:
            return None
        if len(self.names.table) + len(asking) > MAX_PROPERTIES:
            raise TooComplex(
                "TOO_MANY_FIELDS",
                f"整份规则用到的字段和取值最多 {MAX_PROPERTIES} 种",
                f"A document may use {MAX_PROPERTIES} different fields and elements at most",
            )
        handles = list(self._cut())
        rulesets = tuple(
            EngineRuleset(f"{name}.{at}", _ruleset_json(rules), len(rules)) for at, rules in enumerate(handles)
        )
        return Stage(rulesets, dict(self.names.table), asking)

    def _cut(self) -> Iterable[dict[str, dict[str, Any]]]:
        held: dict[str, dict[str, Any]] = {}
        room = ALTERNATIVES_A_HANDLE
        for name, rule, alternatives in self.rules:
            if held and (len(held) == RULES_A_HANDLE or alternatives > room):
                yield held
                held, room = {}, ALTERNATIVES_A_HANDLE
            held[name] = rule
            room -= alternatives
        yield held


def _ruleset_json(rules: Mapping[str, dict[str, Any]]) -> str:
    sentinel = {"all": [{"m": {SENTINEL: 1}}], "pri": 999}
    return json.dumps({**rules, SENTINEL: sentinel}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
