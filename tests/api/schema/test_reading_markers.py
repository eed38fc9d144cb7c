"""Secrets planted all over one community turn up in no answer to anybody of another, whatever is asked."""

import json
import random
from typing import Any

import pytest

from api.identifiers import new_id
from api.models import (
    Account,
    AuditEntry,
    BearerKey,
    ClaimEvaluation,
    Contact,
    ExternalId,
    HistoryEntry,
    Identity,
    ItemList,
    Job,
    Match,
    Need,
    NeedConsent,
    RequirementLine,
    RuleSet,
    ServiceItem,
)
from auth.principal import ANONYMOUS
from auth.roles import Role
from tests.api.callers import STORED, single
from tests.api.conftest import City
from tests.api.reading import answer, ask, schema
from tests.api.schema.questions import Questions
from tests.api.world import NOW, World, at_now, write
from tests.api.world_items import located

MARK = "密ZX9Q"
COST, EFFORT = 987_654_321, 76_543.25
TOLD = (MARK, "9876543.21", "76543.25")


async def plant(city: City) -> list[str]:
    """Write the secrets of community QA; return the identifiers of the rows that nobody outside may know of."""
    world, items = city.world, city.items
    home = world.places["QA1b1"]
    person = next(each for each in world.people if each.path == home.path)
    firm = next(each for each in world.organisations if each.path == world.places["QA"].path)
    await plant_register(world, person, firm)
    resource = items.resources[0]
    rows: list[Any] = []
    for visibility in ("ADMINISTRATORS", "MEMBERS", "PUBLIC"):
        hidden = visibility != "PUBLIC"
        text = MARK if hidden else "公开"
        shared = {
            **located(home, world.places["QA1"]), "visibility": visibility, "title_zh": text, "title_en": text,
            "text_zh": text, "text_en": text, "owner_person_id": None, "owner_household_id": person.household_id,
            "owner_organisation_id": None, "longitude": None, "latitude": None,
        }  # fmt: skip
        affair = shared | {
            "estimated_cost_fen": COST, "estimated_effort_hours": EFFORT, "assigned_person_id": None,
            "status_reason": text, "assigned_organisation_id": None, "on_behalf_by_id": person.id,
        }  # fmt: skip
        need = items.need(**affair, number=f"{text}{visibility[:3]}")
        project = items.project(**(affair | {"estimated_cost_fen": COST if hidden else 1, "estimated_effort_hours": 1}))
        offer = items.resource(**shared, price_unit=text)
        line = RequirementLine(id=new_id(), need_id=need.id, position=0, category="care", note=text, unit=text)
        consent = NeedConsent(
            id=new_id(), need_id=need.id, words=MARK, sheet_at=MARK, recorder="CHILD", wanted="PUBLIC",
            given_on=NOW.date(), recorded_at=NOW, recorded_by_id=person.id,
        )  # fmt: skip
        await write([need], [project], [offer], [line], [consent])
        why = {"because_zh": text, "because_en": text}
        claim = city.claims.claim(line, need, note=MARK, proof=MARK, status_reason=MARK, proof_links=[MARK])
        said = ClaimEvaluation(id=new_id(), claim_id=claim.id, by_side="CLAIMANT", score=1, text_zh=MARK, at=NOW)
        match = city.documents.match(line, resource if hidden else offer, {need.id: need}, **why)
        history = [
            HistoryEntry(
                id=new_id(), item_kind=kind, item_id=row.id, version=9, at=NOW, actor=MARK, action="x",
                changes={"a": MARK},
            )
            for kind, row in (("NEED", need), ("PROJECT", project), ("RESOURCE", offer))
        ]  # fmt: skip
        await write([match], [claim], [said], history)
        rows.append(said)
        if hidden:
            number = ExternalId(id=new_id(), item_kind="NEED", item_id=need.id, system=MARK, value=f"{MARK}{need.id}")
            await write([number])
            rows += [need, project, offer, line, match, claim, *history]
    return [f"{type(row).__name__}:{row.id}" for row in rows] + await plant_documents(world, firm, resource)


