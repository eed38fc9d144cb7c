"""What claims hold of requirement lines, resources and promises, as SQL: one text for reads, matching and checks.

A completed claim holds what it delivered, one under way what it claimed. A claim line without a quantity
holds its whole line.
"""

from typing import Final

from api.state_machines.claim import DONE, HOLDING


def _among(statuses: frozenset[str]) -> str:
    return "(" + ", ".join(f"'{status}'" for status in sorted(statuses)) + ")"


HOLDING_STATES: Final = _among(HOLDING)
DONE_STATES: Final = _among(DONE)
AMOUNT: Final = "COALESCE(cl.delivered, cl.quantity)"
"""Quantity that a claim line `cl` holds; null is all of its line."""
HELD: Final = f"FROM claim_line cl JOIN claim c ON c.id = cl.claim_id AND c.status IN {HOLDING_STATES}"
"""Claim lines `cl` that hold, with their claims `c`."""


def held_of_line(line: str) -> str:
    """Return the quantity held of a requirement line, given as an SQL expression; 0 when nothing is."""
    return f"(SELECT COALESCE(SUM({AMOUNT}), 0) {HELD} WHERE cl.line_id = {line})"


def wholly_held(line: str) -> str:
    """Return whether one claim holds all of a line whose quantity is unknown."""
    return f"EXISTS (SELECT 1 {HELD} WHERE cl.line_id = {line} AND {AMOUNT} IS NULL)"


def left_of_line(line: str, quantity: str) -> str:
    """Return what is left of a line: a number, 0 for nothing, null for an unknown quantity that nobody holds whole."""
    return (
        f"CASE WHEN {wholly_held(line)} THEN 0"
        f" WHEN {quantity} IS NULL THEN NULL"
        f" WHEN {quantity} > {held_of_line(line)} THEN {quantity} - {held_of_line(line)} ELSE 0 END"
    )
