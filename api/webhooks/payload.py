"""What a webhook is told: kind, time, identifier and community. No names, no texts, no exact place."""

from collections.abc import Iterable

import orjson

from api.models import Event, Place
from api.plan.global_id import global_id


def body_of(event: Event, community: str | None) -> bytes:
    """Return the body, the same one at each attempt."""
    content = {
        "type": event.kind,
        "timestamp": event.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "id": global_id(event.object_type, event.object_id),
            "type": event.object_type,
            "place": community,
        },
    }
    return orjson.dumps(content)


async def communities(paths: Iterable[str]) -> dict[str, str]:
    """Return by path the code of its community; above communities, that of the place itself."""
    places = await Place.filter(path__in=sorted({path for path in paths if path})).select_related("community")
    return {place.path: place.community.code if place.community else place.code for place in places}
