"""The administrator of a community writes a rule, mends it, publishes it and undoes it."""

import json
from typing import Any

import pytest

from tests.e2e.asking import ERROR, FORBIDDEN, Somebody, done, refused
from tests.e2e.story import (
    DIANJI,
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
    wait_for_jobs,
)

CHECK = f"""mutation($document: JSON!) {{ ruleDraftCheck(document: $document) {{ __typename {ERROR} {FORBIDDEN}
    ... on RuleDraftCheck {{ publishable problems {{ path code severity message suggestion }} }} }} }}"""
RESTORE = f"""mutation($id: ID!) {{ ruleVersionRestore(id: $id) {{ __typename {ERROR} {FORBIDDEN}
    ... on RuleVersion {{ id number document restoredFrom {{ id }} }} }} }}"""
VERSION = "query($id: ID!) { ruleVersion(id: $id) { id number status document documentHash } }"


def wrong(key: str) -> dict[str, Any]:
    """Return a document with an unknown field, and a comparison that does not say what unknown means."""
    text = document(key)
    conditions = text["rules"][0]["require"]["all"]
    conditions[0]["field"] = "resource.categry"
    conditions.append({"field": "resource.quantity", "op": ">=", "value": 1})
    return text


def own(administrator: Somebody) -> str:
    return organisation(administrator, "电机社区居委会(演)")


def test_a_draft_with_mistakes_is_kept_and_each_mistake_is_told_in_its_place(administrator: Somebody) -> None:
    text = wrong(fresh("e2e-wrong"))
    kept = done(save(administrator, text, place=place(administrator, DIANJI)), "RuleSet")
    assert json.loads(kept["draft"]["document"]) == text

    told = done(administrator.one(CHECK, {"document": text}), "RuleDraftCheck")
    by_path = {problem["path"]: problem for problem in told["problems"]}
    assert told["publishable"] is False
    assert by_path["rules[0].require.all[0].field"]["suggestion"] == "resource.category"
    assert by_path["rules[0].require.all[2].unknown"]["code"]
    assert {problem["severity"] for problem in told["problems"]} == {"ERROR"}

    refusal = refused(publish(administrator, kept["id"], 1), "RULE_PROBLEMS")
    assert {problem["path"] for problem in refusal["problems"]} == set(by_path)


def test_problems_are_told_in_the_language_of_the_reader(administrator: Somebody) -> None:
    text = wrong("e2e-languages")
    zh, en = (administrator.speaking(language).one(CHECK, {"document": text})["problems"] for language in ("zh", "en"))
    assert [problem["path"] for problem in zh] == [problem["path"] for problem in en]
    for chinese, english in zip(zh, en, strict=True):
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese["message"])
        assert not any("\u4e00" <= character <= "\u9fff" for character in english["message"])


@pytest.mark.parametrize("text", ["", "{", '{"format": 1,}', '{"format": NaN}', "[" * 100_000, '{"id": 1, "id": 2}'])
def test_what_is_no_json_is_a_problem_and_never_a_fault(administrator: Somebody, text: str) -> None:
    told = done(administrator.one(CHECK, {"document": text}), "RuleDraftCheck")
    assert told["publishable"] is False
    assert [problem["code"] for problem in told["problems"]] != []


def test_a_stale_draft_is_refused_with_both_texts_and_nothing_is_lost(administrator: Somebody) -> None:
    key = fresh("e2e-stale")
    rule_set = done(save(administrator, document(key), place=place(administrator, DIANJI)), "RuleSet")
    mine, theirs = document(key, points=11), document(key, points=22)
    done(save(administrator, theirs, set=rule_set["id"], version=1), "RuleSet")

    refusal = refused(save(administrator, mine, set=rule_set["id"], version=1), "STALE_VERSION")
    (conflict,) = refusal["conflicts"]
    assert refusal["currentVersion"] == 2
    assert json.loads(conflict["current"]) == theirs
    assert json.loads(conflict["sent"]) == mine
    refused(publish(administrator, rule_set["id"], 1), "STALE_VERSION")
    read = administrator.one("query($id: ID!) { node(id: $id) { ... on RuleSet { draft { version document } } } }",
                             {"id": rule_set["id"]})  # fmt: skip
    assert json.loads(read["draft"]["document"]) == theirs


