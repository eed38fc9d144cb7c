"""A need of ten meals in the town, and those who claim it."""

from dataclasses import dataclass
from typing import Any

from api.commands import claim, need
from api.models import Claim, Membership, Need, RequirementLine
from api.models.choices import ItemKind
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.factories import Town

TODAY = "2026-11-20"


@dataclass
class Board:
    """One need of 柳岸华都, its resident, two units that may claim it, and the committee."""

    town: Town
    asker: int
    resident: Viewer
    firm: int
    other: int
    unit: Viewer
    rival: Viewer
    staff: Viewer
    need: int

    async def line(self, position: int = 0) -> int:
        row = await RequirementLine.get(need_id=self.need, position=position)
        return int(row.id)

    async def claim(self, viewer: Viewer | None = None, **values: Any) -> int:
        who = viewer or self.unit
        organisation = next(iter(who.principal.organisation_ids), None)
        given = {"claimant": {"organisation": organisation}} if organisation else {}
        return await claim.claim_item(who, ItemKind.NEED, self.need, given | values)

    async def version(self, key: int) -> int:
        return (await Claim.get(id=key)).version

    async def status(self) -> str:
        return str((await Need.get(id=self.need)).status)


async def board(town: Town, **values: Any) -> Board:
    """Submit the need, ten portions unless `values` say otherwise."""
    asker = await town.person("A1b")
    resident = town.viewer(Role.RESIDENT, "A", person=asker, member_of="A")
    firm, other = await town.organisation("A"), await town.organisation("A")
    lines = [{"category": "life.repair", "quantity": 10.0, "unit": "PIECE"}]
    key = await need.submit_need(resident, town.need({"person": asker}, **{"lines": lines, **values}))
    return Board(
        town, asker, resident, firm, other,
        town.viewer(Role.UNIT_REPRESENTATIVE, "D", person=await town.person("B1"), organisation=firm),
        town.viewer(Role.UNIT_REPRESENTATIVE, "D", person=await town.person("B1"), organisation=other),
        town.viewer(Role.COMMITTEE_STAFF, "A", person=await town.person("A1")),
        key,
    )  # fmt: skip


async def member(town: Town, organisation: int, person: int) -> None:
    """Let a person be one of an organisation."""
    await Membership.create(
        person_id=person, organisation_id=organisation, role=Role.UNIT_REPRESENTATIVE, place_id=town.id("A"),
        path=town.path("A"), valid_from="2026-01-01",
    )  # fmt: skip
