"""Claims (认领): commit oneself to a need or project, whole or in part, alone or with others."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from api import clock
from api.commands import inputs
from api.commands.agreement_use import claimable_under
from api.commands.claim_content import claim_lines
from api.commands.claim_party import KINDS, Claimant, claimant_of, member_of
from api.commands.claim_settling import settle
from api.commands.claim_type import ITEMS, claim_done, claim_scope
from api.commands.deadline import CLAIM_EXPIRY, set_deadline
from api.commands.editing import load
from api.commands.permission import require
from api.commands.unit_of_work import unit_of_work
from api.errors import InvalidInput, InvalidTransition
from api.identifiers import new_id
from api.models import Claim, ClaimLine, ClaimParticipant, Person, RequirementLine
from api.models.choices import ItemKind, ParticipantStatus
from api.plan.viewer import Viewer
from api.state_machines import need, project
from api.state_machines.claim import ClaimStatus
from auth.permissions import Action, Object

Values = Mapping[str, Any]
# A committee that says nothing for so long has not accepted; the need is free for others again.
ANSWER_WITHIN: Final = timedelta(days=7)
MOST_PARTICIPANTS: Final = 30
OBJECTS: Mapping[ItemKind, Object] = {ItemKind.NEED: Object.NEED, ItemKind.PROJECT: Object.PROJECT}
CLAIMABLE: Mapping[ItemKind, frozenset[Any]] = {
    ItemKind.NEED: need.MATCHABLE | {need.NeedStatus.IN_PROGRESS},
    ItemKind.PROJECT: project.MATCHABLE,
}


async def claim_item(viewer: Viewer, kind: ItemKind, identifier: int, values: Values) -> int:
    """Claim a need or project, or some of its lines; return the claim's identifier. The committee answers.

    Values: claimant (organisation, person or team; without it oneself), member (of the organisation, who
    does the work), lines (line, quantity, resource; without any all lines whole), agreement, note,
    planned_on, participants (each organisation, person or team, with share: they join by `join_claim`).

    Raises:
        ClaimConflict: others hold what is asked for; it tells what is left.
        AgreementExpired: the agreement is not in force today.
        InvalidTransition: it cannot be claimed in its present state.
        InvalidInput, NotFound, Forbidden: with the place of the fault.
    """
    column = f"{kind.lower()}_id"
    async with unit_of_work(viewer) as work:
        item: Any
        item, _ = await load(viewer, ITEMS[column], OBJECTS[kind], identifier, Action.READ)
        claimant = await claimant_of(viewer, values.get("claimant"), ("claimant",))
        due = clock.now() + ANSWER_WITHIN
        claim = Claim(
            id=new_id(), **{column: item.id}, **claimant.columns(), **_sides(claimant, item),
            path=item.path, community_id=item.community_id, status=ClaimStatus.PROPOSED,
            note=inputs.text(values.get("note"), ("note",), 500), planned_on=_planned(values),
            due_at=due,
        )  # fmt: skip
        rule = require(viewer, Object.CLAIM, Action.CREATE, claim_scope(claim, item), visible=True)
        # Only now: whoever may not claim for a unit must not learn by the answer who belongs to it.
        claim.member_person_id = await member_of(claimant, values.get("member"))
        await _refuse_own(claimant, item)
        item = await ITEMS[column].filter(id=item.id).select_for_update(no_key=True).get()
        _refuse_closed(kind, item)
        lines = await RequirementLine.filter(**{column: item.id}).order_by("position")
        rows = await claim_lines(viewer, claim.id, lines, values.get("lines"), claimant)
        participants = await _participants(viewer, claim, claimant, values.get("participants") or [])
        await _under_agreement(claim, claimant, item, rows, values.get("agreement"))
        await claim.save(force_create=True)
        await ClaimLine.bulk_create(rows)
        await ClaimParticipant.bulk_create(participants)
        await set_deadline(CLAIM_EXPIRY, claim.id, due)
        work.record(claim_done("create", claim, {"lines": [None, _shown(rows)]}, rule))
        await settle(work, claim, rule)
    return int(claim.id)


async def _under_agreement(
    claim: Claim, claimant: Claimant, item: Any, rows: Sequence[ClaimLine], agreement: int | None
) -> None:
    if agreement is None:
        return
    if claimant.kind != "organisation":
        raise InvalidInput("只有单位能按协议认领", "Only an organisation claims under an agreement", ("agreement",))
    promises = await claimable_under(agreement, item, rows, organisation_id=claimant.id)
    claim.agreement_id = agreement
    for row, promise in zip(rows, promises, strict=True):
        row.promise_id = promise.id


def _sides(claimant: Claimant, item: Any) -> dict[str, Any]:
    return {
        "actor_person_id": claimant.actor_person_id,
        "actor_organisation_id": claimant.actor_organisation_id,
        "asker_person_id": item.owner_person_id,
        "asker_household_id": item.owner_household_id,
        "asker_organisation_id": item.owner_organisation_id,
    }


async def _refuse_own(claimant: Claimant, item: Any) -> None:
    mine = claimant.actor_person_id is not None and claimant.actor_person_id == item.owner_person_id
    ours = claimant.actor_organisation_id is not None and claimant.actor_organisation_id == item.owner_organisation_id
    if mine or ours or await _of_household(claimant.actor_person_id, item.owner_household_id):
        raise InvalidInput("自己提出的事不能自己认领", "Nobody claims what they asked for themselves", ("claimant",))


async def _of_household(person: int | None, household: int | None) -> bool:
    if person is None or household is None:
        return False
    return await Person.filter(id=person, household_id=household).exists()


def _refuse_closed(kind: ItemKind, item: Any) -> None:
    if item.status not in CLAIMABLE[kind]:
        raise InvalidTransition(
            f"现在是 {item.status},不能认领", f"What is {item.status} cannot be claimed", ("id",),
            allowed=tuple(sorted(CLAIMABLE[kind])),
        )  # fmt: skip


def _planned(values: Values) -> Any:
    planned = inputs.day(values.get("planned_on"), ("plannedOn",))
    if planned is not None and planned < clock.today():
        raise InvalidInput("计划日期已过", "The planned day is over", ("plannedOn",))
    return planned


async def _participants(
    viewer: Viewer, claim: Claim, lead: Claimant, given: Sequence[Mapping[str, Any]]
) -> list[ClaimParticipant]:
    if len(given) > MOST_PARTICIPANTS:
        raise InvalidInput(
            f"最多 {MOST_PARTICIPANTS} 方", f"At most {MOST_PARTICIPANTS} participants", ("participants",)
        )
    found: dict[tuple[str, int], ClaimParticipant] = {}
    for index, each in enumerate(given):
        path = ("participants", str(index))
        named = {kind: each.get(kind) for kind in KINDS}
        if all(key is None for key in named.values()):
            raise InvalidInput("须指明由谁参加", "Name exactly one who joins", path)
        other = await claimant_of(viewer, named, path)
        key = other.kind, other.id
        if key == (lead.kind, lead.id) or key in found:
            raise InvalidInput("同一方写了两次", "The same side comes twice", path)
        found[key] = ClaimParticipant(
            id=new_id(), claim_id=claim.id, **other.columns(), actor_person_id=other.actor_person_id,
            share=inputs.text(each.get("share"), (*path, "share"), 200), status=ParticipantStatus.INVITED,
        )  # fmt: skip
    return list(found.values())


def _shown(rows: Sequence[ClaimLine]) -> list[dict[str, Any]]:
    return [{"line": f"RequirementLine:{row.line_id}", "quantity": row.quantity, "unit": row.unit} for row in rows]
