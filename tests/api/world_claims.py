"""Claims of the made-up city: by people and organisations, on needs and projects of every visibility."""

from datetime import timedelta
from typing import Any

from api.identifiers import new_id
from api.models import Claim, ClaimEvaluation, ClaimLine, ClaimParticipant, HistoryEntry
from api.models.choices import ParticipantStatus
from api.state_machines.claim import ClaimStatus
from tests.api.world import NOW, World, write
from tests.api.world_items import Items


class Claims:
    """Claims with lines, participants and evaluations, drawn from the world's seed."""

    def __init__(self, world: World, items: Items) -> None:
        self.world, self.items, self.chance = world, items, world.chance
        self.claims: list[Claim] = []
        self.children: list[Any] = []

    async def build(self, claims: int = 60) -> "Claims":
        """Write so many claims."""
        affairs = {each.id: each for each in (*self.items.needs, *self.items.projects)}
        for line in self.chance.choices(self.items.lines, k=claims):
            self.claim(line, affairs[line.need_id or line.project_id])
        await write(self.claims, self.children)
        return self

    def claim(self, line: Any, item: Any, **given: Any) -> Claim:
        by_unit = self.chance.random() < 0.6
        claimant = self.chance.choice(self.world.organisations if by_unit else self.world.people)
        kind = "organisation" if by_unit else "person"
        values = {
            "need_id": line.need_id, "project_id": line.project_id, f"{kind}_id": claimant.id,
            f"actor_{kind}_id": claimant.id, "asker_person_id": item.owner_person_id,
            "asker_household_id": item.owner_household_id, "asker_organisation_id": item.owner_organisation_id,
            "path": item.path, "community_id": item.community_id, "status": self.chance.choice(list(ClaimStatus)),
            "note": "备注", "proof": "凭证", "proof_links": ["https://example.org/p.jpg"],
            "contact_consent_at": self.chance.choice((None, NOW)), "due_at": NOW + timedelta(days=3),
            **self.world.changed(),
        }  # fmt: skip
        found = Claim(id=new_id(), **{**values, **given})
        self.claims.append(found)
        self.children += [
            ClaimLine(
                id=new_id(), claim_id=found.id, line_id=line.id, category=line.category, unit=line.unit,
                quantity=self.chance.choice((None, 1.0)),
            ),
            self.participant(found),
            ClaimEvaluation(
                id=new_id(), claim_id=found.id, by_side="ASKER", score=4, text_zh="很好", at=NOW,
                organisation_id=found.organisation_id, person_id=found.person_id,
            ),
            HistoryEntry(
                id=new_id(), item_kind="CLAIM", item_id=found.id, version=1, at=NOW, actor="person:1",
                action="claim.create", changes={"note": [None, "备注"]},
            ),
        ]  # fmt: skip
        return found

    def participant(self, claim: Claim) -> ClaimParticipant:
        kind = self.chance.choice(("person", "organisation"))
        who = self.chance.choice(self.world.people if kind == "person" else self.world.organisations)
        named = {"person_id": who.id, "actor_person_id": who.id} if kind == "person" else {"organisation_id": who.id}
        status = self.chance.choice(list(ParticipantStatus))
        return ClaimParticipant(id=new_id(), claim_id=claim.id, share="出力", status=status, **named)
