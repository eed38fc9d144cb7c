"""How much of a match's reason a viewer may know."""

from collections.abc import Mapping
from typing import Any, Final

from api.plan.global_id import global_id
from api.plan.viewer import Viewer
from auth.permissions import Action, Object, Permission
from auth.relations import RowScope
from rules.vocabulary import PRIVATE

EXACT_PLACE: Final = Permission(Object.NEED_EXACT_PLACE, Action.READ)
OFFER_PLACE: Final = Permission(Object.RESOURCE_EXACT_PLACE, Action.READ)
CONDITION: Final = ("path", "field", "operator", "expected", "actual", "holds", "points")
"""What a stored condition and a served one have in common."""


def version_id(_viewer: Viewer, reason: Mapping[str, Any]) -> str:
    """Return the global identifier of the rule version that decided."""
    return global_id("RuleVersion", int(reason["rule_version"]))


def known_conditions(viewer: Viewer, reason: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the conditions of a reason that the viewer may know, each with its sentence in the viewer's language.

    A provider who sees the match need not learn from it what the need would cost or in which building it is.
    """
    language = viewer.principal.language
    return [
        {name: each[name] for name in CONDITION} | {"sentence": each[language]}
        for each in reason["conditions"]
        if not _hidden(viewer, reason, each["field"])
    ]


def known_parts(viewer: Viewer, reason: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of the score, without those of preferences that hang on what the viewer may not know."""
    hidden = {
        each["path"].partition(".when")[0].partition(".")[2]
        for each in reason["conditions"]
        if ".when" in each["path"] and _hidden(viewer, reason, each["field"])
    }
    return [part for part in reason["parts"] if part["label"] not in hidden]


def _hidden(viewer: Viewer, reason: Mapping[str, Any], field: str) -> bool:
    if field not in PRIVATE:
        return False
    here = RowScope(path=reason["path"])
    demand_known = reason["need"] is None or viewer.may(EXACT_PLACE, here)
    # That two things stand in one building tells of each where it is, also beside a project, which hides nothing.
    pair_known = demand_known and viewer.may(OFFER_PLACE, here)
    return not (pair_known if field.startswith("pair.") else demand_known)
