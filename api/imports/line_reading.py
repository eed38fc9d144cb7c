"""One row → its requirement lines: from a nested list, from pieces of a text, or the same for every row."""

from collections.abc import Iterator
from typing import Any

from api.imports.cells import Cells, filled, normal
from api.imports.field_types import typed
from api.imports.mapping import Fields, Lines, Split
from api.imports.numbers import trailing_amount
from api.imports.problems import CellFault
from api.imports.values import Evaluator, column_of

OPENING, CLOSING = "((【[", "))】]"
LONGEST_PIECE = 200
MOST_PIECES = 200
# What a piece of a split text offers to the fields of its line.
PIECE, WHOLE, AMOUNT, COUNTER = "line.text", "line.whole", "line.amount", "line.unit"
PIECE_COLUMNS = (PIECE, WHOLE, AMOUNT, COUNTER)


def read_lines(lines: Lines, cells: Cells, evaluator: Evaluator) -> list[dict[str, Any]]:
    """Return the values of every line of a row, in the keys of the commands. Raise CellFault."""
    found = [_line(lines.fields, {**cells, **entry}, evaluator) for entry in _entries(lines, cells)]
    if lines.merge:
        found = _merged(found)
    # A line that is the same for every row is left out where its category is empty.
    fixed = (_line(fields, cells, evaluator) for fields in lines.fixed)
    return found + [line for line in fixed if line.get("category") is not None]


def entries_of(cells: Cells, column: str) -> Iterator[dict[str, Any]]:
    """Yield the entries of a nested list, their keys behind the column's name, their place as "#"."""
    values = cells.get(column)
    if values is None or values == "":
        return
    if not isinstance(values, list) or len(values) > MOST_PIECES:
        raise CellFault(column, f"须为最多 {MOST_PIECES} 项的列表", f"Must be a list of at most {MOST_PIECES}")
    for index, value in enumerate(values):
        inner = value.items() if isinstance(value, dict) else [("value", value)]
        yield {f"{column}.{name}": each for name, each in inner} | {f"{column}.#": index + 1}


def pieces(split: Split, cells: Cells) -> Iterator[dict[str, Any]]:
    """Yield the pieces of a text with the amounts in them, e.g. N95(10万)/护目镜 1千个."""
    text = filled(cells, split.column) or ""
    if split.after:
        at = [(text.find(mark) + len(mark)) for mark in split.after if mark in text]
        text = text[min(at) :] if at else ""
    for mark in split.until:
        text = text.split(mark, 1)[0]
    cut = [piece for piece in _cut(text, split.separators) if normal(piece) not in split.ignore]
    if len(cut) > MOST_PIECES:
        raise CellFault(split.column, f"超过 {MOST_PIECES} 项", f"More than {MOST_PIECES} pieces")
    for piece in cut:
        amount = trailing_amount(piece) if len(piece) <= LONGEST_PIECE else None
        yield {
            WHOLE: piece,
            PIECE: amount.text if amount else piece,
            AMOUNT: amount.number if amount else None,
            COUNTER: amount.unit if amount else None,
        }


def _entries(lines: Lines, cells: Cells) -> Iterator[dict[str, Any]]:
    if lines.nested is not None:
        yield from entries_of(cells, lines.nested)
    for split in lines.splits:
        yield from pieces(split, cells)


def _cut(text: str, separators: tuple[str, ...]) -> list[str]:
    depth, current, found = 0, "", []
    for character in text:
        depth += (character in OPENING) - (character in CLOSING)
        depth = max(depth, 0)
        if depth == 0 and character in separators:
            found.append(current)
            current = ""
        else:
            current += character
    cleaned = (piece.strip() for piece in [*found, current])
    return [piece for piece in cleaned if any(character.isalnum() for character in piece)]


def _line(fields: Fields, cells: Cells, evaluator: Evaluator) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for name, source in fields.items():
        value = evaluator.value(source, cells)
        line[name] = typed(name, value, column_of(source))
    if (note := line.get("note")) is not None and len(note) > 500:
        line["note"] = note[:499] + "…"
    return line


def _merged(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make one of the lines of the same category: the first known quantity counts, the notes stand together."""
    by_category: dict[Any, dict[str, Any]] = {}
    for line in found:
        held = by_category.setdefault(line.get("category"), line)
        if held is line:
            continue
        if held.get("quantity") is None:
            held["quantity"], held["unit"] = line.get("quantity"), line.get("unit")
        notes = [each for each in (held.get("note"), line.get("note")) if each]
        held["note"] = "/".join(dict.fromkeys(notes))[:500] or None
    return list(by_category.values())