def test_a_published_rule_decides_matches_and_says_why(administrator: Somebody, partner: Somebody) -> None:
    here = place(administrator, DIANJI)
    need = done(submit(administrator, place=here, owner={"organisation": own(administrator)}), "Need")
    grain = organisation(partner, "蒲津粮油行")
    resource = done(offer(partner, place=here, owner={"organisation": grain}), "Resource")

    _, version = published(administrator, DIANJI, document(fresh("e2e-why"), points=40, prefer=[
        {"when": {"field": "provider.family", "op": "=", "value": "UNITS", "unknown": "fails"}, "points": 7,
         "because": {"zh": "邻家来的", "en": "From a neighbour unit"}}]))  # fmt: skip
    found = matches(administrator, ruleVersion=version["id"])

    (match,) = [each for each in found if each["need"]["id"] == need["id"] and each["resource"]["id"] == resource["id"]]
    conditions = {each["path"]: each for each in match["reason"]["conditions"]}
    assert match["score"] == 47
    assert match["reason"]["because"] == f"{resource['title']}就在本社区"
    assert match["reason"]["ruleTitle"] == "屋子先给本社区"
    assert {(each["operator"], each["holds"]) for each in conditions.values()} >= {("under", True), ("=", True)}
    preferred = [each for each in conditions.values() if each["points"] == 7]
    assert [(each["expected"], each["actual"]) for each in preferred] == [("UNITS", "UNITS")]
    # The partner reads the same reasons; the rule's whole text is the community's own affair.
    assert matches(partner, ruleVersion=version["id"]) == [{**each, "ruleVersion": None} for each in found]
    in_english = matches(administrator.speaking("en"), ruleVersion=version["id"])
    assert {each["reason"]["ruleTitle"] for each in in_english} == {"Rooms go to the community first"}


def test_a_version_never_changes_and_an_old_one_comes_back_as_a_new_one(administrator: Somebody) -> None:
    key = fresh("e2e-restore")
    rule_set, first = published(administrator, DIANJI, document(key, points=40))
    before = administrator.one(VERSION, {"id": first["id"]})
    done(save(administrator, document(key, points=90), set=rule_set["id"], version=1), "RuleSet")
    second = done(publish(administrator, rule_set["id"], 2), "RuleVersion")
    wait_for_jobs(administrator)
    assert {match["score"] for match in matches(administrator, ruleVersion=second["id"])} <= {90}
    assert matches(administrator, ruleVersion=first["id"]) == []

    third = done(administrator.one(RESTORE, {"id": first["id"]}), "RuleVersion")
    wait_for_jobs(administrator)

    after = administrator.one(VERSION, {"id": first["id"]})
    assert (third["number"], third["document"], third["restoredFrom"]) == (3, before["document"], {"id": first["id"]})
    assert {**after, "status": None} == {**before, "status": None}
    assert {match["score"] for match in matches(administrator, ruleVersion=third["id"])} <= {40}
    assert matches(administrator, ruleVersion=second["id"]) == []


def test_publishing_twice_from_the_same_version_of_the_draft_gives_two_equal_versions(administrator: Somebody) -> None:
    rule_set, first = published(administrator, DIANJI, document(fresh("e2e-twice")))
    again = done(publish(administrator, rule_set["id"], 1), "RuleVersion")
    assert again["number"] == 2
    assert again["documentHash"] == first["documentHash"]
    wait_for_jobs(administrator)


@pytest.mark.parametrize("document_id", ["Place:1", "RuleSet:1", "RuleSet:", "", "RuleSet:999999999999999999999"])
def test_an_identifier_that_names_no_rule_set_is_not_found(administrator: Somebody, document_id: str) -> None:
    refused(save(administrator, document("e2e-nowhere"), set=document_id, version=1), "NOT_FOUND")
    refused(publish(administrator, document_id, 1), "NOT_FOUND")
