"""Cut the two sides of a scope into batches that one question to the engine can hold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from api.matching.facts import DemandRow, ResourceRow
from api.matching.taxonomy import Known

MOST_PAIRS: Final = 25_000
"""Kindred pairs of one batch: far below the encoder's 2,000,000, so that the 2 s of a batch suffice."""
MOST_RESOURCES: Final = 10_000
MOST_DEMANDS: Final = 2_000

Batches = Iterator[tuple[Sequence[DemandRow], Sequence[ResourceRow]]]


def batches(demands: Sequence[DemandRow], resources: Sequence[ResourceRow], known: Known) -> Batches:
    """Yield parts in which every kindred pair stands exactly once.

    Whether a pair matches hangs on the pair alone, so cutting changes no answer.
    """
    kin = {code: known.kindred((code,)) for code in {row.fact.category for row in demands}}
    for start in range(0, len(resources), MOST_RESOURCES):
        part = resources[start : start + MOST_RESOURCES]
        of_category = Counter(row.fact.category for row in part)
        weight = {code: sum(of_category[each] for each in codes) for code, codes in kin.items()}
        held: list[DemandRow] = []
        pairs = 0
        for row in demands:
            coming = weight[row.fact.category]
            if coming == 0:
                continue
            if held and (pairs + coming > MOST_PAIRS or len(held) == MOST_DEMANDS):
                yield held, part
                held, pairs = [], 0
            held.append(row)
            pairs += coming
        if held:
            yield held, part
