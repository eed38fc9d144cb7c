"""The register of the made-up city: teams, registrations, pairings, service points, old and new."""

from datetime import date, timedelta
from typing import Any

from api.identifiers import new_id
from api.models import Pairing, Registration, ServicePoint, Team
from auth.relations import Visibility
from tests.api.world import COMMUNITIES, NOW, Values, World, write

TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=800)


class RegisterRows:
    """Random rows of the four kinds over a registered world."""

    def __init__(self, world: World) -> None:
        self.world, self.chance = world, world.chance
        self.teams: list[Team] = []
        self.registrations: list[Registration] = []
        self.pairings: list[Pairing] = []
        self.service_points: list[ServicePoint] = []

    async def build(self, each: int = 24) -> "RegisterRows":
        """Write so many of each kind."""
        for _ in range(each):
            self.team()
            self.registration()
            self.pairing()
            self.service_point()
        await write(self.teams, self.registrations, self.pairings, self.service_points)
        return self

    def confirmed(self) -> date | None:
        return self.chance.choice((None, TODAY - timedelta(days=self.chance.randrange(800))))

    def common(self, path: str) -> Values:
        return {
            "id": new_id(), "path": path, "version": 1, "confirmed_on": self.confirmed(),
            "created_at": self.chance.choice((NOW, LONG_AGO)), "updated_at": NOW,
        }  # fmt: skip

    def community(self) -> Any:
        return self.world.places[self.chance.choice(tuple(COMMUNITIES))]

    def team(self) -> None:
        place, unit = self.community(), self.chance.choice((None, *self.world.organisations))
        self.teams.append(
            Team(
                **self.common(place.path), name_zh="队", place_id=place.id, organisation_id=unit and unit.id,
                lead_person_id=self.chance.choice(self.world.people).id,
                status=self.chance.choice(("ACTIVE", "DISBANDED")),
            )
        )  # fmt: skip

    def registration(self) -> None:
        place, person = self.community(), self.chance.choice((None, self.chance.choice(self.world.people[:8])))
        unit = self.chance.choice(self.world.organisations)
        self.registrations.append(
            Registration(
                **self.common(place.path), place_id=place.id, community_id=place.id, organisation_id=unit.id,
                person_id=person and person.id, status=self.chance.choice(("PENDING", "ACTIVE", "ACTIVE", "ENDED")),
                visibility=Visibility.ADMINISTRATORS if person else Visibility.PUBLIC,
            )
        )  # fmt: skip

    def pairing(self) -> None:
        home = self.chance.choice((None, self.chance.choice(self.world.households)))
        unit = None if home else self.chance.choice((None, *self.world.organisations))
        place = (
            self.world.place_of(home.path)
            if home
            else self.chance.choice(
                [each for each in self.world.places.values() if each.kind in ("ESTATE", "BUILDING", "COMMUNITY")]
            )
        )
        visibility = Visibility.ADMINISTRATORS if home else Visibility.PUBLIC if unit else Visibility.MEMBERS
        self.pairings.append(
            Pairing(
                **self.common(place.path), place_id=place.id, household_id=home and home.id,
                organisation_id=unit and unit.id, visibility=visibility,
                person_id=None if unit else self.chance.choice(self.world.people).id,
                valid_from=TODAY - timedelta(days=self.chance.choice((-30, 30, 30))),
                valid_to=self.chance.choice((None, TODAY - timedelta(days=1), TODAY)),
            )
        )  # fmt: skip

    def service_point(self) -> None:
        place, unit = self.community(), self.chance.choice((None, *self.world.organisations))
        self.service_points.append(
            ServicePoint(
                **self.common(place.path), name_zh="站", place_id=place.id, organisation_id=unit and unit.id,
                level="COMMUNITY", status=self.chance.choice(("OPEN", "CLOSED")),
            )
        )  # fmt: skip
