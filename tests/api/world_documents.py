"""What stands beside the items of the made-up city: lists, rules, matches, audit, jobs, keys."""

import random
from datetime import date, timedelta
from typing import Any

from api.identifiers import new_id
from api.models import (
    AuditEntry,
    BearerKey,
    CollectionInvitation,
    CollectionRound,
    Event,
    ItemList,
    Job,
    ListEntry,
    Match,
    RuleSet,
    RuleVersion,
    WebhookDelivery,
    WebhookEndpoint,
)
from api.state_machines.collection_round import CollectionRoundStatus
from api.state_machines.item_list import ListStatus
from api.state_machines.match import MatchStatus
from api.state_machines.webhook import DeliveryStatus
from auth.relations import Visibility
from tests.api.world import COMMUNITIES, NOW, World, write
from tests.api.world_items import Items

FAR = date(2199, 12, 1)
STANDING = (ListStatus.DRAFT, ListStatus.PUBLISHED, ListStatus.SUPERSEDED, ListStatus.WITHDRAWN)
ON_THE_WAY = (ListStatus.DRAFT, ListStatus.SUBMITTED, ListStatus.RETURNED, ListStatus.CONFIRMED)
CONDITION = {
    "path": "rules[0].require", "field": "pair.sameCommunity", "operator": "=", "expected": True, "actual": True,
    "holds": True, "points": 0, "zh": "同一社区", "en": "the same community",
}  # fmt: skip


