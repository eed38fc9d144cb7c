"""Rule sets: save and check the draft, publish it as a version, publish an old version anew."""

from typing import Any, Final

import orjson

from api import clock
from api.commands.permission import require, scope_of
from api.commands.rule_document import names_in, problems_of, storable
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.errors import Duplicate, FieldConflict, Forbidden, NotFound, RuleProblems, StaleVersion, Unauthenticated
from api.identifiers import new_id
from api.matching.locking import keep_others_from_matching
from api.matching.taxonomy import load_known
from api.models import Job, Place, RuleSet, RuleVersion
from api.plan.viewer import Viewer
from api.state_machines.rule_version import RuleVersionStatus
from auth.permissions import Action, Object, Permission
from auth.principal import PrincipalKind
from rules.language import Problem, RuleDocument, content_hash, to_json

REMATCH_VERSION: Final = "rematch-version"
UNNAMED: Final = "未命名的规则"
_ID_CHANGED: Final = Problem(
    "id", "ID_CHANGED",
    "已经发布过的规则不能改编号,另建一套吧", "A published rule set keeps its id; make another set instead",
)  # fmt: skip


async def save_draft(
    viewer: Viewer, rule_set_id: int | None, place_id: int | None, text: str, expected: int | None
) -> int:
    """Keep the text of a draft, right or wrong, as it is; return the rule set.

    Without `rule_set_id` a new rule set is made at `place_id`; it is known by the document's id.

    Raises:
        StaleVersion: the draft was saved since version `expected`; both texts are given.
        Duplicate: the place has a rule set of that id already.
        LimitExceeded, InvalidInput, NotFound, Unauthenticated, Forbidden.
    """
    draft = storable(text)
    named = names_in(draft)
    async with unit_of_work(viewer) as work:
        if rule_set_id is None:
            rule_set, rule = await _new(viewer, place_id, named)
        else:
            rule_set = await _visible(viewer, rule_set_id)
            rule = require(viewer, Object.RULE_DRAFT, Action.SAVE, scope_of(rule_set), visible=True)
            _refuse_stale(rule_set, expected, draft)
        if "key" in named and await RuleVersion.exists(rule_set_id=rule_set.id):
            # Once published it keeps its name; publishing under another one is refused.
            del named["key"]
        await _refuse_taken(rule_set, named.get("key"))
        number = rule_set.draft_version
        columns = {**named, "draft": draft, "draft_version": number + 1, "updated_at": clock.now()}
        if not await RuleSet.filter(id=rule_set.id, draft_version=number).update(**columns):
            _refuse_stale(await RuleSet.get(id=rule_set.id), number, draft)
        change = {"draft": [rule_set.draft, draft], "draft_version": [number, number + 1]}
        work.record(Done("ruleDraft.save", "RuleSet", rule_set.id, rule_set.path, change, rule))
    return int(rule_set.id)


async def check_draft(viewer: Viewer, text: str) -> list[Problem]:
    """Return what is wrong with a draft, malformed JSON included; nothing is stored.

    Raises:
        LimitExceeded, InvalidInput, Unauthenticated, Forbidden.
    """
    permission = Permission(Object.RULE_DRAFT, Action.CHECK)
    if not viewer.authoriser.may_somewhere(viewer.principal, permission):
        if viewer.principal.kind is PrincipalKind.ANONYMOUS:
            raise Unauthenticated("请先登录或出示密钥", "Sign in or present a key first")
        raise Forbidden("没有检查规则的权限", "You may not check rules")
    return problems_of(storable(text), await load_known())[0]


async def publish_version(viewer: Viewer, rule_set_id: int, expected: int) -> int:
    """Freeze the draft as the version that decides from now on; return it.

    Its place is matched anew by a job that is written with it.

    Raises:
        RuleProblems: the draft has errors, one of its examples comes out otherwise, or it
            changes the id under which the rule set was published.
        StaleVersion: the draft was saved since version `expected`.
        Duplicate: the document's id is another rule set's of the place.
        NotFound, Unauthenticated, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        await keep_others_from_matching()
        rule_set = await _visible(viewer, rule_set_id, for_update=True)
        rule = require(viewer, Object.RULE_VERSION, Action.PUBLISH, scope_of(rule_set), visible=True)
        _refuse_stale(rule_set, expected, rule_set.draft)
        document = await _sound(rule_set.draft or "")
        version = await _publish(work, rule_set, document, None)
        _record(work, "ruleVersion.publish", version, rule)
    return int(version.id)


async def restore_version(viewer: Viewer, version_id: int) -> int:
    """Publish the document of an old version as a new one; return it. The draft stays as it is.

    Raises:
        RuleProblems: the document no longer stands, e.g. a category is gone.
        NotFound, Unauthenticated, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        await keep_others_from_matching()
        old = await RuleVersion.get_or_none(id=version_id)
        if old is None or not viewer.may(Permission(Object.RULE_VERSION, Action.READ), scope_of(old)):
            raise NotFound(path=("id",))
        rule = require(viewer, Object.RULE_VERSION, Action.RESTORE, scope_of(old), visible=True)
        found: Any = old
        rule_set = await _visible(viewer, found.rule_set_id, for_update=True)
        document = await _sound(orjson.dumps(old.document).decode())
        version = await _publish(work, rule_set, document, old.id)
        _record(work, "ruleVersion.restore", version, rule)
    return int(version.id)


