"""What an import did, or would do, and everything that is wrong with the file."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.imports.problems import RowProblem


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts and faults of one import; with any fault nothing was written.

    `created` counts by type (needs, organisations, places …). `lines` are requirement lines made
    from the file; `default_lines` those an item got because its row named none. `unknown_quantities`
    counts lines, or resources, without a known quantity. `recognised` and `fell_back` count
    categories read from free text and those that fell back; `unrecognised` shows some of the texts.
    """

    target: str
    dry_run: bool
    rows: int = 0
    filtered: int = 0
    known_already: int = 0
    created: Mapping[str, int] | None = None
    lines: int = 0
    default_lines: int = 0
    unknown_quantities: int = 0
    recognised: int = 0
    fell_back: int = 0
    unrecognised: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()

    @property
    def written(self) -> bool:
        """Tell whether the database has changed."""
        return not self.dry_run and not self.problems
