"""Texts cut into words and smaller pieces, the same way for what is stored and for what is asked.

Chinese is cut into words by jieba with the words of our domain (`words.txt`); other scripts by their letters and
digits. The pieces that are looked for are smaller: single characters and pairs of neighbours of Chinese, so that
whatever stands in a text is found however the words around it were cut.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rjieba import Jieba

LONGEST_PIECE: Final = 40
"""Characters of a word that count; a longer one is a web address or noise."""

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
RUN: Final = re.compile(rf"([{HAN}]+)|[^\W_{HAN}]+")
# What nobody sees, and what texts pasted from elsewhere have within words: soft hyphens, joiners, spaces of no width.
UNSEEN: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# Asked beside other words, these tell nothing.
EMPTY: Final = frozenset("的了吗呢吧啊呀是在和与或把被请我你有") | frozenset(
    ("a", "an", "and", "at", "for", "in", "of", "the", "to")
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is asked for: the pieces that a row must have, each whole, or as a beginning if `prefix`."""

    text: str
    pieces: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as it is stored: its words in their order, and all its pieces once."""

    words: tuple[str, ...]
    pieces: tuple[str, ...]


def cut(text: str) -> Cut:
    """Return a stored text's words, those within longer words too, and its pieces."""
    words: list[str] = []
    pieces: dict[str, None] = {}
    for run, chinese in _runs(text):
        found = _jieba().cut_for_search(run) if chinese else [run]
        words += (word[:LONGEST_PIECE] for word in found)
        pieces |= dict.fromkeys((*run, *_pairs(run)) if chinese else (run[:LONGEST_PIECE],))
    return Cut(tuple(words), tuple(pieces))


def asked_words(text: str) -> tuple[Word, ...]:
    """Return the words that a question asks for, each once; what tells nothing is left out if anything else is there.

    A Chinese word is met by its pairs of neighbours, a word in letters by its beginning, a number as a whole.
    """
    found: dict[str, Word] = {}
    for run, chinese in _runs(text):
        for word in _jieba().cut(run) if chinese else [run]:
            short = word[:LONGEST_PIECE]
            if chinese:
                found[short] = Word(short, tuple(dict.fromkeys(_pairs(short))) or (short,))
            else:
                found[short] = Word(short, (short,), len(short) > 1 and not short.isnumeric())
    return tuple(word for word in found.values() if word.text not in EMPTY) or tuple(found.values())


@cache
def edition() -> str:
    """Return what tells one way of cutting from another: a text cut in another way is cut anew."""
    return hashlib.blake2b(f"1 {version('rjieba')} {_own_words()}".encode(), digest_size=8).hexdigest()


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Yield runs of Chinese and of other letters and digits, in one form whatever their case and width."""
    folded = unicodedata.normalize("NFKC", UNSEEN.sub("", text)).casefold()
    for run in RUN.finditer(unicodedata.normalize("NFKC", folded)):
        yield run[0], run[1] is not None


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]


def _own_words() -> str:
    return files("api.search").joinpath("words.txt").read_text("utf-8")


@cache
def _jieba() -> "Jieba":
    """Return the cutter with the words of our domain; it takes 0.2 s to make, so only who searches makes it."""
    from rjieba import Jieba

    made = Jieba()
    for word in _own_words().split():
        made.add_word(word, None, None)
    return made
