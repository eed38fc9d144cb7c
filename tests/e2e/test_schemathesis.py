"""Calls that schemathesis makes up from the schema, as several roles: whatever comes, the server never breaks."""

import json
import os
from collections import Counter
from typing import Any

import hypothesis
import pytest
import schemathesis
from graphql import get_introspection_query
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from schemathesis.core.result import Ok

from tests.e2e.in_process import InProcess

ROLES = ["committee administrator", "partner", "property manager", "resident", "auditor", None]
# Six roles make 2,100 calls; docs/development.md has the command that makes 5,100.
CALLS = int(os.environ.get("WUJIA_SCHEMATHESIS_CALLS", "350"))
KNOWN = """{ place(code: "140881001008") { id }
  organisations(first: 5) { nodes { id } } needs(first: 5) { nodes { id } }
  resources(first: 5) { nodes { id } } projects(first: 3) { nodes { id } } serviceItems(first: 3) { nodes { id } }
  matches(first: 3) { nodes { id } } ruleSets(first: 2) { nodes { id } } needLists(first: 2) { nodes { id } } }"""
CODES = ["140881001008", "140881", "x-liuan-huadu", "life", "life.haircut", "ELDERLY", "PIECE", "need:read",
         "FREQ=DAILY", "2026-12-01"]  # fmt: skip


def identifiers(found: Any) -> list[str]:
    """Return all identifiers within an answer."""
    if isinstance(found, list):
        return [each for item in found for each in identifiers(item)]
    if isinstance(found, dict):
        own = [found["id"]] if "id" in found else []
        return own + [each for value in found.values() for each in identifiers(value)]
    return []


def made_up(inside: InProcess, token: str | None) -> st.SearchStrategy[Any]:
    """Return schemathesis's calls of every root field; identifiers and codes often exist."""
    known = identifiers(inside.data(KNOWN, {}, token))
    words = st.sampled_from([json.dumps(each) for each in CODES]) | st.text(max_size=20).map(json.dumps)
    schemathesis.graphql.scalar("ID", (st.sampled_from(known) | st.text(max_size=12)).map(nodes.String))
    schemathesis.graphql.scalar("JSON", words.map(nodes.String))
    schema = schemathesis.graphql.from_dict(inside.data(get_introspection_query(), {}, token))
    found = list(schema.get_all_operations())
    operations = [each.ok() for each in found if isinstance(each, Ok)]
    assert len(operations) == len(found) > 50
    return st.one_of([each.as_strategy() for each in operations])


# Each of schemathesis's cases gets an id at random, and hypothesis warns of randomness that it does not see.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
@pytest.mark.parametrize("role", ROLES)
def test_nothing_that_schemathesis_makes_up_breaks_the_server(
    inside: InProcess, tokens: dict[str, str], role: str | None
) -> None:
    token = None if role is None else tokens[role]
    told: Counter[str] = Counter()
    broken: list[str] = []

    # A call changes what the next one finds, so that nothing could be shrunk: faults are told as they came.
    @hypothesis.settings(
        max_examples=CALLS, deadline=None, database=None, suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )  # fmt: skip
    @hypothesis.given(made_up(inside, token))
    def call(case: Any) -> None:
        answer = inside.ask(case.body, {}, token)
        codes = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
        told.update(codes or ["fine"])
        if answer.status_code >= 500 or not {"INTERNAL", "TIMEOUT"}.isdisjoint(codes):
            broken.append(f"{case.body}\n{answer.status_code} {answer.text[:500]}")

    call()
    assert not broken, "\n\n".join(broken[:5])
    assert told.total() >= CALLS
    assert told["fine"] > CALLS // 20, told
    assert len(told) > 2, told
