"""Keys, roles and policy: read afresh in every request."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs
from tortoise.backends.base.client import BaseDBAsyncClient

from api import clock, db
from api.models import Account, BearerKey, Membership, Organisation, PolicyOverlay, PolicyVersion
from api.models.choices import OrganisationStatus
from auth.permissions import Action, Object, Permission
from auth.principal import ANONYMOUS
from auth.relations import RowScope
from tests.api.http.asking import JSON, Asking, code
from tests.api.http.keys import NOW, TODAY, key_for, member
from tests.factories import Town

A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


async def who(ask: Asking, headers: dict[str, str]) -> list[str]:
    found: list[str] = (await ask.data("{who}", headers=headers))["who"]
    return found


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("Basic YTpi", "AUTHENTICATION_SCHEME"),
        ("Bearer", "AUTHENTICATION_MALFORMED"),
        ("Bearer x", "AUTHENTICATION_MALFORMED"),
        ("Bearer wj_user_00000000_" + "A" * 43, "AUTHENTICATION_UNKNOWN"),
        ("Bearer " + "A" * 5000, "AUTHENTICATION_MALFORMED"),
    ],
)
@pytest.mark.parametrize("accept", [JSON, "application/graphql-response+json"])
async def test_a_bad_credential_is_401_and_never_anonymous(ask: Asking, sent: str, reason: str, accept: str) -> None:
    answer = await ask("{hello}", headers={"Authorization": sent}, accept=accept)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.json()["errors"][0]["extensions"]["reason"] == reason
    assert answer.headers["content-type"].startswith(accept)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "fault",
    [{"expires_at": NOW}, {"revoked_at": NOW - A_DAY}, {"secret_hash": "0" * 64}, {"person_id": None}],
)
async def test_a_key_that_expired_was_revoked_or_does_not_fit_is_401(
    ask: Asking, town: Town, fault: dict[str, Any]
) -> None:
    headers = await key_for(person=await town.person(), **fault)
    answer = await ask("{hello}", headers=headers)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")


async def test_a_key_revoked_between_two_requests_is_refused_at_the_next(ask: Asking, town: Town) -> None:
    headers = await key_for(person=await town.person())
    assert (await ask("{hello}", headers=headers)).status_code == 200
    await BearerKey.all().update(revoked_at=NOW)
    assert (await ask("{hello}", headers=headers)).status_code == 401


async def test_nobody_without_a_header_is_anonymous_and_holds_nothing(ask: Asking) -> None:
    assert await who(ask, {}) == ["ANONYMOUS", "zh"]


async def test_a_role_ended_between_two_requests_is_gone_at_the_next(ask: Asking, town: Town) -> None:
    person = await town.person()
    await member(town, person_id=person)
    headers = await key_for(person=person)
    assert await who(ask, headers) == ["PERSON", "zh", f"RESIDENT@{town.path('A1')}"]
    await Membership.all().delete()
    assert await who(ask, headers) == ["PERSON", "zh"]


@pytest.mark.parametrize(
    ("period", "holds"),
    [
        ({"valid_from": TODAY + A_DAY}, False),
        ({"valid_from": TODAY - A_DAY, "valid_to": TODAY - A_DAY}, False),
        ({"valid_from": TODAY, "valid_to": TODAY}, True),
        ({"valid_from": TODAY - A_DAY, "valid_to": None}, True),
    ],
)
async def test_a_role_is_in_force_from_its_first_to_its_last_day(
    ask: Asking, town: Town, period: dict[str, Any], holds: bool
) -> None:
    person = await town.person()
    await member(town, person_id=person, **period)
    assert (len(await who(ask, await key_for(person=person))) == 3) is holds


async def test_the_day_is_that_of_the_community_and_not_of_greenwich(ask: Asking, town: Town) -> None:
    person = await town.person()
    await member(town, person_id=person, valid_from=TODAY + A_DAY)
    headers = await key_for(person=person)
    with clock.fixed(NOW.replace(hour=15, minute=59)):
        assert len(await who(ask, headers)) == 2
    with clock.fixed(NOW.replace(hour=16, minute=0)):
        assert len(await who(ask, headers)) == 3


@pytest.mark.parametrize("role", ["KING", "ANONYMOUS", "resident"])
async def test_an_unknown_role_grants_nothing_locks_nobody_out_and_is_logged(
    ask: Asking, town: Town, role: str
) -> None:
    person = await town.person()
    await member(town, role, person_id=person)
    with capture_logs() as logged:
        assert await who(ask, await key_for(person=person)) == ["PERSON", "zh"]
    assert [entry["role"] for entry in logged if entry["event"] == "membership ignored"] == [role]


async def test_a_path_that_would_reach_its_neighbour_grants_nothing(ask: Asking, town: Town) -> None:
    person = await town.person()
    await member(town, person_id=person, path="D/S/A")
    assert await who(ask, await key_for(person=person)) == ["PERSON", "zh"]


async def test_a_suspended_organisation_gives_its_people_no_role_and_its_key_no_entry(ask: Asking, town: Town) -> None:
    firm = await town.organisation(kind="PROPERTY_FIRM")
    clerk = await town.person()
    await member(town, "PROPERTY_CLERK", person_id=clerk, organisation_id=firm)
    clerks, firms = await key_for(person=clerk), await key_for(organisation=firm, scopes=["need:read"])
    assert len(await who(ask, clerks)) == 3
    assert (await who(ask, firms))[0] == "ORGANISATION_KEY"
    await Organisation.filter(id=firm).update(status=OrganisationStatus.SUSPENDED)
    assert await who(ask, clerks) == ["PERSON", "zh"]
    assert (await ask("{hello}", headers=firms)).status_code == 401


async def test_a_disabled_login_ends_its_sessions(ask: Asking, town: Town) -> None:
    person = await town.person()
    await Account.create(person_id=person, login="li", created_at=NOW, disabled_at=NOW)
    assert (await ask("{hello}", headers=await key_for(person=person))).status_code == 401


async def test_the_language_is_the_headers_else_the_persons(ask: Asking, town: Town) -> None:
    headers = await key_for(person=await town.person(language="en"))
    assert (await who(ask, headers))[1] == "en"
    assert (await who(ask, headers | {"Accept-Language": "zh-CN"}))[1] == "zh"
    assert (await who(ask, headers | {"Accept-Language": "fr"}))[1] == "en"


async def test_a_key_is_noted_as_used_once_a_day(ask: Asking, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await key_for(person=await town.person())
    statements = written(monkeypatch)
    for moment, noted in ((NOW, 1), (NOW + timedelta(hours=1), 1), (NOW + timedelta(hours=13), 2)):
        with clock.fixed(moment):
            await ask("{hello}", headers=headers)
            assert len(statements) == noted
            assert (await BearerKey.get()).last_used_on == clock.today()


def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that fills with the statements that change rows."""
    return recorded(monkeypatch, db.connection(db.WRITER), "UPDATE")


