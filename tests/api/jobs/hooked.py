"""A town with a webhook at a real receiver, for the tests of sending."""

from typing import Any

from api.commands import webhook as commands
from api.commands.need import submit_need
from api.jobs.posting import Poster, poster_of
from api.jobs.webhooks import send_due
from api.models import WebhookDelivery
from api.models.choices import Visibility
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.factories import Town

POSTER = poster_of(allow_private=True)


async def webhook_at(town: Town, url: str, **more: Any) -> tuple[Viewer, commands.IssuedSecret]:
    """Register a webhook of a new organisation (or of `organisation`) for the events of needs."""
    organisation = more.pop("organisation", None) or await town.organisation()
    viewer = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=organisation)
    values = {"organisation": organisation, "url": url, "kinds": ["need.*"], **more}
    return viewer, await commands.register_webhook(viewer, values)


async def a_need(town: Town, place: str = "A1", **more: Any) -> int:
    """Submit a public need of an organisation."""
    owner = {"organisation": await town.organisation(place)}
    return await submit_need(town.administrator("S"), town.need(owner, place, visibility=Visibility.PUBLIC, **more))


async def send(town: Town, webhook: int, poster: Poster = POSTER) -> bool:
    """Do what a server's background work does for one webhook."""
    return await send_due(town.runtime, poster, webhook)


async def only_delivery() -> WebhookDelivery:
    """Return the only delivery there is."""
    return await WebhookDelivery.get().select_related("event")
