"""What can be claimed under an agreement, and by which of its promises."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from api import clock
from api.errors import AgreementExpired, InvalidInput, NotFound
from api.models import Agreement, AgreementPromise
from api.plan.statement import Statement
from api.queries.promise import Standing, standings, units_of
from api.state_machines.agreement import BINDING


class Located(Protocol):
    """A need or project: all that matters here is where it lies."""

    path: str


class Line(Protocol):
    """A requirement line."""

    category: str
    unit: str | None


async def claimable_under(
    agreement_id: int, item: Located, lines: Sequence[Line], *, organisation_id: int | None = None
) -> list[AgreementPromise]:
    """Return the promise under which each line of a need or project can be claimed, in the lines' order.

    A promise with something left goes before one that is used up, since more than was promised may be given.
    With `organisation_id`, the agreement must be that organisation's.

    Raises:
        AgreementExpired: the agreement is not in force today.
        InvalidInput: no promise covers a line's category and unit, or the place lies outside the agreement's.
        NotFound: there is no such agreement, or it is another organisation's.
    """
    agreement = await Agreement.get_or_none(id=agreement_id)
    if agreement is None or organisation_id not in (None, agreement.unit_id):
        raise NotFound(path=("agreement",))
    refuse_not_in_force(agreement)
    if not item.path.startswith(agreement.path):
        raise InvalidInput("不在协议约定的地点内", "It lies outside the agreement's place", ("agreement",))
    promises = await AgreementPromise.filter(agreement_id=agreement.id).order_by("position")
    statement = Statement()
    found = await standings(statement, f"p.agreement_id = {statement.bind(agreement.id)}")
    standing = {each.promise_id: each for each in found}
    return [_promise_for(line, index, promises, standing) for index, line in enumerate(lines)]


def refuse_not_in_force(agreement: Agreement) -> None:
    """Raise AgreementExpired unless the agreement is in force today.

    The days count, not the state alone: the state follows a moment after the day has begun.
    """
    today = clock.today()
    if agreement.status in BINDING and agreement.valid_from <= today <= agreement.valid_to:
        return
    raise AgreementExpired(
        f"协议 {agreement.number} 今天不在有效期内({agreement.valid_from} 至 {agreement.valid_to})",
        f"Agreement {agreement.number} is not in force today ({agreement.valid_from} to {agreement.valid_to})",
        ("agreement",),
        valid_to=agreement.valid_to,
    )


def _promise_for(
    line: Line, index: int, promises: Sequence[AgreementPromise], standing: Mapping[int, Standing]
) -> AgreementPromise:
    kindred = [each for each in promises if kinship(each.category, line.category) is not None]
    fitting = [each for each in kindred if unit_fits(each, line.unit)]
    if not fitting:
        path = ("lines", str(index), "line")
        if kindred:
            raise InvalidInput("与协议承诺的计量单位不同", "It is promised in another unit of measure", path)
        raise InvalidInput("协议里没有承诺这一类", "The agreement promises nothing of this kind", path)
    return min(
        fitting,
        key=lambda each: (standing[each.id].used_up, kinship(each.category, line.category) or 0, each.position),
    )


def kinship(promised: str, wanted: str) -> int | None:
    """Return how many steps the two categories lie apart when one is the other or lies above it; else None."""
    if promised == wanted or promised.startswith(f"{wanted}.") or wanted.startswith(f"{promised}."):
        return abs(promised.count(".") - wanted.count("."))
    return None


def unit_fits(promise: AgreementPromise, unit: str | None) -> bool:
    """Tell whether a quantity in this unit of measure counts against the promise; an unknown unit does."""
    units = units_of(promise.quantity, promise.hours, promise.unit)
    return unit is None or not units or unit in units