async def plant_register(world: World, person: Any, firm: Any) -> None:
    sealed: dict[str, Any] = {"name": f"张{MARK}", "phone": f"138{MARK}5678", "address": MARK}
    await Contact.filter(person_id=person.id).delete()
    await Contact.filter(household_id=person.household_id).delete()
    await Contact.filter(organisation_id=firm.id).delete()
    owners: list[dict[str, Any]] = [
        {"person_id": person.id},
        {"household_id": person.household_id},
        {"organisation_id": firm.id},
    ]
    for owner in owners:
        await Contact.create(**owner, **sealed, phone_hash=MARK)
    await Identity.create(person_id=person.id, id_number=MARK, id_number_hash=MARK, purpose=MARK)
    await Account.create(person_id=person.id, login=MARK, password_hash=MARK, created_at=NOW)
    await BearerKey.create(
        key_id=MARK,
        label=MARK,
        secret_hash=MARK,
        scopes=[MARK],
        created_at=NOW,
        expires_at=NOW,
        organisation_id=firm.id,
    )


async def plant_documents(world: World, firm: Any, resource: Any) -> list[str]:
    place = world.places["QA"]
    below = {"place_id": place.id, "path": place.path}
    rule_set = RuleSet(id=new_id(), key=MARK, title_zh=MARK, draft=MARK, draft_version=1, **below, **at_now())
    found = ItemList(
        id=new_id(), kind="NEED", number=MARK, title_zh=MARK, title_en=MARK, visibility="ADMINISTRATORS",
        owner_organisation_id=firm.id, status="PUBLISHED", community_id=place.id, **below, **at_now(),
    )  # fmt: skip
    service = ServiceItem(
        id=new_id(), resource_id=resource.id, organisation_id=firm.id, path=place.path, visibility="ADMINISTRATORS",
        standard_zh=MARK, standard_source=MARK, status="LISTED", **at_now(),
    )  # fmt: skip
    entry = AuditEntry(
        id=new_id(), chain=MARK, sequence=1, at=NOW, actor=MARK, action=MARK, object_type="Need", object_id=1,
        path=place.path, change={"x": MARK}, previous_hash=MARK, hash=MARK, request_id=MARK,
    )  # fmt: skip
    job = Job(id=new_id(), kind=MARK, subject_id=1, path=place.path, status="FAILED", error=MARK, created_at=NOW)
    await write([rule_set], [found], [service], [entry], [job])
    return [f"{kind}:{row.id}" for kind, row in (
        ("RuleSet", rule_set), ("NeedList", found), ("ServiceItem", service), ("AuditEntry", entry), ("Job", job),
    )]  # fmt: skip


@pytest.mark.timeout(300)
async def test_no_answer_to_anybody_outside_tells_a_secret(city: City) -> None:
    hidden = await plant(city)
    questions = Questions(schema()._schema, random.Random("markers"))
    asked = 0
    for caller in (ANONYMOUS, *(single(city.world, role, "QC") for role in STORED)):
        for text in (questions.root(name) for name in questions.root_fields()):
            found = await ask(text, caller)
            raw = json.dumps(found.data, ensure_ascii=False) + " ".join(map(str, found.errors))
            assert not found.errors, (text, found.errors)
            assert [told for told in TOLD if told in raw] == [], (caller.actor, text)
            asked += 1
        data = await answer(questions.node(), caller, ids=hidden)
        assert data["nodes"] == [None] * len(hidden), caller.actor
    assert asked > 300
    assert unasked(questions) == set()


async def test_the_same_questions_tell_the_committee_what_it_may_know(city: City) -> None:
    hidden = await plant(city)
    questions = Questions(schema()._schema, random.Random("markers"))
    staff = single(city.world, Role.COMMITTEE_ADMINISTRATOR, "QA")
    texts = [questions.root(name) for name in questions.root_fields() for _ in range(6)]
    raw = json.dumps([(await ask(text, staff)).data for text in texts], ensure_ascii=False)

    assert [told for told in TOLD if told not in raw] == []
    data = await answer(questions.node(), staff, ids=hidden)
    seen = {each.partition(":")[0] for each, node in zip(hidden, data["nodes"], strict=True) if node}
    assert seen == {each.partition(":")[0] for each in hidden} - {"AuditEntry"}


def unasked(questions: Questions) -> set[str]:
    """Return the fields of types that carry rows which no question has asked for."""
    every = set()
    for name, kind in questions.schema.type_map.items():
        interfaces = {each.name for each in getattr(kind, "interfaces", ())}
        if "Node" in interfaces and hasattr(kind, "is_type_of"):
            every |= {f"{name}.{field}" for field in kind.fields}  # type: ignore[attr-defined]  # an object type has them
    return every - questions.asked


def test_needs_are_among_what_is_asked() -> None:
    questions = Questions(schema()._schema, random.Random(1))
    assert "Need.estimates" in unasked(questions)
    assert {"needs", "matches", "auditEntries", "viewer"} <= set(questions.root_fields())
    assert Need.__name__ in questions.node()
    assert Match.__name__ in questions.node()
