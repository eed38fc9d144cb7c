"""Agreements of the made-up city, in every state and of every visibility, with promises, signatures and history."""

from datetime import date
from typing import Any

from api.identifiers import new_id
from api.models import Agreement, AgreementPromise, AgreementSignature, HistoryEntry
from api.state_machines.agreement import EDITABLE, AgreementStatus
from auth.relations import Visibility
from tests.api.world import COMMUNITIES, NOW, World, write


class Agreements:
    """Agreements of a body of a community with any other organisation, drawn from the world's seed."""

    def __init__(self, world: World) -> None:
        self.world, self.chance = world, world.chance
        self.agreements: list[Agreement] = []
        self.children: list[Any] = []

    async def build(self, agreements: int = 40) -> "Agreements":
        """Write so many agreements."""
        for number in range(agreements):
            self.agreement(number)
        await write(self.agreements, self.children)
        return self

    def agreement(self, number: int) -> None:
        place = self.world.places[self.chance.choice(tuple(COMMUNITIES))]
        committee, unit = self.chance.sample(self.world.organisations, 2)
        status = self.chance.choice(list(AgreementStatus))
        wished = self.chance.choice(list(Visibility))
        found = Agreement(
            id=new_id(), number=f"协-{number}", title_zh=f"协议{number}", place_id=place.id, path=place.path,
            community_id=place.id, committee_id=committee.id, unit_id=unit.id, valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31), status=status, signed_visibility=wished,
            visibility=Visibility.ADMINISTRATORS if status in EDITABLE else wished,
            in_force_on=None if status in EDITABLE else date(2026, 1, 1),
            **self.world.changed(),
        )  # fmt: skip
        self.agreements.append(found)
        self.children += [
            AgreementPromise(id=new_id(), agreement_id=found.id, position=0, category="life", quantity=3.0),
            AgreementSignature(
                id=new_id(), agreement_id=found.id, organisation_id=unit.id, digest="d" * 64, signed_at=NOW,
                person_id=self.chance.choice(self.world.people).id,
            ),
            HistoryEntry(
                id=new_id(), item_kind="AGREEMENT", item_id=found.id, version=1, at=NOW, actor="person:1",
                action="agreement.draft", changes={},
            ),
        ]  # fmt: skip
