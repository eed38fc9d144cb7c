"""Collection rounds of the story: who was asked, whose list was published by way of one, and how far the others are."""

from typing import Any

from api.commands.collection_round import open_round
from api.commands.item_list import publish_list, save_list
from api.commands.item_list_moves import confirm_list, return_list, submit_list
from api.models import CollectionInvitation
from api.models.choices import ListKind
from api.plan.viewer import Viewer
from seeds.days import on, on_their_days
from seeds.files import Entry, day, entries, two
from seeds.register import Keys


async def load_rounds(viewer: Viewer, keys: Keys) -> None:
    """Open the rounds, each on its day, and invite."""

    async def enter(entry: Entry) -> None:
        invited = {name: [getattr(keys, name)[key] for key in entry[name]] for name in ("organisations", "households")}
        values = {
            **two(entry["title"], "title"),
            "note": entry["note"],
            "place": keys.places[entry["place"]],
            "collects": [ListKind(kind) for kind in entry["collects"]],
            "period_from": day(entry["periodFrom"]),
            "period_to": day(entry["periodTo"]),
            "due_on": day(entry["dueOn"]),
        }
        keys.rounds[entry["key"]] = await open_round(viewer, values | invited)

    await on_their_days(viewer, entries("collection_rounds"), "openedOn", enter)


async def load_answers(viewer: Viewer, keys: Keys) -> None:
    """Enter the lists that were handed in and are not published; what was published came with the other lists."""
    for entry in entries("collection_rounds"):
        for answer in entry["answers"]:
            async with on(viewer, answer["on"]):
                values = {
                    **two(answer["title"], "title"),
                    "invitation": await _invitation(keys, entry["key"], answer["owner"]),
                    "items": [keys.items[item] for item in answer["items"]],
                }
                await _bring(viewer, ListKind(answer["kind"]), values, answer["status"], answer["reason"])


async def publish_answer(viewer: Viewer, keys: Keys, entry: Entry, values: dict[str, Any]) -> bool:
    """Publish a list of the story the way a round goes; tell whether it answers one at all."""
    for asked in entries("collection_rounds"):
        if entry["key"] in asked["published"]:
            answered = {"invitation": await _invitation(keys, asked["key"], entry["owner"])}
            await _bring(viewer, ListKind(entry["kind"]), values | answered, "PUBLISHED")
            return True
    return False


async def _bring(viewer: Viewer, kind: ListKind, values: dict[str, Any], state: str, reason: str | None = None) -> None:
    draft = await save_list(viewer, kind, values)
    await submit_list(viewer, kind, draft, 1)
    if state == "RETURNED":
        await return_list(viewer, kind, draft, reason or "", 2)
    elif state != "SUBMITTED":
        await confirm_list(viewer, kind, draft, 2)
    if state == "PUBLISHED":
        await publish_list(viewer, kind, draft=draft, expected=3)


async def _invitation(keys: Keys, asked: str, owner: dict[str, str]) -> int:
    who: dict[str, Any] = {f"owner_{name}_id": key for name, key in keys.owner(owner).items()}
    return int((await CollectionInvitation.get(round_id=keys.rounds[asked], **who)).id)
