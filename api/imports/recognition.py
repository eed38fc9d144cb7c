"""Recognise a category in free text: the longest label or synonym of the taxonomy that the text contains."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from api.imports.cells import normal
from api.models import Category, CategorySynonym

LATIN = re.compile(r"[a-z0-9]")


class Recogniser:
    """All words of the taxonomy, the longest first; of equal length the earlier in the text wins."""

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        """Take pairs of word and category code."""
        forms = {(normal(word), code) for word, code in words}
        self._words = sorted((pair for pair in forms if pair[0]), key=lambda pair: (-len(pair[0]), pair))
        self.codes = frozenset(code for _, code in self._words)
        self._cached = lru_cache(maxsize=20_000)(self._search)

    def recognise(self, text: str, within: Sequence[str] = ()) -> str | None:
        """Return the code of the category that the text names, at or below one of `within`."""
        return self._cached(normal(text), tuple(within))

    def _search(self, text: str, within: tuple[str, ...]) -> str | None:
        best: tuple[int, int, str] | None = None
        for word, code in self._words:
            if best is not None and len(word) < -best[0]:
                break
            if within and not any(code == top or code.startswith(f"{top}.") for top in within):
                continue
            at = _position(word, text)
            if at is not None:
                best = min(best or (-len(word), at, code), (-len(word), at, code))
        return best[2] if best else None


def _position(word: str, text: str) -> int | None:
    """Return where the word stands; one in Latin letters only as a whole word, a plural s allowed."""
    at = text.find(word)
    while at >= 0:
        after = text[at + len(word) :]
        joined_left = LATIN.match(word[0]) and at > 0 and LATIN.match(text[at - 1])
        rest = after.removeprefix("s") if LATIN.match(word[-1]) else ""
        if not joined_left and not (rest and LATIN.match(rest[0])):
            return at
        at = text.find(word, at + 1)
    return None


async def load_recogniser() -> Recogniser:
    """Read labels and synonyms in both languages: two statements."""
    labels = await Category.all().values_list("code", "label_zh", "label_en")
    words = [(word, code) for code, *both in labels for word in both]
    synonyms = await CategorySynonym.all().values_list("text", "category__code")
    return Recogniser([*words, *((text, code) for text, code in synonyms)])