async def _new(viewer: Viewer, place_id: int | None, named: dict[str, str]) -> tuple[RuleSet, str | None]:
    place = None if place_id is None else await Place.get_or_none(id=place_id)
    if place is None:
        raise NotFound(path=("place",))
    key = new_id()
    defaults = {"key": f"rules-{key:x}", "title_zh": UNNAMED}
    rule_set = RuleSet(id=key, place_id=place.id, path=place.path, **(defaults | named))
    rule = require(viewer, Object.RULE_DRAFT, Action.SAVE, scope_of(rule_set), visible=True)
    await _refuse_taken(rule_set, rule_set.key)
    await rule_set.save(force_create=True)
    return rule_set, rule


async def _visible(viewer: Viewer, identifier: int, *, for_update: bool = False) -> Any:
    query = RuleSet.filter(id=identifier)
    row: Any = await (query.select_for_update() if for_update else query).first()
    if row is None or not viewer.may(Permission(Object.RULE_SET, Action.READ), scope_of(row)):
        raise NotFound(path=("id",))
    return row


def _refuse_stale(row: RuleSet, expected: int | None, text: str | None) -> None:
    if row.draft_version != expected:
        raise StaleVersion(
            f"草稿已被他人存到第 {row.draft_version} 版,请核对后再存",
            f"The draft has meanwhile been saved as version {row.draft_version}",
            ("expectedVersion",),
            current_version=row.draft_version,
            conflicts=() if row.draft == text else (FieldConflict("document", row.draft, text),),
        )


async def _refuse_taken(rule_set: Any, key: str | None) -> None:
    taken = RuleSet.filter(place_id=rule_set.place_id, key=key).exclude(id=rule_set.id)
    if key is not None and await taken.exists():
        raise Duplicate(f"这个地点已有规则“{key}”", f"The place has a rule set “{key}” already", ("document", "id"))


async def _sound(text: str) -> RuleDocument:
    problems, document = problems_of(text, await load_known())
    if document is None:
        raise _problems(*problems)
    return document


def _problems(*problems: Problem) -> RuleProblems:
    zh, en = "规则有问题,改好再发布", "The rules have problems; mend them first"
    return RuleProblems(zh, en, ("document",), problems=problems)


async def _publish(
    work: UnitOfWork, rule_set: RuleSet, document: RuleDocument, restored_from: int | None
) -> RuleVersion:
    former = RuleVersion.filter(rule_set_id=rule_set.id)
    newest = await former.order_by("-number").first()
    if newest is not None and document.id != rule_set.key:
        raise _problems(_ID_CHANGED)
    await _refuse_taken(rule_set, document.id)
    moment = clock.now()
    number = 1 if newest is None else newest.number + 1
    deciding = [RuleVersionStatus.PUBLISHED, RuleVersionStatus.QUARANTINED]
    superseded = former.filter(status__in=deciding)
    for each in await superseded:
        work.changed_along("ruleVersion.supersede", "RuleVersion", each.id, each.path)
    await superseded.update(status=RuleVersionStatus.SUPERSEDED, valid_to=moment)
    version = await RuleVersion.create(
        id=new_id(), rule_set_id=rule_set.id, path=rule_set.path, number=number, document=to_json(document),
        document_hash=content_hash(document), status=RuleVersionStatus.PUBLISHED, published_at=moment,
        published_by_id=work.viewer.principal.person_id, restored_from_id=restored_from,
    )  # fmt: skip
    await RuleSet.filter(id=rule_set.id).update(
        key=document.id, title_zh=document.title.zh, title_en=document.title.en,
        version=rule_set.version + 1, updated_at=moment,
    )  # fmt: skip
    await Job.create(id=new_id(), kind=REMATCH_VERSION, subject_id=version.id, path=rule_set.path, created_at=moment)
    return version


def _record(work: UnitOfWork, action: str, version: RuleVersion, rule: str | None) -> None:
    change = {"number": [None, version.number], "document_hash": [None, version.document_hash]}
    work.record(Done(action, "RuleVersion", version.id, version.path, change, rule))
