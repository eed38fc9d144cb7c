"""Two sides that agree, and an agreement before them: givens for tests of agreements."""

import dataclasses
from datetime import date
from typing import Any

from api.commands import agreement as commands
from api.models import Agreement
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.api.agreements import FIRST, LAST
from tests.factories import Town

PROMISES = [
    {"category": "life.repair", "text": "每月上门小修", "quantity": 30.0, "unit": "PIECE", "due_on": date(2026, 9, 30)},
    {"category": "space.room", "hours": 40.0},
]


@dataclasses.dataclass
class Sides:
    """A committee and a unit of A, and who may sign for each."""

    committee: int
    unit: int
    administrator: Viewer
    representative: Viewer

    def values(self, town: Town, **more: Any) -> dict[str, Any]:
        return {
            "title": "共驻共建协议", "place": town.id("A"), "committee": self.committee, "unit": self.unit,
            "valid_from": FIRST, "valid_to": LAST, "promises": PROMISES,
        } | more  # fmt: skip


async def sides_of(town: Town) -> Sides:
    unit = await town.organisation()
    return Sides(
        await town.organisation("A", "RESIDENTS_COMMITTEE"),
        unit,
        town.viewer(Role.COMMITTEE_ADMINISTRATOR, "A", person=await town.person()),
        town.viewer(Role.UNIT_REPRESENTATIVE, "A", person=await town.person(), organisation=unit),
    )


async def proposed(town: Town, sides: Sides, **more: Any) -> Agreement:
    key = await commands.draft_agreement(sides.administrator, sides.values(town, **more))
    return await Agreement.get(id=await commands.propose_agreement(sides.administrator, key, 1))


def outsiders(town: Town, other: int) -> list[Viewer]:
    return [
        town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=other),
        town.administrator("B"),
        town.viewer(Role.RESIDENT, "A", member_of="A"),
    ]
