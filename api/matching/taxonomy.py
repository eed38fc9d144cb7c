"""The taxonomy as the rules know it, its labels, and which categories are kin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from api.models import Category, CategoryKin, TargetGroup, UnitOfMeasure
from rules.facts import Taxonomy
from rules.language import Text


# No slots here: the links are worked out once and kept.
@dataclass(frozen=True)
class Known:
    """Category tree and synonym links, and what people read for codes."""

    taxonomy: Taxonomy
    labels: Mapping[str, Text]

    def kindred(self, codes: Iterable[str]) -> frozenset[str]:
        """Return every category that can be kin to one of `codes` (docs/rule-language.md).

        It only picks candidates; what the kinship is, the engine's encoder says.
        """
        found: set[str] = set()
        for code in set(codes):
            above = self._above(code)
            found.update(above)
            found.update(self._below(code))
            for at in above[:2]:
                for other in self._linked.get(at, ()):
                    found.add(other)
                    found.update(self._children.get(other, ()))
        return frozenset(found)

    def _above(self, code: str) -> list[str]:
        line = [code]
        while (parent := self.taxonomy.parents.get(line[-1])) is not None and parent not in line:
            line.append(parent)
        return line

    def _below(self, code: str) -> list[str]:
        found: list[str] = []
        waiting = [code]
        while waiting:
            for child in self._children.get(waiting.pop(), ()):
                if child not in found:
                    found.append(child)
                    waiting.append(child)
        return found

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for code, parent in self.taxonomy.parents.items():
            if parent is not None:
                children.setdefault(parent, []).append(code)
        return children

    @cached_property
    def _linked(self) -> dict[str, list[str]]:
        linked: dict[str, list[str]] = {}
        for pair in self.taxonomy.synonyms:
            for code in pair:
                linked.setdefault(code, []).extend(pair - {code})
        return linked


async def load_known() -> Known:
    """Read the taxonomy and all labels: four statements."""
    categories = await Category.all().values_list("code", "parent_code", "label_zh", "label_en")
    kin = await CategoryKin.all().values_list("code", "kin_code")
    labels = {code: Text(zh, en) for code, _, zh, en in categories}
    for model in (TargetGroup, UnitOfMeasure):
        for code, zh, en in await model.all().values_list("code", "label_zh", "label_en"):
            labels.setdefault(code, Text(zh, en))
    taxonomy = Taxonomy(
        parents={code: parent for code, parent, _, _ in categories},
        synonyms=frozenset(frozenset(pair) for pair in kin if len(set(pair)) == 2),
    )
    return Known(taxonomy, labels)
