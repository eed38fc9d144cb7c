"""Commands and reads look at the same facts of a row, or a list would hold what a command refuses."""

import re
from typing import Any

import pytest

from api import models
from api.commands.permission import STANDS_FOR, scope_of
from api.models import ItemList
from api.models.choices import Visibility
from api.plan.registry import all_sources, source_named
from tests.api.world import NOW

# What a source takes from another row, and commands bring themselves (`claim_scope`).
LISTS = ("NeedList", "ProjectList", "ResourceList")
BORROWED = {name: {"visibility"} for name in ("Claim", "Registration", *LISTS)}


# Records that no command changes; a match is asked about with its resource as well (`api.commands.match`).
NEVER_ASKED_ABOUT = {"AuditEntry", "Job", "Match"}


def with_facts_of_their_own() -> list[str]:
    """Return the sources whose facts stand in their own rows.

    Of the others commands ask about another row: the organisation of a key, the need of a consent.
    """
    return [
        name
        for name, source in all_sources().items()
        if source.object and source.columns.get("path") == "t.path" and name not in NEVER_ASKED_ABOUT
    ]


MODELS: dict[str, type[Any]] = {
    name: ItemList if name in LISTS else getattr(models, name) for name in with_facts_of_their_own()
}


@pytest.mark.usefixtures("database")  # an open database tells models their foreign keys
@pytest.mark.parametrize("name", MODELS)
async def test_a_row_s_scope_has_the_facts_that_its_source_declares(name: str) -> None:
    declared = {fact: re.fullmatch(r"t\.(\w+)", sql) for fact, sql in source_named(name).columns.items()}
    columns = {fact: match[1] for fact, match in declared.items() if match}
    assert columns.keys() == declared.keys() - BORROWED.get(name, set())
    given: dict[str, Any] = {column: number for number, column in enumerate(set(columns.values()), start=1)}
    given |= {"path": "D/S/"} | ({"visibility": Visibility.MEMBERS} if "visibility" in columns else {})
    if name in LISTS:  # Of a list that was published, people see what it says.
        given |= {"published_on": NOW.date(), "visibility": Visibility.MEMBERS}
    if name == "Registration":  # Of one that was confirmed likewise.
        given |= {"confirmed_on": NOW.date(), "visibility": Visibility.MEMBERS}
    scope = scope_of(MODELS[name](**given))
    found = {
        "path": scope.path,
        "visibility": scope.visibility,
        "owner_person": scope.owner_person_id,
        "owner_household": scope.owner_household_id,
        "owner_organisation": scope.owner_organisation_id,
        "assigned_person": scope.assigned_person_id,
        "assigned_organisation": scope.assigned_organisation_id,
        "party_person": scope.party_person_id,
        "party_household": scope.party_household_id,
        "party_organisation": scope.party_organisation_id,
    }
    expected = {fact: given.get(columns.get(fact, fact)) for fact in found}
    assert found == expected, f"STANDS_FOR of api/commands/permission.py must say of {name} what its source says"


def test_every_model_that_stands_for_an_owner_is_compared_with_its_source() -> None:
    assert set(STANDS_FOR) <= set(MODELS.values())
