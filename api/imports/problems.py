"""What is wrong with a file, a mapping or a row, said in both languages and with its place."""

from dataclasses import dataclass, field

from api.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One fault: the row as a spreadsheet counts it (the header is row 1), the column if known."""

    row: int
    column: str | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class MappingProblem:
    """One fault of a mapping file; `path` is like "fields.title.column"."""

    path: str
    zh: str
    en: str


class CellFault(Exception):
    """A cell cannot be used; caught where rows are read and turned into a RowProblem."""

    def __init__(self, column: str | None, zh: str, en: str) -> None:
        super().__init__(en)
        self.column, self.zh, self.en = column, zh, en

    def at(self, row: int) -> RowProblem:
        """Return the problem of that row."""
        return RowProblem(row, self.column, self.zh, self.en)


@dataclass(eq=False)
class FileRefused(InvalidInput):
    """The file cannot be read as what the mapping says it is; `row` is where that showed, if known."""

    row: int | None = None


@dataclass(eq=False)
class MappingRefused(InvalidInput):
    """The mapping file is wrong; every problem with its path."""

    zh: str = "导入映射文件有误"
    en: str = "The mapping file is wrong"
    problems: tuple[MappingProblem, ...] = field(default=())
