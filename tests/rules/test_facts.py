"""The vocabulary, what is never a fact, and the raw facts' JSON."""

import json
from random import Random

import pytest

from rules.facts import DERIVED, VOCABULARY, Batch, FieldType
from rules.forbidden import forbidden_reason
from rules.labels import CHOICE_LABELS
from tests.rules.differential.random_facts import make_pool
from tests.rules.one_pair import DEMAND, RESOURCE, TAXONOMY, changed


@pytest.mark.parametrize(
    "name",
    ["resident.partyMember", "person.politicalStatus", "demand.religion", "provider.ethnicity",
     "resident.healthDetails", "resident.diagnosis", "resident.points", "demand.complaintCount",
     "居民.党员", "居民.民族", "居民.积分", "居民.投诉次数", "居民.病史"],
)  # fmt: skip
def test_what_may_never_decide_is_refused_with_a_reason_in_both_languages(name: str) -> None:
    reason = forbidden_reason(name)

    assert reason is not None
    assert all(reason)


@pytest.mark.parametrize("name", [*VOCABULARY, "demand.traced", "resource.counterparty", "place.x"])
def test_ordinary_names_are_not_taken_for_forbidden_ones(name: str) -> None:
    assert forbidden_reason(name) is None


def test_every_choice_has_a_label_and_every_derived_field_is_a_word() -> None:
    choices = {choice for spec in VOCABULARY.values() for choice in spec.choices}

    assert choices == set(CHOICE_LABELS)
    assert set(VOCABULARY) > DERIVED
    assert all(spec.label_zh and spec.label_en for spec in VOCABULARY.values())
    ordered = {spec.path for spec in VOCABULARY.values() if spec.ordered}
    assert ordered == {"demand.urgency", "resource.priceClass"}


def test_only_the_two_quantities_are_counted_in_units_of_their_own() -> None:
    counted = {spec.path for spec in VOCABULARY.values() if spec.is_quantity}

    assert counted == {"demand.quantity", "resource.quantity"}
    assert all(VOCABULARY[path].type is FieldType.NUMBER for path in counted)


def test_a_batch_survives_json_exactly() -> None:
    pool = make_pool(Random(7))
    unusual = changed(DEMAND, windows=(), quantity=0.0, title='引"号\n')

    for batch in (
        pool.batch(Random(8), 30),
        Batch((unusual,), (RESOURCE,), TAXONOMY),
        Batch((), ()),
    ):
        assert Batch.from_json(json.loads(json.dumps(batch.to_json()))) == batch
