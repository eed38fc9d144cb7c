"""One demand, one resource and one taxonomy that the tests of the evaluator change."""

from typing import Any, TypeVar

from rules.evaluator import evaluate
from rules.facts import Demand, PlaceFacts, Resource, Taxonomy
from rules.language import RuleDocument, parse

Fact = TypeVar("Fact", Demand, Resource)

TAXONOMY = Taxonomy(
    {
        "life": None,
        "life.haircut": "life",
        "life.haircut.home": "life.haircut",
        "health": None,
        "health.care": "health",
        "health.care.wash": "health.care",
        "health.care.wash.hair": "health.care.wash",
    },
    frozenset({frozenset({"life.haircut", "health.care.wash"})}),
)
QINGHE = PlaceFacts(
    path="11/110108/110108029/",
    community="110108029001",
    city="11",
    share_over_60=0.31,
    adjacent=frozenset({"110108029002"}),
)
DEMAND = Demand(
    id="d1",
    item_id="need-1",
    kind="NEED",
    category="life.haircut",
    urgency="NORMAL",
    source="RESIDENT",
    quantity=3,
    unit="人次",
    target_groups=frozenset({"老年人"}),
    place=QINGHE,
    point=(116.33, 40.03),
    windows=((600, 720), (2000, 2030)),
)
RESOURCE = Resource(
    id="r1",
    kind="SERVICE_ITEM",
    category="life.haircut",
    recurs="WEEKLY",
    provider_type="ORGANISATION",
    provider_id="o1",
    quantity=2.7,
    unit="人次",
    price_class="FREE",
    place=QINGHE,
    point=(116.33, 40.03),
    windows=((660, 800), (2010, 2100)),
)

TEXT = {"zh": "因为", "en": "because"}


def changed(fact: Fact, **values: Any) -> Fact:
    return type(fact)(**{name: getattr(fact, name) for name in fact.__slots__} | values)


def document(*requirements: dict[str, Any], **parts: Any) -> RuleDocument:
    """Make a document of rules ``rule-0``, ``rule-1`` … with these requirements."""
    rules = [
        {
            "id": f"rule-{index}",
            "title": TEXT,
            "because": TEXT,
            "demand": "both",
            "points": 40,
            "require": require,
            **parts,
        }
        for index, require in enumerate(requirements)
    ]
    return parse({"format": 1, "kind": "match", "id": "doc", "title": TEXT, "rules": rules})


def answer(field: str, op: str, demand: Demand = DEMAND, resource: Resource = RESOURCE, **rest: Any) -> bool:
    """Return how one comparison comes out."""
    rule = document({"field": field, "op": op, **rest}).rules[0]
    return evaluate(rule, demand, resource, TAXONOMY).conditions[0].holds


def value(field: str, demand: Demand = DEMAND, resource: Resource = RESOURCE) -> Any:
    """Return the value the evaluator reads for a field."""
    rule = document({"field": field, "op": "known"}).rules[0]
    return evaluate(rule, demand, resource, TAXONOMY).conditions[0].actual
