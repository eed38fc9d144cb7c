"""Column types of our own: a byte-ordered path and a sealed personal value."""

from typing import Any

from tortoise.fields import CharField, TextField
from tortoise.models import Model

from api import sealing


class OrderedTextField(CharField):
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
