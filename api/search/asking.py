"""What a question for words means in SQL: which rows have them all, and how well."""

from collections.abc import Sequence
from typing import Final

from api.errors import InvalidInput, LimitExceeded
from api.plan.source import Kind, Order, Source
from api.plan.statement import Statement
from api.search.cutting import Word, asked_words

LONGEST: Final = 100
"""Characters of a question."""


def words_asked(text: str, path: tuple[str, ...]) -> tuple[Word, ...]:
    """Return the words of a question. Raise LimitExceeded or InvalidInput."""
    if len(text) > LONGEST:
        raise LimitExceeded(f"不能超过 {LONGEST} 个字", f"Must not be longer than {LONGEST} characters", path)
    words = asked_words(text)
    if not words:
        raise InvalidInput("里面没有可以查找的字词", "There is no word in it to look for", path)
    return words


def has_all(words: Sequence[Word], statement: Statement) -> str:
    """Return: the row has all these words in its text, in any order."""
    # Pieces are letters and digits alone, so neither language of questions can be spoken through them.
    pieces = dict.fromkeys((piece, word.prefix) for word in words for piece in word.pieces)
    if statement.postgres:
        query = " & ".join(f"'{piece}'{':*' * prefix}" for piece, prefix in pieces)
        return (
            f"t.id IN (SELECT x.id FROM search_text x WHERE x.pieces @@ CAST({statement.bind(query)}::text AS tsquery))"
        )
    query = " ".join(f'"{piece}"{" *" * prefix}' for piece, prefix in pieces)
    return f"t.id IN (SELECT x.rowid FROM search_index x WHERE search_index MATCH {statement.bind(query)})"


def best_first(words: Sequence[Word]) -> Order:
    """Return the order by how well a row meets the words, the newest of equals first.

    A row keeps its points as long as its own text stays, so cursors hold while rows come and go.
    """

    def ranked(source: Source, statement: Statement) -> str:
        points = score(words, statement)
        return f'(SELECT t.*, {points} AS search_points FROM "{source.table}" t JOIN search_text s ON s.id = t.id) t'

    return Order("relevance", (("t.search_points", Kind.INTEGER), ("t.id", Kind.INTEGER)), ranked=ranked)


def score(words: Sequence[Word], statement: Statement) -> str:
    """Return how well a row that has all the words meets them, by its own text `s` alone: up to 4 points a word.

    One for having it, one for having it as a whole word, two for having it in the title. Texts of other rows count
    for nothing, so that the order tells nothing of rows that the viewer may not see, and changes with no other row.
    """
    return " + ".join(_points(word, statement) for word in words)


def _points(word: Word, statement: Statement) -> str:
    end = "" if word.prefix else " "
    title = " AND ".join(_within("s.title", f" {piece}{end}", statement) for piece in word.pieces)
    whole = _within("s.words", f" {word.text} ", statement)
    return f"1 + CASE WHEN {whole} THEN 1 ELSE 0 END + CASE WHEN {title} THEN 2 ELSE 0 END"


def _within(column: str, text: str, statement: Statement) -> str:
    return f"{'strpos' if statement.postgres else 'instr'}({column}, {statement.bind(text)}) > 0"
