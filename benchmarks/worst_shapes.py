"""Queries that are as much work as they can be for their points, each by another way."""

import itertools
import json
from collections.abc import Iterator
from typing import Any, Final

from benchmarks.handwritten_query import QUERY
from benchmarks.partner_rows import ORGANISATION

_LEAVES: Final = (
    "id number title titleEn text status urgency visibility family source validFrom validTo publishedAt version"
    " createdAt updatedAt targetGroups category { code label } place { id name path } community { id name }"
)
_NEEDS: Final = "needs(first: {first}{more}) {{ {asked} }}"
_FILTER: Final = (
    'filter: {{within: "T", status: [REQUESTED, DELIBERATING, DISPATCHED, IN_PROGRESS], category: "{category}",'
    ' availableBetween: {{from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z"}}}}'
)
_MATCHES: Final = (
    "matches(first: {first}) {{ nodes {{ id score reason {{ ruleTitle because conditions {{ sentence }} }} "
)
_RESOURCE: Final = "resource { id title status category { code label } place { id name } } } }"


def body(text: str, **variables: Any) -> str:
    """Return the body of a request."""
    return json.dumps({"query": text, "variables": variables})


def _counts() -> str:
    roots = ("needs", "resources", "matches") * 3
    asked = (f"c{at}: {name}(first: {at}) {{ totalCount }}" for at, name in enumerate(roots, 1))
    return "{ " + " ".join(asked) + " }"


def _filtered_counts() -> str:
    categories = ("life", "space", "care", "culture", "repair", "law", "health", "labour", "money")
    asked = (
        f"c{at}: needs(first: {at}, {_FILTER.format(category=code)}) {{ totalCount }}"
        for at, code in enumerate(categories, 1)
    )
    return "{ " + " ".join(asked) + " }"


def _deep() -> str:
    inner = _MATCHES.format(first=48) + _RESOURCE
    return f"{{ needs(first: 100) {{ nodes {{ id title lines {{ id quantity }} {inner} }} }} }}"


def _counted_below() -> str:
    return "{ needs(first: 46) { nodes { m: matches(first: 0) { totalCount } c: claims(first: 0) { totalCount } } } }"


def _units() -> str:
    asked = "id name evaluation { completed averageScore } serviceItems(first: 0) { totalCount }"
    return f"{{ organisations(first: 90) {{ nodes {{ {asked} }} }} }}"


def _never_seen() -> Iterator[str]:
    for number in itertools.count():
        yield body(f"query Q{number} {{ needs(first: 20) {{ nodes {{ {_LEAVES} }} }} }}")


def _refused() -> Iterator[str]:
    for number in itertools.count():
        yield body("{" + " ".join(f"x{number}y{at}" for at in range(1900)) + "}")


def worst() -> dict[str, list[str]]:
    """Return the bodies of each kind of query; those that must be new each time are many."""
    return {
        "a wide page of 100": [body("{ " + _NEEDS.format(first=100, more="", asked=f"nodes {{ {_LEAVES} }}") + " }")],
        "4,900 rows, nested": [body(_deep())],
        "9 counts": [body(_counts())],
        "9 counts under filters": [body(_filtered_counts())],
        "counts below a page": [body(_counted_below())],
        "what units are worth": [body(_units())],
        "a small page, never seen": list(itertools.islice(_never_seen(), 20_000)),
        "1,900 unknown fields, refused": list(itertools.islice(_refused(), 500)),
    }


def ordinary() -> list[str]:
    """Return what other callers ask: a page with matches, open needs, own claims, matches of own resources."""
    places = ("S0", "S1", "S2", "S3")
    return [
        *(body(QUERY, within=place, first=20) for place in places),
        body(
            '{ needs(first: 10, filter: {within: "S0", status: [REQUESTED]}) { nodes { id number titleZh status } } }'
        ),
        body("{ claims(first: 10, filter: {claimedByMe: true}) { nodes { id status need { id titleZh } } } }"),
        body(
            f'{{ matches(first: 10, filter: {{organisation: "Organisation:{ORGANISATION}"}}) {{ nodes {{ id score'
            " need { id titleZh } resource { id titleZh } } } }"
        ),
    ]
