"""Whether what was remembered of a sign-in still holds, asked within the statement that relies on it."""

from collections.abc import Sequence
from typing import Any

from api.plan.statement import Statement

_NUMBER = '(SELECT "number" FROM "authority" WHERE "id" = 1)'


class Unconfirmed(Exception):
    """What was remembered of a sign-in does not hold any more; whoever asks has to sign in anew."""


class Confirming:
    """The number under which a sign-in was remembered, and whether a statement of this request found it unchanged.

    An answer without any such statement is thrown away, and asked for anew after a sign-in.
    """

    __slots__ = ("done", "number")

    def __init__(self, number: int) -> None:
        """Start unconfirmed, with the number of the table `authority`."""
        self.number = number
        self.done = False

    def condition(self, statement: Statement) -> str:
        """Return what lets rows through as long as the number is the same, with " AND " before it."""
        kind = "::bigint" if statement.postgres else ""
        return f" AND {_NUMBER} = {statement.bind(self.number)}{kind}"

    async def confirm(self, rows: Sequence[Any]) -> None:
        """Take the rows of a statement with that condition; where there are none the number has to be asked for.

        Raises:
            Unconfirmed: it is another one.
        """
        if not rows:
            # It only grows, so if it is the same now it was when the rows were read.
            found = await Statement().fetch_rows(f"SELECT {_NUMBER}")
            if found[0][0] != self.number:
                raise Unconfirmed
        self.done = True