class Documents:
    """Lists, rule sets with versions, matches, and the records of what was done."""

    def __init__(self, world: World, items: Items) -> None:
        self.world, self.items, self.chance = world, items, world.chance
        self.rounds: list[CollectionRound] = []
        self.invitations: list[CollectionInvitation] = []
        self.lists: list[ItemList] = []
        self.entries: list[ListEntry] = []
        self.rule_sets: list[RuleSet] = []
        self.rule_versions: list[RuleVersion] = []
        self.matches: list[Match] = []
        self.audit_entries: list[AuditEntry] = []
        self.jobs: list[Job] = []
        self.keys: list[BearerKey] = []
        self.events: list[Event] = []
        self.webhooks: list[WebhookEndpoint] = []
        self.deliveries: list[WebhookDelivery] = []

    async def build(self, matches: int = 90, lists: int = 8, records: int = 30, prefix: str = "") -> "Documents":
        """Write so many of them; `prefix` keeps what must be unique apart from an earlier call's."""
        self.prefix = prefix
        items: dict[str, list[Any]] = {
            "need": self.items.needs, "resource": self.items.resources, "project": self.items.projects
        }  # fmt: skip
        for kind, rows in items.items():
            for number in range(lists):
                self.add_list(kind, number, self.chance.sample(rows, min(len(rows), 6)))
        for code in (*COMMUNITIES, "S1"):
            self.rule_set(code)
        self.match_some(matches)
        self.records(records)
        self.told(records)
        self.collect()
        await write(
            self.rounds, self.invitations, self.lists, self.entries, self.rule_sets, self.rule_versions, self.matches,
            self.audit_entries, self.jobs, self.keys, self.events, self.webhooks, self.deliveries,
        )  # fmt: skip
        return self

    def add_list(self, kind: str, number: int, rows: list[Any]) -> None:
        community = self.world.places[self.chance.choice(tuple(COMMUNITIES))]
        owner = self.chance.choice(self.world.organisations)
        private = number % 3 == 0
        found = ItemList(
            id=new_id(), kind=kind.upper(), number=f"{self.prefix}{kind}-{number}", title_zh=f"单{kind}{number}",
            place_id=community.id, path=community.path, community_id=community.id, family=owner.family,
            owner_organisation_id=None if private else owner.id,
            owner_household_id=self.chance.choice(self.world.households).id if private else None,
            visibility=self.chance.choice([*Visibility, Visibility.PUBLIC]),
            status=self.chance.choice(STANDING),
            published_on=NOW.date(), **self.world.changed(),
        )  # fmt: skip
        self.lists.append(found)
        for position, row in enumerate(rows):
            self.entries.append(
                ListEntry(id=new_id(), item_list_id=found.id, position=position, **{f"{kind}_id": row.id})
            )

    def collect(self) -> None:
        """Open a round in each community and in a sub-district; some lists answer, some were never published."""
        chance = random.Random(f"{self.prefix}collections")
        for code in (*COMMUNITIES, "S1"):
            place = self.world.places[code]
            # One round is late for sure.
            late = code == "QA"
            status = CollectionRoundStatus.OPEN if late else chance.choice(list(CollectionRoundStatus))
            found = CollectionRound(
                id=new_id(), title_zh=f"{self.prefix}梳理{code}", place_id=place.id, path=place.path,
                community_id=place.community_id, collects=["NEED", "RESOURCE"],
                due_on=NOW.date() if late else FAR,
                status=status, version=1, created_at=NOW,
                updated_at=NOW - timedelta(hours=chance.randrange(500)),
            )  # fmt: skip
            self.rounds.append(found)
            homes = [each for each in self.world.households if each.path.startswith(place.path)]
            for home in chance.sample(homes, min(3, len(homes))):
                self.invite(found, home.path, owner_household_id=home.id)
            for firm in chance.sample(self.world.organisations, 3):
                self.invite(found, place.path, owner_organisation_id=firm.id)
        for each in self.lists[::4]:
            asked = chance.choice(self.invitations)
            each.invitation_id = asked.id
            if chance.random() < 0.5:
                each.published_on, each.status = None, chance.choice(ON_THE_WAY)
            each.owner_organisation_id, each.owner_household_id = asked.owner_organisation_id, asked.owner_household_id
            each.entered_by_id = chance.choice((None, chance.choice(self.world.people).id))

    def invite(self, found: CollectionRound, path: str, **owner: int) -> None:
        self.invitations.append(
            CollectionInvitation(id=new_id(), round_id=found.id, path=path, created_at=NOW, **owner)
        )

    def rule_set(self, code: str) -> None:
        place = self.world.places[code]
        found = RuleSet(
            id=new_id(), key=f"{self.prefix}rules-{code}", place_id=place.id, path=place.path, title_zh=f"规{code}",
            draft=f"草{code}", draft_version=1, **self.world.changed(),
        )  # fmt: skip
        self.rule_sets.append(found)
        for number in (1, 2):
            self.rule_versions.append(
                RuleVersion(
                    id=new_id(), rule_set_id=found.id, path=place.path, number=number, document={"format": 1},
                    document_hash="0" * 64, status="PUBLISHED" if number == 2 else "SUPERSEDED", published_at=NOW,
                )
            )  # fmt: skip

    def match_some(self, most: int) -> None:
        wanted = {need.id: need for need in self.items.needs} | {each.id: each for each in self.items.projects}
        pairs = {
            (self.chance.randrange(len(self.items.lines)), self.chance.randrange(len(self.items.resources)))
            for _ in range(2 * most)
        }
        for line, resource in self.chance.sample(sorted(pairs), min(most, len(pairs))):
            self.match(self.items.lines[line], self.items.resources[resource], wanted)

    def match(self, line: Any, resource: Any, wanted: dict[int, Any], **given: Any) -> Match:
        demand = wanted[line.need_id or line.project_id]
        version = self.chance.choice(self.rule_versions)
        community = self.world.places[self.world.community_of(demand.path)]
        values = {
            "rule_set_id": version.rule_set_id, "rule_version_id": version.id, "rule_id": "near", "branch": 0,
            "line_id": line.id, "need_id": line.need_id, "project_id": line.project_id, "resource_id": resource.id,
            "community_id": community.id, "path": demand.path, "score": self.chance.randrange(5) * 10,
            "parts": [{"label": "基本", "points": 10}], "conditions": [CONDITION], "rule_title_zh": "就近",
            "rule_title_en": "Near", "because_zh": f"因为{line.id}", "because_en": f"because {line.id}",
            "status": self.chance.choice(list(MatchStatus)),
            "decided_at": NOW - timedelta(hours=self.chance.randrange(200)),
        }  # fmt: skip
        found = Match(id=new_id(), **{**values, **given})
        self.matches.append(found)
        return found

    def records(self, many: int) -> None:
        paths = [place.path for place in self.world.places.values()]
        for number in range(many):
            self.audit_entries.append(
                AuditEntry(
                    id=new_id(), chain=f"{self.prefix}main", sequence=number, at=NOW, actor="person:1",
                    action="need.submit", object_type="Need", object_id=number, path=self.chance.choice(paths),
                    change={"fields": ["title"]},
                    previous_hash="0" * 64, hash="1" * 64,
                )
            )  # fmt: skip
        for _ in range(many // 2):
            path = self.chance.choice(paths)
            self.jobs.append(
                Job(id=new_id(), kind="match", subject_id=1, path=path, status="DONE", done=1, total=1, created_at=NOW)
            )
        for number in range(many // 2):
            firm = self.world.organisations[number % len(self.world.organisations)]
            owner: dict[str, Any] = {"organisation_id": firm.id}
            if number % 3 == 0:
                owner = {"person_id": self.chance.choice(self.world.people).id}
            self.keys.append(
                BearerKey(
                    id=new_id(), key_id=f"{self.prefix}key{number}", secret_hash="0" * 64, label=f"钥{number}",
                    scopes=["need:read"], created_at=NOW, expires_at=NOW + timedelta(days=30), **owner,
                )
            )  # fmt: skip

    def told(self, many: int) -> None:
        for number in range((many + 1) // 2):
            firm = self.world.organisations[number % len(self.world.organisations)]
            times: dict[str, Any] = {"created_at": NOW, "updated_at": NOW, "secret_created_at": NOW}
            self.webhooks.append(
                WebhookEndpoint(id=new_id(), organisation_id=firm.id, url=f"https://h{number}", **times)
            )
        for number in range(many):
            event = Event(
                id=new_id(), at=NOW, kind="need.submit", object_type="Need", object_id=number, path="", payload={}
            )
            status = list(DeliveryStatus)[number % len(DeliveryStatus)]
            self.events.append(event)
            self.deliveries.append(
                WebhookDelivery(
                    id=new_id(), endpoint_id=self.webhooks[number % len(self.webhooks)].id, event_id=event.id,
                    status=status, attempts=number % 3, by_hand=number % 7 == 0, created_at=NOW,
                )
            )  # fmt: skip
