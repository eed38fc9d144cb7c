"""What was promised and taken on in the story: registrations, pairings, teams, service points, agreements, claims."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from api import clock
from api.commands.agreement import draft_agreement, propose_agreement
from api.commands.agreement_signing import remedy_promise, sign_agreement
from api.commands.claim import claim_item
from api.commands.claim_evaluation import evaluate_claim
from api.commands.claim_joining import answer_invitation
from api.commands.claim_moves import accept_claim, complete_claim, decline_claim, release_claim
from api.commands.due import run_due
from api.commands.fallback import set_fallback
from api.commands.pairing import create_pairing
from api.commands.registration import submit_registration
from api.commands.service_point import create_service_point
from api.commands.standing import system_viewer
from api.commands.team import register_team
from api.commands.unit_of_work import joined_work
from api.models import AgreementPromise, Claim, ClaimParticipant, RequirementLine
from api.models.choices import ItemKind, ParticipantStatus, ServicePointLevel
from api.plan.viewer import Viewer
from api.runtime import Runtime
from seeds.days import on, on_their_days
from seeds.files import Entry, day, entries, noon
from seeds.items import windows
from seeds.register import Keys
from seeds.story import told

TODAY = "today"
LAST_DAY = "2026-11-22"


async def load_fallbacks(viewer: Viewer, keys: Keys) -> None:
    """Name who serves the estates that have no property firm."""
    for entry in entries("fallbacks"):
        place, organisation = keys.places[entry["place"]], keys.organisations[entry["organisation"]]
        await set_fallback(viewer, place, organisation, entry["categories"], None)


async def load_register(viewer: Viewer, keys: Keys) -> None:
    """Register units and helpers to their communities, pair units with estates; enter teams and service points."""

    async def registration(entry: Entry) -> None:
        values = keys.owner(entry["by"]) | {"place": keys.places[entry["place"]]} | _offer(entry["offer"])
        await submit_registration(viewer, values)

    async def pairing(entry: Entry) -> None:
        await create_pairing(viewer, keys.owner(entry["by"]) | {"place": keys.places[entry["place"]]})

    async def team(entry: Entry) -> None:
        keys.teams[entry["key"]] = await register_team(viewer, _team(keys, entry))

    async def service_point(entry: Entry) -> None:
        await create_service_point(viewer, _point(keys, entry))

    entering = {"registrations": registration, "pairings": pairing, "teams": team, "service_points": service_point}
    for name, enter in entering.items():
        await on_their_days(viewer, told(name), "confirmedOn", enter)


def _point(keys: Keys, entry: Entry) -> Entry:
    office = entry["organisation"]
    return {
        "name": entry["name"]["zh"],
        "name_en": entry["name"]["en"],
        "level": ServicePointLevel(entry["level"]),
        "place": keys.places[entry["place"]],
        "organisation": keys.organisations[office] if office else None,
        "services": entry["services"],
        "windows": windows(entry["windows"]),
    }


def _team(keys: Keys, entry: Entry) -> Entry:
    return {
        "name": entry["name"]["zh"],
        "name_en": entry["name"]["en"],
        "lead": keys.people[entry["lead"]],
        "organisation": keys.organisations[entry["organisation"]],
        "place": keys.places[entry["place"]],
        "skills": entry["skills"],
        "members": entry["members"],
    }


def _offer(entry: Entry) -> Entry:
    if not entry:
        return {}
    return entry | {"windows": windows(entry["windows"])}


async def load_agreements(runtime: Runtime, keys: Keys) -> None:
    """Draft, propose and sign each agreement on its first day; the loader signs for both sides, one after the other."""
    for entry in told("agreements"):
        unit = keys.owner(entry["unit"])["organisation"]
        viewer = system_viewer(runtime, "seed", [unit])
        values = {
            "title": entry["title"]["zh"],
            "title_en": entry["title"]["en"],
            "place": keys.places[entry["place"]],
            "committee": keys.owner(entry["committee"])["organisation"],
            "unit": unit,
            "valid_from": day(entry["from"]),
            "valid_to": day(entry["to"]),
            "promises": [_promise(promise) for promise in entry["promises"]],
        }
        async with on(viewer, entry["from"]):
            key = await draft_agreement(viewer, values)
            await propose_agreement(viewer, key, 1)
            await sign_agreement(viewer, key, 2)
            await sign_agreement(viewer, key, 3)
        keys.agreements[entry["key"]] = key


def _promise(entry: Entry) -> Entry:
    named = {name: entry[name] for name in ("text", "category", "quantity", "unit")}
    return named | {"due_on": day(entry["dueOn"])}


async def load_claims(viewer: Viewer, keys: Keys) -> None:
    """Make the claims of the story and bring each to its state; who made a claim does not answer it."""
    committee = system_viewer(viewer.runtime, "seed-committee")
    for entry in sorted(told("claims"), key=lambda entry: str(entry["on"])):
        kind = ItemKind(entry["kind"])
        item = keys.items[entry["item"]]
        values: dict[str, Any] = {
            "claimant": {"team": keys.teams[entry["team"]]} if entry["team"] else keys.owner(entry["by"]),
            "participants": [keys.owner(each) for each in entry["with"]],
        }
        if entry["agreement"]:
            values["agreement"] = keys.agreements[entry["agreement"]]
        if entry["quantity"] is not None:
            line = await RequirementLine.filter(**{f"{kind.lower()}_id": item}).order_by("position").first()
            assert line is not None
            values["lines"] = [{"line": line.id, "quantity": entry["quantity"]}]
        async with _at(viewer, entry["on"]):
            claim = await claim_item(viewer, kind, item, values)
            for row in await ClaimParticipant.filter(claim_id=claim).order_by("id"):
                # Only whoever was invited joins, so the loader stands for that unit.
                invited = system_viewer(viewer.runtime, "seed", [row.organisation_id] if row.organisation_id else [])
                await answer_invitation(invited, row.id, ParticipantStatus.JOINED)
        async with _at(committee, entry["until"]):
            await _bring(committee, claim, entry)


async def _bring(viewer: Viewer, claim: int, entry: Entry) -> None:
    state, words = entry["status"], entry["words"]
    if state == "DECLINED":
        await decline_claim(viewer, claim, words, await _version(claim))
    elif state not in ("PROPOSED", "EXPIRED"):
        await accept_claim(viewer, claim, await _version(claim), consent="ORAL" if "person" in entry["by"] else None)
    if state == "RELEASED":
        await release_claim(viewer, claim, words, await _version(claim))
    elif state in ("COMPLETED", "EVALUATED"):
        await complete_claim(viewer, claim, words, await _version(claim))
    if state == "EVALUATED":
        await evaluate_claim(viewer, claim, "ASKER", entry["score"], text=entry["thanks"])
        await evaluate_claim(viewer, claim, "CLAIMANT", 5)


@asynccontextmanager
async def _at(viewer: Viewer, when: str) -> AsyncIterator[None]:
    """Stand at a day of the story; what is still open begins today, whenever the story is loaded."""
    async with joined_work(viewer) if when == TODAY else on(viewer, when):
        yield


async def _version(claim: int) -> int:
    return (await Claim.get(id=claim)).version


async def load_remedies(viewer: Viewer, keys: Keys) -> None:
    """Let what is due by the story's last day happen, and note how broken promises were made good."""
    with clock.fixed(noon(LAST_DAY)):
        await run_due(viewer.runtime)
    for entry in told("agreements"):
        for promise in entry["promises"]:
            if promise["remedy"]:
                row = await AgreementPromise.get(agreement_id=keys.agreements[entry["key"]], text_zh=promise["text"])
                with clock.fixed(noon(promise["remediedOn"])):
                    await remedy_promise(viewer, row.id, promise["remedy"])
