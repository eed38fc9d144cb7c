"""What the stories do again and again: find a place or an organisation, ask, offer, publish, wait."""

import time
from itertools import count
from typing import Any

from tests.e2e.asking import ERROR, FORBIDDEN, STALE, Somebody, done

DIANJI, LIUYUAN, XINGBEI = "140881001008", "140881001005", "140881003002"
SHIJI, LIUAN = "x-shiji-huayuan", "x-liuan-huadu"
WAITING = 30.0
_numbers = count(1)

NEED = f"""mutation($input: NeedInput!) {{ needSubmit(input: $input) {{ __typename {ERROR} {FORBIDDEN}
    ... on Need {{ id number title version status }} }} }}"""
RESOURCE = f"""mutation($input: ResourceInput!) {{ resourceOffer(input: $input) {{ __typename {ERROR} {FORBIDDEN}
    ... on Resource {{ id title version status }} }} }}"""
SAVE = f"""mutation($document: JSON!, $place: ID, $set: ID, $version: Int! = 0) {{
    ruleDraftSave(document: $document, place: $place, ruleSet: $set, expectedVersion: $version) {{
    __typename {ERROR} {FORBIDDEN} {STALE} ... on RuleSet {{ id key draft {{ version document }} }} }} }}"""
PUBLISH = f"""mutation($set: ID!, $version: Int!) {{ ruleVersionPublish(ruleSet: $set, expectedVersion: $version) {{
    __typename {ERROR} {FORBIDDEN} {STALE} ... on RuleVersion {{ id number status document documentHash }}
    ... on RuleProblemsError {{ problems {{ path code severity message suggestion }} }} }} }}"""


def fresh(word: str) -> str:
    """Return a word that no other test of this process uses."""
    return f"{word}-{next(_numbers)}"


def place(asker: Somebody, code: str) -> str:
    """Return the identifier of a place."""
    return str(asker.one("query($code: String!) { place(code: $code) { id } }", {"code": code})["id"])


def organisation(asker: Somebody, name: str) -> str:
    """Return the identifier of an organisation of the story."""
    query = """query($after: String) { organisations(first: 100, after: $after) {
        nodes { id nameZh } pageInfo { endCursor hasNextPage } } }"""
    named, info = [], {"endCursor": None, "hasNextPage": True}
    while info["hasNextPage"]:
        page = asker.one(query, {"after": info["endCursor"]})
        named += [each["id"] for each in page["nodes"] if each["nameZh"].startswith(name)]
        info = page["pageInfo"]
    (found,) = named
    return str(found)


def household(asker: Somebody) -> str:
    """Return the identifier of the asker's own household."""
    return str(asker.one("{ viewer { person { household { id } } } }")["person"]["household"]["id"])


def submit(asker: Somebody, **given: Any) -> Any:
    """Submit a need; return what came back, an error perhaps."""
    return asker.one(NEED, {"input": {"title": fresh("想要一间屋子"), "category": "space.activity", **given}})


def offer(asker: Somebody, **given: Any) -> Any:
    """Offer a resource; return what came back, an error perhaps."""
    return asker.one(RESOURCE, {"input": {"title": fresh("空着的屋子"), "category": "space.activity", **given}})


def document(key: str, *, points: int = 40, **rule: Any) -> dict[str, Any]:
    """Return a sound rule document: rooms for meetings go to needs of the same community."""
    return {
        "format": 1,
        "kind": "match",
        "id": key,
        "title": {"zh": "本社区的屋子", "en": "Rooms of the community"},
        "rules": [
            {
                "id": "room-of-the-community",
                "title": {"zh": "屋子先给本社区", "en": "Rooms go to the community first"},
                "because": {"zh": "{resource.title}就在本社区", "en": "{resource.title} is in the community"},
                "demand": "need",
                "points": points,
                "require": {
                    "all": [
                        {"field": "resource.category", "op": "under", "value": "space.activity"},
                        {"field": "pair.sameCommunity", "op": "=", "value": True},
                    ]
                },
                **rule,
            }
        ],
    }


def save(asker: Somebody, text: Any, **where: Any) -> Any:
    """Save a draft; `where` is place, or set and version."""
    return asker.one(SAVE, {"document": text, **where})


def publish(asker: Somebody, rule_set: str, version: int) -> Any:
    """Publish the draft of a rule set."""
    return asker.one(PUBLISH, {"set": rule_set, "version": version})


def published(asker: Somebody, code: str, text: Any) -> tuple[Any, Any]:
    """Save and publish a new rule set of a place; return rule set and version when its place is matched."""
    rule_set = done(save(asker, text, place=place(asker, code)), "RuleSet")
    version = done(publish(asker, rule_set["id"], 1), "RuleVersion")
    wait_for_jobs(asker)
    return rule_set, version


def wait_for_jobs(asker: Somebody) -> None:
    """Wait until no background job is waiting or running."""
    deadline = time.monotonic() + WAITING
    while time.monotonic() < deadline:
        jobs = asker.one("{ jobs(first: 20) { nodes { kind status error } } }")["nodes"]
        assert jobs, "there must be a job to wait for"
        failed = [job for job in jobs if job["error"]]
        assert not failed, failed
        if all(job["status"] == "DONE" for job in jobs):
            return
        time.sleep(0.1)
    raise AssertionError(f"jobs do not end: {jobs}")


def matches(asker: Somebody, **filters: Any) -> list[Any]:
    """Return the matches under a filter, with their reasons."""
    query = """query($filter: MatchFilter!) { matches(filter: $filter, first: 100) { nodes { id score
        need { id title } resource { id title } ruleVersion { id }
        reason { ruleId ruleTitle because parts conditions { path operator expected actual holds points } } } } }"""
    found: list[Any] = asker.one(query, {"filter": filters})["nodes"]
    return found
