"""Who registers where: checked parties and place of a registration."""

from collections.abc import Mapping
from typing import Any

from tortoise.exceptions import IntegrityError

from api.commands import inputs
from api.commands.rows import Rows
from api.errors import Duplicate, InvalidInput
from api.models import Organisation, Person, Place, Registration
from api.models.choices import OrganisationStatus, PlaceKind, Visibility
from api.plan.viewer import Viewer

COMMUNITIES = (PlaceKind.COMMUNITY, PlaceKind.VILLAGE)
# A person's registration names no place finer than the public knows of a household.
HOMES = (*COMMUNITIES, PlaceKind.ESTATE, PlaceKind.COURTYARD, PlaceKind.LANE, PlaceKind.GRID)


async def parties(viewer: Viewer, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that say who registers where; a person's place is by default their community.

    Raises:
        InvalidInput: nobody is named, or the place does not suit.
        NotFound: the viewer may not see one of them.
    """
    rows = Rows()
    person = organisation = None
    if values.get("person") is not None:
        person = await rows.visible(viewer, Person, values["person"], ("person",))
    if values.get("organisation") is not None:
        organisation = await rows.visible(viewer, Organisation, values["organisation"], ("organisation",))
        if organisation.status is OrganisationStatus.SUSPENDED:
            raise InvalidInput("该单位已停用", "The organisation is suspended", ("organisation",))
    if person is None and organisation is None:
        raise InvalidInput("须指明个人或单位", "Name a person or an organisation", ("person",))
    place = await _place(viewer, values.get("place"), person, rows)
    columns = {
        "person_id": person and person.id,
        "organisation_id": organisation and organisation.id,
        "place_id": place.id,
    }
    return columns | {
        "path": place.path,
        "community_id": place.community_id,
        "visibility": Visibility.ADMINISTRATORS if person else Visibility.PUBLIC,
    }


async def insert_once(row: Registration) -> None:
    """Write a new registration. Raise Duplicate when they are registered there already, or wait to be."""
    who = f"person:{row.person_id}" if row.person_id is not None else f"organisation:{row.organisation_id}"
    row.live_key = f"{who}@{row.place_id}"
    double = Duplicate("已在这里报到", "Registered there already", ("place",))
    if await Registration.filter(live_key=row.live_key).exists():
        raise double
    try:
        await row.save(force_create=True)
    except IntegrityError as fault:
        # Somebody else sent the same at the same moment.
        if "live_key" in str(fault):
            raise double from fault
        raise


async def _place(viewer: Viewer, identifier: int | None, person: Any, rows: Rows) -> Place:
    here = ("place",)
    if person is None:
        if identifier is None:
            raise inputs.missing(here)
        place: Place = await rows.visible(viewer, Place, identifier, here)
        if place.kind not in COMMUNITIES:
            raise InvalidInput("单位向社区(村)报到", "A unit registers to a community or village", here)
        return place
    if identifier is None:
        home = await rows.above(person.path)
        identifier = home[0].community_id if home else None
    if identifier is None:
        raise inputs.missing(here)
    place = await rows.visible(viewer, Place, identifier, here)
    if place.kind not in HOMES:
        raise InvalidInput("个人向居住的小区或社区报到", "A person registers to their estate or community", here)
    if not person.path.startswith(place.path):
        raise InvalidInput("本人不住在这里", "The person does not live there", here)
    return place
