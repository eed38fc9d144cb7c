"""Column types of our own: a byte-ordered path and a sealed personal value."""

from typing import Any

from tortoise.fields import BigIntField, CharField, TextField
from tortoise.models import Model

from api import sealing


class IdentifierField(BigIntField):
    """An application-made primary key; on SQLite the row's own number, which saves a second tree."""

    def __init__(self, **options: Any) -> None:
        options["generated"] = False
        super().__init__(**options)

    class _db_sqlite:  # noqa: N801  Tortoise looks the dialect up by this name
        SQL_TYPE = "INTEGER"


class OrderedTextField(CharField[str]):
    """Short text compared byte by byte, so that a prefix is a range on every database.

    SQLite compares so by itself; PostgreSQL needs the C collation or a range does not use its index.
    """

    class _db_postgres:  # noqa: N801  Tortoise looks the dialect up by this name
        def __init__(self, field: "OrderedTextField") -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:  # noqa: N802  Tortoise's name
            return f'VARCHAR({self.field.max_length}) COLLATE "C"'


class SealedField(TextField):
    """A personal value, encrypted at rest; models see clear text, raw SQL sees the sealed form.

    It cannot be filtered; a look-up goes by the hash column beside it (`api.sealing.lookup_hash`).
    """

    def to_db_value(self, value: Any, instance: "type[Model] | Model") -> str | None:
        """Seal the clear text."""
        return None if value is None else sealing.seal(str(value))

    def to_python_value(self, value: Any) -> str | None:
        """Unseal what the database holds; clear text set in Python passes through."""
        if isinstance(value, str) and value.startswith(sealing.MARK):
            return sealing.unseal(value)
        return None if value is None else str(value)


class PiecesField(TextField):
    """Pieces of a text, for an index over them: between spaces, on PostgreSQL as what its index takes.

    Written and asked in SQL alone (`api.search`).
    """

    class _db_postgres:  # noqa: N801  Tortoise looks the dialect up by this name
        SQL_TYPE = "TSVECTOR"