def recorded(monkeypatch: pytest.MonkeyPatch, connection: BaseDBAsyncClient, verb: str) -> list[str]:
    statements: list[str] = []
    for name in ("execute_query", "execute_query_dict"):
        original = getattr(connection, name)

        async def run(query: str, values: Any = None, original: Any = original) -> Any:
            if query.lstrip().startswith(verb):
                statements.append(query)
            return await original(query, values)

        monkeypatch.setattr(connection, name, run)
    return statements


async def test_who_asks_and_under_which_policy_costs_one_statement(
    ask: Asking, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await town.person()
    for place in ("A", "A1", "B"):
        await member(town, person_id=person, place=place)
    headers = await key_for(person=person)
    await ask("{hello}", headers=headers)
    statements = recorded(monkeypatch, db.reading(), "SELECT")
    await ask("{hello}")
    assert len(statements) == 1
    await ask("{hello}", headers=headers)
    assert len(statements) == 1 + 1


async def test_a_changed_policy_is_in_force_at_the_next_request(app: Starlette, ask: Asking) -> None:
    def anybody_may() -> bool:
        authoriser = app.state.runtime.policy.current
        found: bool = authoriser.ask(ANONYMOUS, Permission(Object.AUDIT_ENTRY, Action.READ), RowScope())
        return found

    await ask("{hello}")
    assert not anybody_may()
    await PolicyOverlay.create(
        rule_id="X001", role="ANONYMOUS", object="AuditEntry", action="read", relation="any", effect="allow"
    )
    await ask("{hello}")
    assert not anybody_may()
    await PolicyVersion.create(number=1)
    await ask("{hello}")
    assert anybody_may()
    await PolicyOverlay.all().delete()
    await PolicyVersion.all().update(number=2)
    await ask("{hello}")
    assert not anybody_may()


async def test_a_policy_row_that_cannot_be_read_changes_nothing_and_is_logged(app: Starlette, ask: Asking) -> None:
    before = app.state.runtime.policy.current
    await PolicyOverlay.create(
        rule_id="X001", role="KING", object="AuditEntry", action="read", relation="any", effect="allow"
    )
    await PolicyVersion.create(number=1)
    with capture_logs() as logged:
        assert (await ask("{hello}")).status_code == 200
    assert "KING" in next(each["reason"] for each in logged if "overlay" in each["event"])
    assert app.state.runtime.policy.current is before
