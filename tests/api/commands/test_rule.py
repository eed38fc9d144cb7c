"""Rule drafts and versions: who may, what is refused, what publishing does."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.commands.rule import check_draft, publish_version, restore_version, save_draft
from api.errors import (
    Duplicate,
    Forbidden,
    InvalidInput,
    LimitExceeded,
    NotFound,
    RuleProblems,
    StaleVersion,
    Unauthenticated,
)
from api.models import AuditEntry, Event, Job, RuleSet, RuleVersion
from api.plan.viewer import Viewer
from api.runtime import Runtime
from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from auth.policy import load_shipped
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.roles import Role
from rules.workers import WorkerPool
from tests.api.matching.town import Town, rule

As = Callable[..., Viewer]


@pytest.fixture
async def town(database: Settings) -> Town:
    return await Town().build()


@pytest.fixture
async def runtime(database: Settings) -> Any:
    pool = WorkerPool(1, timeout_seconds=10)
    yield Runtime(database, AuthoriserHolder(load_shipped()), pool)
    await pool.close()


@pytest.fixture
def viewer(town: Town, runtime: Runtime) -> As:
    def make(role: Role | None = None, code: str = "A") -> Viewer:
        principal = ANONYMOUS
        if role is not None:
            held = (HeldRole(role, town.path(code)),)
            principal = Principal(PrincipalKind.PERSON, person_id=town.clerk, held=held, actor="tester")
        return Viewer(principal, runtime.policy.current, runtime)

    return make


def document(*rules: dict[str, Any], key: str = "haircuts", **more: Any) -> str:
    title = {"zh": "理发规则", "en": "Haircut rules"}
    return json.dumps(
        {"format": 1, "kind": "match", "id": key, "title": title, "rules": list(rules) or [rule()], **more},
        ensure_ascii=False,
    )


ADMINISTRATOR = Role.COMMITTEE_ADMINISTRATOR


async def test_nobody_else_saves_checks_publishes_or_restores(town: Town, viewer: As) -> None:
    administrator = viewer(ADMINISTRATOR)
    place = town.places["A"].id
    rule_set = await save_draft(administrator, None, place, document(), None)
    version = await publish_version(administrator, rule_set, 1)
    for other, refusal in (
        (viewer(), (Unauthenticated, NotFound)),
        (viewer(Role.GRID_WORKER), (Forbidden, NotFound)),
        (viewer(Role.AUDITOR), (Forbidden,)),
        (viewer(ADMINISTRATOR, "B"), (Forbidden, NotFound)),
    ):
        with pytest.raises(refusal):
            await save_draft(other, None, place, document(key="other"), None)
        with pytest.raises(refusal):
            await save_draft(other, rule_set, None, document(), 1)
        with pytest.raises(refusal):
            await publish_version(other, rule_set, 1)
        with pytest.raises(refusal):
            await restore_version(other, version)
    with pytest.raises(Unauthenticated):
        await check_draft(viewer(), document())
    with pytest.raises(Forbidden):
        await check_draft(viewer(Role.GRID_WORKER), document())
    assert await RuleVersion.all().count() == 1
    assert await RuleSet.all().count() == 1


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ('{"format": 1,\n "kind": }', "MALFORMED_JSON", "line 2, column 10"),
        ("", "MALFORMED_JSON", "line 1, column 1"),
        ("[" * 100_000, "TOO_DEEP", "Line 1"),
        ('{"a": NaN}', "MALFORMED_JSON", "NaN"),
        ('{"a": ' + "1" * 5000 + "}", "MALFORMED_JSON", "too long"),
        ('{"a": 1, "a": 2}', "DUPLICATE_KEY", "“a”"),
        ("[]", "NOT_AN_OBJECT", "object"),
    ],
)
async def test_a_text_that_is_no_document_is_told_in_place(viewer: As, text: str, code: str, message: str) -> None:
    (problem, *_) = await check_draft(viewer(ADMINISTRATOR), text)
    assert problem.code == code
    assert message in problem.message_en
    assert problem.message_zh != problem.message_en


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("x" * 200_001, LimitExceeded), ("a\0b", InvalidInput), ("\ud800", InvalidInput)],
)
async def test_what_no_database_can_hold_is_refused(
    town: Town, viewer: As, text: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await save_draft(viewer(ADMINISTRATOR), None, town.places["A"].id, text, None)
    with pytest.raises(refusal):
        await check_draft(viewer(ADMINISTRATOR), text)
    assert await RuleSet.all().count() == 0


async def test_unknown_rule_sets_places_and_versions_are_not_found(viewer: As) -> None:
    with pytest.raises(NotFound):
        await save_draft(viewer(ADMINISTRATOR), None, 12345, document(), None)
    with pytest.raises(NotFound):
        await save_draft(viewer(ADMINISTRATOR), 12345, None, document(), 1)
    with pytest.raises(NotFound):
        await publish_version(viewer(ADMINISTRATOR), 12345, 1)
    with pytest.raises(NotFound):
        await restore_version(viewer(ADMINISTRATOR), 12345)


async def test_a_draft_that_somebody_else_saved_is_refused_with_both_texts(town: Town, viewer: As) -> None:
    administrator = viewer(ADMINISTRATOR)
    rule_set = await save_draft(administrator, None, town.places["A"].id, "first", None)
    await save_draft(administrator, rule_set, None, "second", 1)
    with pytest.raises(StaleVersion) as refusal:
        await save_draft(administrator, rule_set, None, "mine", 1)
    assert refusal.value.current_version == 2
    (conflict,) = refusal.value.conflicts
    assert (conflict.name, conflict.current, conflict.sent) == ("document", "second", "mine")
    with pytest.raises(StaleVersion):
        await publish_version(administrator, rule_set, 1)
    assert (await RuleSet.get(id=rule_set)).draft == "second"


async def test_a_wrong_draft_is_kept_to_the_letter_and_takes_its_name_when_it_has_one(town: Town, viewer: As) -> None:
    administrator = viewer(ADMINISTRATOR)
    wrong = '{"format": 1,\n  "rules": [,]\t}'
    rule_set = await save_draft(administrator, None, town.places["A"].id, wrong, None)
    stored = await RuleSet.get(id=rule_set)
    assert (stored.draft, stored.draft_version, stored.title_zh) == (wrong, 1, "未命名的规则")
    await save_draft(administrator, rule_set, None, document(), 1)
    stored = await RuleSet.get(id=rule_set)
    assert (stored.key, stored.title_zh, stored.title_en) == ("haircuts", "理发规则", "Haircut rules")
    with pytest.raises(Duplicate):
        await save_draft(administrator, None, town.places["A"].id, document(), None)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (rule(require={"field": "resource.catgory", "op": "=", "value": "life"}), "UNKNOWN_FIELD"),
        (rule(require={"field": "resource.category", "op": "=", "value": "no.such"}), "UNKNOWN_CATEGORY"),
        (
            rule(
                examples=[
                    {
                        "title": "同一社区",
                        "expect": False,
                        "facts": {"pair.sameCommunity": True, "pair.served": False},
                    }
                ]
            ),
            "EXAMPLE_FAILED",
        ),
    ],
)
async def test_a_draft_with_errors_or_a_failing_example_is_not_published(
    town: Town, viewer: As, broken: dict[str, Any], code: str
) -> None:
    administrator = viewer(ADMINISTRATOR)
    rule_set = await save_draft(administrator, None, town.places["A"].id, document(broken), None)
    assert code in {problem.code for problem in await check_draft(administrator, document(broken))}
    with pytest.raises(RuleProblems) as refusal:
        await publish_version(administrator, rule_set, 1)
    assert code in {problem.code for problem in refusal.value.problems}
    assert await RuleVersion.all().count() == 0
    assert await Job.all().count() == 0


async def test_a_published_rule_set_keeps_its_id(town: Town, viewer: As) -> None:
    administrator = viewer(ADMINISTRATOR)
    rule_set = await save_draft(administrator, None, town.places["A"].id, document(), None)
    await publish_version(administrator, rule_set, 1)
    await save_draft(administrator, rule_set, None, document(key="others"), 1)
    with pytest.raises(RuleProblems) as refusal:
        await publish_version(administrator, rule_set, 2)
    assert [problem.code for problem in refusal.value.problems] == ["ID_CHANGED"]


async def test_publishing_freezes_supersedes_and_leaves_a_job(town: Town, viewer: As) -> None:
    administrator = viewer(ADMINISTRATOR)
    rule_set = await save_draft(administrator, None, town.places["A"].id, document(), None)
    first = await publish_version(administrator, rule_set, 1)
    await save_draft(administrator, rule_set, None, document(rule(points=20)), 1)
    second = await publish_version(administrator, rule_set, 2)
    third = await restore_version(administrator, first)

    versions = await RuleVersion.all().order_by("number")
    assert [version.id for version in versions] == [first, second, third]
    assert [version.status for version in versions] == ["SUPERSEDED", "SUPERSEDED", "PUBLISHED"]
    assert [version.valid_to is None for version in versions] == [False, False, True]
    assert versions[2].document == versions[0].document
    assert versions[2].document_hash == versions[0].document_hash != versions[1].document_hash
    assert (await RuleVersion.get(id=third).values("restored_from_id"))["restored_from_id"] == first
    jobs = await Job.all().order_by("id")
    assert [(job.kind, job.subject_id, job.path) for job in jobs] == [
        ("rematch-version", version, town.path("A")) for version in (first, second, third)
    ]
    entries = await AuditEntry.all().order_by("sequence")
    assert [entry.action for entry in entries] == [
        "ruleDraft.save", "ruleVersion.publish", "ruleDraft.save", "ruleVersion.publish", "ruleVersion.restore",
    ]  # fmt: skip
    assert await Event.filter(kind="ruleVersion.publish").count() == 2


async def test_a_sound_draft_has_no_error(viewer: As) -> None:
    good = rule(
        examples=[{"title": "同一社区", "expect": True, "facts": {"pair.sameCommunity": True, "pair.served": False}}]
    )
    assert await check_draft(viewer(ADMINISTRATOR), document(good)) == []
