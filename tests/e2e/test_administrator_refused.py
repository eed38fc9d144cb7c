"""The administrator's steps as everybody else: refused, and nothing of the rule or its matches is told."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.asking import ERROR, FORBIDDEN, Somebody, done, refused
from tests.e2e.conftest import As
from tests.e2e.story import (
    DIANJI,
    SAVE,
    document,
    fresh,
    matches,
    offer,
    organisation,
    place,
    publish,
    published,
    save,
    submit,
)
from tests.e2e.test_administrator import CHECK, RESTORE, VERSION

STRANGERS = {
    "partner": "FORBIDDEN",
    "property firm clerk": "FORBIDDEN",
    "resident": "FORBIDDEN",
    "auditor": "FORBIDDEN",
    "grid worker": "FORBIDDEN",
    "staff": "FORBIDDEN",
    None: "UNAUTHENTICATED",
}
# Those who do not belong to the community, and may not even know that the rule exists.
OUTSIDE = ["property firm clerk", "resident of another community", "administrator of another community", None]
READ = """query($id: ID!) { node(id: $id) { id ... on RuleSet {
    draft { document } versions(first: 9) { totalCount } } } }"""
DISMISS = f"""mutation($id: ID!) {{ matchDismiss(id: $id, reason: "不合适") {{ __typename {ERROR} {FORBIDDEN} }} }}"""


@dataclass(frozen=True)
class Made:
    """What the administrator made: a rule set, its version, and a match that only administrators see."""

    rule_set: str
    version: str
    need: str
    match: str


@pytest.fixture(scope="module")
def made(somebody: As) -> Iterator[Made]:
    administrator = somebody("committee administrator")
    here, office = place(administrator, DIANJI), organisation(administrator, "电机社区居委会(演)")
    hidden = done(
        submit(administrator, place=here, owner={"organisation": office}, visibility="ADMINISTRATORS"), "Need"
    )
    resource = done(offer(administrator, place=here, owner={"organisation": office}), "Resource")
    rule_set, version = published(administrator, DIANJI, document(fresh("e2e-secret")))
    (match,) = [
        each["id"]
        for each in matches(administrator, ruleVersion=version["id"])
        if each["need"]["id"] == hidden["id"] and each["resource"]["id"] == resource["id"]
    ]
    yield Made(rule_set["id"], version["id"], hidden["id"], match)
    # Nobody of the tests below changed a thing.
    kept = administrator.one("query($id: ID!) { node(id: $id) { ... on RuleSet { version draft { version } } } }",
                             {"id": rule_set["id"]})  # fmt: skip
    assert kept["draft"]["version"] == 1
    assert administrator.one(VERSION, {"id": version["id"]})["status"] == "PUBLISHED"


@pytest.mark.parametrize(("role", "code"), STRANGERS.items())
def test_only_administrators_save_check_publish_restore_and_dismiss(
    somebody: As, made: Made, role: str | None, code: str
) -> None:
    asker = somebody(role)
    text = document("e2e-refused")
    for answer in (
        save(asker, text, place=place(asker, DIANJI)),
        save(asker, text, set=made.rule_set, version=1),
        asker.one(CHECK, {"document": text}),
        publish(asker, made.rule_set, 1),
        asker.one(RESTORE, {"id": made.version}),
        asker.one(DISMISS, {"id": made.match}),
    ):
        refusal = refused(answer, code)
        assert refusal["__typename"] == "ForbiddenError"
        assert "room" not in refusal["message"]


def test_another_communitys_administrator_does_not_find_what_is_here(somebody: As, made: Made) -> None:
    other = somebody("administrator of another community")
    refused(save(other, document("e2e-foreign"), set=made.rule_set, version=1), "NOT_FOUND")
    refused(publish(other, made.rule_set, 1), "NOT_FOUND")
    refused(other.one(RESTORE, {"id": made.version}), "NOT_FOUND")
    refused(other.one(DISMISS, {"id": made.match}), "NOT_FOUND")
    # The place itself everybody may see, so that the refusal says why.
    refused(save(other, document("e2e-foreign"), place=place(other, DIANJI)), "FORBIDDEN")


@pytest.mark.parametrize("role", OUTSIDE)
def test_outside_the_community_no_list_no_count_and_no_identifier_tells_of_the_rule(
    somebody: As, made: Made, role: str | None
) -> None:
    asker = somebody(role)
    assert asker.one(READ, {"id": made.rule_set}) is None
    assert asker.one(READ, {"id": made.version}) is None
    assert asker.one(VERSION, {"id": made.version}) is None
    listed = asker.one('{ ruleSets(filter: {within: "140881001008"}, first: 100) { totalCount edges { cursor } } }')
    assert listed == {"totalCount": 0, "edges": []}
    for query in ("jobs", "auditEntries", "apiKeys"):
        page = (
            f'{{ {query}(within: "140881001008", first: 9) {{ totalCount pageInfo {{ endCursor }} nodes {{ id }} }} }}'
        )
        assert asker.one(page) == {"totalCount": 0, "pageInfo": {"endCursor": None}, "nodes": []}


@pytest.mark.parametrize("role", [*OUTSIDE, "resident", "partner"])
def test_a_match_whose_need_is_for_administrators_is_told_to_nobody_else(
    somebody: As, made: Made, role: str | None
) -> None:
    asker = somebody(role)
    assert asker.one("query($id: ID!) { nodes(ids: [$id]) { id } }", {"id": made.match}) == [None]
    assert asker.one("query($id: ID!) { node(id: $id) { id } }", {"id": made.need}) is None
    found = matches(asker, ruleVersion=made.version)
    assert made.need not in {match["need"]["id"] for match in found}
    counted = asker.one("query($filter: MatchFilter!) { matches(filter: $filter, first: 0) { totalCount } }",
                        {"filter": {"ruleVersion": made.version}})  # fmt: skip
    assert counted["totalCount"] == len(found)


def test_a_cursor_of_the_administrator_shows_a_stranger_only_what_is_the_strangers(
    administrator: Somebody, nobody: Somebody, made: Made
) -> None:
    query = """query($after: String) { needs(filter: {within: "140881001008"}, first: 100, after: $after) {
        edges { cursor node { id } } } }"""
    edges = administrator.one(query)["edges"]
    seen = {edge["node"]["id"] for edge in nobody.one(query)["edges"]}
    (cursor,) = [edge["cursor"] for edge in edges if edge["node"]["id"] == made.need]
    assert made.need not in seen
    after = nobody.post(query, {"after": cursor}).json()
    assert {edge["node"]["id"] for edge in after["data"]["needs"]["edges"]} <= seen


def test_the_draft_is_read_by_those_who_write_rules_alone(somebody: As, made: Made) -> None:
    assert somebody("committee administrator").one(READ, {"id": made.rule_set})["draft"]["document"]
    for role in ("resident", "grid worker"):
        read = somebody(role).one(READ, {"id": made.rule_set})
        assert read is None or read["draft"] is None


def test_saving_needs_the_operation_to_be_a_mutation(administrator: Somebody) -> None:
    answer = administrator.http.get("/graphql", params={"query": SAVE}, headers=administrator.headers())
    assert answer.status_code == 405
    assert answer.json()["errors"][0]["extensions"]["code"] == "OPERATION_NOT_ALLOWED"
