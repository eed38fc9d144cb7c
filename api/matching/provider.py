"""What the register and agreements say of those who provide: one statement a table, however many they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from api import clock
from api.plan.decoding import DECODERS
from api.plan.holding import HELD
from api.plan.source import Kind
from api.plan.statement import Statement
from api.queries.promise import AMOUNT, FITS, ROUNDING, TARGET, units_of
from api.state_machines.agreement import BINDING
from api.state_machines.registration import RegistrationStatus
from api.state_machines.team import TeamStatus
from rules.facts import Promise

Raw = Mapping[str, Any]
Owner = tuple[str, int]
"""PERSON or ORGANISATION, and the identifier."""


@dataclass(slots=True)
class Standing:
    """What is said of one provider today, as `rules.facts.Resource` takes it."""

    skills: set[str] = field(default_factory=set)
    certificates: set[str] = field(default_factory=set)
    paired: set[str] = field(default_factory=set)
    households: set[str] = field(default_factory=set)
    registered: set[str] = field(default_factory=set)
    promises: list[Promise] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """Return the values by attribute of the fact."""
        return {
            "skills": frozenset(self.skills),
            "certificates": frozenset(self.certificates),
            "paired": tuple(sorted(self.paired)),
            "paired_households": frozenset(self.households),
            "registered": frozenset(self.registered),
            "promises": tuple(self.promises),
        }


NOTHING: Final = Standing()


class Providers:
    """The standings of the owners of some resources; a household has none."""

    def __init__(self, rows: Iterable[Raw]) -> None:
        """Note whose resources they are."""
        found = [(row["owner_person_id"], row["owner_organisation_id"]) for row in rows]
        self.people = sorted({person for person, _ in found if person is not None})
        self.organisations = sorted({unit for _, unit in found if unit is not None})
        self._standings: defaultdict[Owner, Standing] = defaultdict(Standing)

    async def load(self) -> "Providers":
        """Read what is said of them today."""
        if self.people or self.organisations:
            await self._registrations()
            await self._teams()
            await self._pairings()
        if self.organisations:
            await self._promises()
        return self

    def of(self, row: Raw) -> Standing:
        """Return the standing of a resource's owner."""
        return self._standings.get(_owner(row["owner_person_id"], row["owner_organisation_id"]), NOTHING)

    async def _registrations(self) -> None:
        statement = Statement()
        active = statement.bind(RegistrationStatus.ACTIVE.value)
        rows = await statement.fetch(
            "SELECT r.person_id, r.organisation_id, r.skills, r.certificates, c.code FROM registration r"
            f" LEFT JOIN place c ON c.id = r.community_id WHERE r.status = {active}"
            f" AND ({statement.among('r.person_id', self.people)}"
            f" OR (r.person_id IS NULL AND {statement.among('r.organisation_id', self.organisations)}))"
        )
        for row in rows:
            # What is said of a person holds for the person, and not for the unit they come from.
            unit = row["organisation_id"] if row["person_id"] is None else None
            standing = self._standings[_owner(row["person_id"], unit)]
            _able(standing, row)
            if row["code"] is not None:
                standing.registered.add(row["code"])

    async def _teams(self) -> None:
        statement = Statement()
        rows = await statement.fetch(
            "SELECT t.lead_person_id, t.organisation_id, t.skills, t.certificates FROM team t"
            f" WHERE t.status = {statement.bind(TeamStatus.ACTIVE.value)}"
            f" AND ({statement.among('t.lead_person_id', self.people)}"
            f" OR {statement.among('t.organisation_id', self.organisations)})"
        )
        for row in rows:
            # Who leads a team brings along what it can do; what proves it is the team's, and its unit's with it.
            _able(self._standings[_owner(row["lead_person_id"], None)], row, proven=False)
            if row["organisation_id"] is not None:
                _able(self._standings[_owner(None, row["organisation_id"])], row)

    async def _pairings(self) -> None:
        statement = Statement()
        today = statement.bind(clock.today())
        rows = await statement.fetch(
            "SELECT g.person_id, g.organisation_id, g.path, g.household_id FROM pairing g"
            f" WHERE g.valid_from <= {today} AND (g.valid_to IS NULL OR g.valid_to >= {today})"
            f" AND ({statement.among('g.person_id', self.people)}"
            f" OR {statement.among('g.organisation_id', self.organisations)})"
        )
        for row in rows:
            standing = self._standings[_owner(row["person_id"], row["organisation_id"])]
            if row["household_id"] is None:
                standing.paired.add(row["path"])
            else:
                standing.households.add(str(row["household_id"]))

    async def _promises(self) -> None:
        statement = Statement()
        today = statement.bind(clock.today())
        rows = await statement.fetch(
            f"SELECT a.unit_id, a.path, p.category, p.quantity, p.hours, p.unit, {TARGET} AS target,"
            f" (SELECT COALESCE(SUM({AMOUNT}), 0) {HELD} WHERE cl.promise_id = p.id AND ({FITS})) AS used"
            " FROM agreement_promise p JOIN agreement a ON a.id = p.agreement_id"
            f" WHERE {statement.among('a.unit_id', self.organisations)}"
            f" AND {statement.among('a.status', sorted(map(str, BINDING)))}"
            f" AND a.valid_from <= {today} AND a.valid_to >= {today} ORDER BY p.id"
        )
        for row in rows:
            self._standings[_owner(None, row["unit_id"])].promises += _promises_of(row)


def _owner(person: int | None, organisation: int | None) -> Owner:
    return ("ORGANISATION", organisation) if organisation is not None else ("PERSON", person or 0)


def _able(standing: Standing, row: Raw, *, proven: bool = True) -> None:
    loaded: Any = DECODERS[Kind.JSON]
    today = clock.today().isoformat()
    standing.skills.update(loaded(row["skills"]) or ())
    if not proven:
        return
    # ISO dates order as texts do.
    standing.certificates.update(
        each["kind"]
        for each in loaded(row["certificates"]) or ()
        if each["valid_until"] is None or each["valid_until"] >= today
    )


def _promises_of(row: Raw) -> list[Promise]:
    left: float | None = None
    if row["target"] is not None:
        left = round(row["target"] - row["used"], 4)
        left = left if left > ROUNDING else 0.0
    units: Sequence[str | None] = units_of(row["quantity"], row["hours"], row["unit"]) or (None,)
    return [(row["path"], row["category"], left, unit) for unit in units]
