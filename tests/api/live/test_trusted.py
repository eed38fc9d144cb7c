"""Trusted documents over both protocols of subscriptions."""

import json

import pytest

from api.http.manifest import MANIFEST
from api.settings import Settings
from tests.api.live.asking import Served, until
from tests.api.live.test_subscriptions import NEEDS

NAMED = {each["name"]: f"sha256:{each['id']}" for each in json.loads(MANIFEST.read_text())["operations"]}
BELL = NAMED["NeedsThatOpen"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Return settings with which the shipped documents alone are executed."""
    return settings.model_copy(update={"trusted_documents": MANIFEST, "trusted_only": True})


async def test_the_bell_is_asked_for_by_identifier_over_both_protocols(served: Served) -> None:
    async with served.socket({"Accept-Language": "en"}) as socket:
        refused = {
            "a": ({"documentId": "sha256:x"}, "DOCUMENT_NOT_FOUND"),
            "b": ({"query": NEEDS}, "DOCUMENT_NOT_TRUSTED"),
            "c": ({"documentId": NAMED["WhoAmI"]}, "OPERATION_NOT_ALLOWED"),
        }
        for identifier, (payload, expected) in refused.items():
            await socket.send(type="subscribe", id=identifier, payload=payload)
            told = await socket.receive()
            assert (told["type"], told["id"]) == ("error", identifier)
            assert told["payload"][0]["extensions"]["code"] == expected
        # The connection goes on, until something is said that is none of the protocol's.
        await socket.send(type="subscribe", id="d", payload={"documentId": BELL, "variables": {}})
        await until(lambda: served.hub.followed == 1)
        await socket.send(type="subscribe", id="e", payload={"documentId": BELL, "query": NEEDS})
        assert await socket.closed() == 4400
    await until(lambda: served.hub.followed == 0)
    async with served.events("", documentId="sha256:x") as events:
        assert events.answer.status_code == 404
    async with served.events("", documentId=BELL) as events:
        assert events.answer.headers["content-type"].startswith("text/event-stream")
        await until(lambda: served.hub.followed == 1)
