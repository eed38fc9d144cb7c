"""Bearer keys: issued to organisations with scopes, to people as sessions; shown once, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api import clock
from api.commands import inputs
from api.commands.membership import may_grant
from api.commands.permission import require, scope_of
from api.commands.standing import organisation_principal
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import Forbidden, InvalidInput, NotFound
from api.identifiers import new_id
from api.models import BearerKey, Organisation, Person
from api.models.choices import OrganisationStatus
from api.plan.viewer import Viewer
from auth.keys import PARTNER_SCOPES, KeyKind, NewKey, new_key
from auth.permissions import Action, Object, Permission, parse_permission
from auth.relations import RowScope

LONGEST_KEY = timedelta(days=365)
LONGEST_SESSION = timedelta(days=90)
USUAL_SESSION = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made; `token` is shown this once and stored nowhere."""

    id: int
    key_id: str
    expires_at: datetime
    token: str = field(repr=False)


async def issue_key(
    viewer: Viewer,
    organisation_id: int,
    label: str,
    *,
    scopes: Sequence[str] | None = None,
    valid: timedelta = LONGEST_KEY,
) -> IssuedKey:
    """Issue a key to an organisation; it may do `scopes` (such as "need:read") and nothing else.

    Without scopes it gets of the usual partner's scopes what the organisation's roles allow.

    Raises:
        InvalidInput: a scope is malformed or beyond the organisation's roles, or the validity is
            not between now and a year.
        Forbidden: also when the organisation holds a role that the viewer's office could not give.
        NotFound.
    """
    async with unit_of_work(viewer) as work:
        organisation = await Organisation.get_or_none(id=organisation_id)
        if organisation is None:
            raise NotFound(path=("organisation",))
        scope = scope_of(organisation)
        rule = require(viewer, Object.API_KEY, Action.ISSUE, scope, visible=True)
        if organisation.status is not OrganisationStatus.ACTIVE:
            raise InvalidInput("该单位已停用", "The organisation is suspended", ("organisation",))
        granted = await _scopes(viewer, organisation, scopes)
        issued, row = _key(KeyKind.ORGANISATION, label, valid, LONGEST_KEY)
        row.scopes = sorted(str(each) for each in granted)
        row.organisation_id = organisation.id
        await row.save(force_create=True)
        change = {"label": row.label, "scopes": row.scopes, "expires_at": row.expires_at}
        work.record(Done("key.issue", "ApiKey", row.id, organisation.path, change, rule))
    return issued


async def issue_person_token(
    viewer: Viewer, person_id: int, label: str, *, valid: timedelta = USUAL_SESSION
) -> IssuedKey:
    """Issue a session to a person without a password: for the demo, the command line, oneself.

    Whoever holds it is that person, so it takes the right to change the person's account.

    Raises:
        InvalidInput: the validity is not between now and 90 days.
        NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        person = await Person.get_or_none(id=person_id)
        if person is None:
            raise NotFound(path=("person",))
        scope = scope_of(person)
        seen = viewer.may(Permission(Object.PERSON, Action.READ), scope)
        rule = require(viewer, Object.ACCOUNT, Action.UPDATE, scope, visible=seen)
        issued, row = _key(KeyKind.PERSON, label, valid, LONGEST_SESSION)
        row.person_id = person.id
        await row.save(force_create=True)
        change = {"label": row.label, "expires_at": row.expires_at}
        work.record(Done("session.issue", "ApiKey", row.id, person.path, change, rule))
    return issued


async def revoke_key(viewer: Viewer, identifier: int) -> int:
    """Revoke a key or session at once; doing it again changes nothing. Return its identifier.

    Raises:
        NotFound, Forbidden.
    """
    async with unit_of_work(viewer) as work:
        row = await BearerKey.get_or_none(id=identifier).select_related("organisation")
        if row is None:
            raise NotFound(path=("id",))
        # As the source of keys sees it: a person's session belongs to no place.
        scope = RowScope(
            path=row.organisation.path if row.organisation else "",
            owner_organisation_id=row.organisation.id if row.organisation else None,
            owner_person_id=row.person_id,
        )
        rule = require(viewer, Object.API_KEY, Action.REVOKE, scope)
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            await row.save(update_fields=["revoked_at"])
            work.record(Done("key.revoke", "ApiKey", row.id, scope.path, {}, rule))
    return identifier


def _key(kind: KeyKind, label: str, valid: timedelta, longest: timedelta) -> tuple[IssuedKey, BearerKey]:
    if not timedelta() < valid <= longest:
        raise InvalidInput(f"有效期最长 {longest.days} 天", f"Valid for at most {longest.days} days", ("valid",))
    made: NewKey = new_key(kind)
    moment = clock.now()
    row = BearerKey(
        id=new_id(),
        key_id=made.key_id,
        secret_hash=made.secret_hash,
        label=inputs.line(label, ("label",), 100),
        created_at=moment,
        expires_at=moment + valid,
    )
    return IssuedKey(row.id, made.key_id, row.expires_at, made.token), row


async def _scopes(viewer: Viewer, organisation: Organisation, asked: Sequence[str] | None) -> frozenset[Permission]:
    wanted = [_permission(text, index) for index, text in enumerate(asked or [])]
    scopes = frozenset(wanted) if asked is not None else PARTNER_SCOPES
    principal = await organisation_principal(organisation, scopes)
    for held in principal.held:
        # A key acts in every role of its organisation, which may lie above the issuer's own place.
        if not may_grant(viewer, held.role, held.scope):
            raise Forbidden(
                f"该单位还有您的职务不能授予的角色 {held.role},请由上级发放",
                f"The organisation holds a role that your office does not give: {held.role}",
                ("organisation",),
            )
    allowed = {each for each in scopes if viewer.authoriser.may_somewhere(principal, each)}
    for index, permission in enumerate(wanted):
        if permission not in allowed:
            raise InvalidInput(
                f"该单位的角色不允许 {permission}",
                f"The organisation's roles do not allow {permission}",
                ("scopes", str(index)),
            )
    if not allowed:
        raise InvalidInput("密钥没有任何权限", "The key could do nothing", ("scopes",))
    return frozenset(allowed)


def _permission(text: str, index: int) -> Permission:
    try:
        return parse_permission(text)
    except ValueError:
        raise InvalidInput("权限写法有误,如 need:read", "Not a scope; e.g. need:read", ("scopes", str(index))) from None
