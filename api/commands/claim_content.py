"""What of an item a claim takes: checked lines, against what others hold of them and of the resources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.commands import inputs
from api.commands.claim_party import Claimant
from api.commands.permission import scope_of
from api.errors import ClaimConflict, Contested, InvalidInput, NotFound
from api.identifiers import new_id
from api.matching.capacity import SMALLEST, left, used_of
from api.matching.windows import recurs
from api.models import ClaimLine, RequirementLine, Resource, TimeWindow
from api.plan.holding import AMOUNT, HELD
from api.plan.statement import Statement
from api.plan.viewer import Viewer
from api.state_machines.resource import ResourceStatus
from auth.permissions import Action, Object, Permission

Given = Sequence[Mapping[str, Any]]
NOBODY: Final = (0.0, 0, False)


@dataclass(frozen=True, slots=True)
class Standing:
    """A requirement line and what claims hold of it: how much, how many, and whether one holds all."""

    line: RequirementLine
    held: float
    holders: int
    whole: bool

    @property
    def left(self) -> float | None:
        """Return what can still be claimed; None when the quantity is unknown and nobody holds all."""
        if self.whole:
            return 0.0
        if self.line.quantity is None:
            return None
        rest = self.line.quantity - self.held
        return rest if rest > SMALLEST else 0.0

    def grants(self, quantity: float | None) -> bool:
        """Tell whether that much can be claimed; None asks for the whole line, of which then nobody may hold any."""
        rest = self.left
        if quantity is None:
            return self.holders == 0 and rest != 0
        return rest is None or quantity <= rest + SMALLEST


async def standings(lines: Iterable[RequirementLine]) -> dict[int, Standing]:
    """Return how the lines of an item stand, by their identifiers, in their order."""
    known = {line.id: line for line in lines}
    statement = Statement()
    rows = await statement.fetch(
        f"SELECT cl.line_id, COALESCE(SUM({AMOUNT}), 0) AS held, COUNT(*) AS holders,"
        f" SUM(CASE WHEN {AMOUNT} IS NULL THEN 1 ELSE 0 END) AS whole {HELD}"
        f" WHERE {statement.among('cl.line_id', sorted(known))} GROUP BY cl.line_id"
    )
    held = {row["line_id"]: (float(row["held"]), int(row["holders"]), bool(row["whole"])) for row in rows}
    return {key: Standing(line, *held.get(key, NOBODY)) for key, line in known.items()}


async def claim_lines(
    viewer: Viewer, claim_id: int, lines: Sequence[RequirementLine], given: Given | None, claimant: Claimant
) -> list[ClaimLine]:
    """Return the lines of a new claim, checked and not saved; without any given, all lines whole.

    The item's row must be locked, so that nobody else claims of it meanwhile.

    Raises:
        ClaimConflict: others hold what is asked for; it tells what is left of each line.
        InvalidInput, NotFound: with the place of the fault.
    """
    stand = await standings(lines)
    wanted = given or [{"line": key} for key in stand]
    asked = [_asked(stand, each, index) for index, each in enumerate(wanted)]
    if len({standing.line.id for standing, _ in asked}) != len(asked):
        raise InvalidInput("同一条写了两次", "A line comes twice", ("lines",))
    if refused := [standing for standing, quantity in asked if not standing.grants(quantity)]:
        raise ClaimConflict(
            lines=tuple(Contested(each.line.id, each.left, each.line.unit) for each in refused), path=("lines",)
        )
    rows = [
        ClaimLine(
            id=new_id(), claim_id=claim_id, line_id=standing.line.id, category=standing.line.category,
            unit=standing.line.unit, quantity=standing.line.quantity if quantity is None else quantity,
            resource_id=each.get("resource"),
        )
        for (standing, quantity), each in zip(asked, wanted, strict=True)
    ]  # fmt: skip
    await _check_resources(viewer, rows, claimant)
    return rows


def _asked(stand: Mapping[int, Standing], each: Mapping[str, Any], index: int) -> tuple[Standing, float | None]:
    path = ("lines", str(index))
    standing = stand.get(each["line"])
    if standing is None:
        raise NotFound(path=(*path, "line"))
    quantity = inputs.number(each.get("quantity"), (*path, "quantity"))
    if quantity == 0:
        raise InvalidInput("数量须大于零", "The quantity must be above zero", (*path, "quantity"))
    return standing, quantity


async def _check_resources(viewer: Viewer, rows: Sequence[ClaimLine], claimant: Claimant) -> None:
    """Lock the named resources in the order of their identifiers; each must be offered and have enough left."""
    asked: dict[int, float] = {}
    paths: dict[int, tuple[str, ...]] = {}
    for index, row in enumerate(rows):
        if row.resource_id is None:
            continue
        path = ("lines", str(index), "resource")
        resource = await _own_resource(viewer, row.resource_id, claimant, path)
        paths[resource.id] = path
        if resource.unit == row.unit and row.quantity is not None:
            asked[resource.id] = asked.get(resource.id, 0) + row.quantity
    for key in sorted(paths):
        resource = await Resource.filter(id=key).select_for_update(no_key=True).get()
        # Only now: until it is locked, its owner may be withdrawing it.
        if resource.status is not ResourceStatus.OFFERED:
            raise InvalidInput("这项资源现在不提供", "The resource is not offered now", paths[key])
        rest = await resource_left(resource) if key in asked else None
        if rest is not None and asked[key] > rest + SMALLEST:
            raise ClaimConflict(f"资源只剩 {rest:g}", f"Only {rest:g} of the resource is left", path=paths[key])


async def _own_resource(viewer: Viewer, key: int, claimant: Claimant, path: tuple[str, ...]) -> Any:
    resource = await Resource.get_or_none(id=key)
    if resource is None or not viewer.may(Permission(Object.RESOURCE, Action.READ), scope_of(resource)):
        raise NotFound(path=path)
    person, organisation = resource.owner_person_id, resource.owner_organisation_id
    by_person = person is not None and person == claimant.actor_person_id
    by_unit = organisation is not None and organisation == claimant.actor_organisation_id
    if not by_person and not by_unit:
        raise InvalidInput("这项资源不是认领方的", "The resource is not the claimant's", path)
    return resource


async def resource_left(resource: Any) -> float | None:
    """Return what is left of a resource in its present period; None when its quantity is unknown."""
    statement = Statement()
    used = await used_of(f"i.id = {statement.bind(resource.id)}", statement)
    windows = await TimeWindow.filter(resource_id=resource.id).values("rrule")
    return left(resource.quantity, recurs(windows), used.get(resource.id, []))
