"""What else hangs on rows of the made-up city: consents of needs, ratings of service items, who steps in where."""

from typing import Any

from api.identifiers import new_id
from api.models import FallbackProvider, NeedConsent, ServiceRating
from api.models.choices import Recorder
from auth.relations import Visibility
from tests.api.world import COMMUNITIES, NOW, World, write
from tests.api.world_items import Items


class Standing:
    """Consents, ratings and fallback providers."""

    def __init__(self, world: World, items: Items) -> None:
        self.world, self.items, self.chance = world, items, world.chance

    async def build(self, consents: int = 24) -> "Standing":
        """Write so many consents, three ratings of each service item, and a fallback for each community."""
        await write(
            [self.consent(need) for need in self.items.needs[:consents]],
            [self.rating(item, month) for item in self.items.service_items for month in range(1, 4)],
            [self.fallback(code) for code in COMMUNITIES],
        )
        return self

    def consent(self, need: Any) -> NeedConsent:
        return NeedConsent(
            id=new_id(), need_id=need.id, recorder=Recorder.CHILD, words="本人口头同意", given_on=NOW.date(),
            recorded_by_id=self.chance.choice(self.world.people).id, recorded_at=NOW, wanted=Visibility.PUBLIC,
        )  # fmt: skip

    def rating(self, item: Any, month: int) -> ServiceRating:
        return ServiceRating(
            id=new_id(), service_item_id=item.id, rater=f"{month}", month=f"2026-0{month}", score=month, text="还行",
            **self.world.changed(),
        )  # fmt: skip

    def fallback(self, code: str) -> FallbackProvider:
        place = self.world.places[code]
        return FallbackProvider(
            id=new_id(), place_id=place.id, path=place.path, organisation_id=self.world.organisations[0].id,
            **self.world.changed(),
        )  # fmt: skip
