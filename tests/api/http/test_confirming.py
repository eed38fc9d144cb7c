"""A sign-in that is remembered ends with any change of what it read: who is refused then, and what it costs before."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette

from api import clock, db
from api.app import create_app
from api.models import (
    Account,
    Authority,
    BearerKey,
    Membership,
    Need,
    Organisation,
    Person,
    PolicyOverlay,
    PolicyVersion,
)  # fmt: skip
from api.models.choices import OrganisationStatus
from auth.permissions import Action, Object
from benchmarks.partner_query import statements
from tests.api.conftest import City
from tests.api.http.asking import Asking, code
from tests.api.http.keys import NOW, TODAY, key_for
from tests.factories import runtime_of

A_DAY = timedelta(days=1)
NEEDS = "query Needs($first: Int!) { needs(first: $first) { nodes { id visibility } } }"
Change = Callable[[], Awaitable[Any]]


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    with clock.fixed(NOW):
        yield


@pytest.fixture
async def app(city: City, database: Any) -> AsyncIterator[Starlette]:
    """Return the application over the city, with the schema that is served."""
    runtime = runtime_of(database)
    app = create_app(database)
    app.state.runtime = runtime
    yield app
    await runtime.rules.close()


@pytest.fixture
async def member_of_city(city: City) -> dict[str, str]:
    """Return the key of a person with a role in a community, who lives in another."""
    place, home = city.world.places["QA"], city.world.places["QC"]
    person = await Person.create(place_id=home.id, path=home.path)
    await Membership.create(
        person_id=person.id, role="RESIDENT", place_id=place.id, path=place.path, valid_from=TODAY - A_DAY
    )
    return await key_for(person=person.id)


async def asked(ask: Asking, headers: dict[str, str], first: int = 100) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the needs seen, and the statements that it took."""
    with statements() as ran:
        nodes = (await ask.data(NEEDS, variables={"first": first}, headers=headers))["needs"]["nodes"]
    return nodes, ran


def fewer(left: list[dict[str, Any]], seen: list[dict[str, Any]]) -> bool:
    """Tell whether some of what was seen is left, and nothing else."""
    return bool(left) and {each["id"] for each in left} < {each["id"] for each in seen}


async def test_the_second_question_signs_in_by_its_own_statement(ask: Asking, member_of_city: dict[str, str]) -> None:
    first, _ = await asked(ask, member_of_city)
    again, ran = await asked(ask, member_of_city)
    assert again == first
    assert first
    assert len(ran) == 1
    assert '"authority"' in ran[0]
    assert '"bearer_key"' not in ran[0]


@pytest.mark.parametrize(
    "end",
    [
        lambda: BearerKey.all().update(revoked_at=NOW),
        lambda: BearerKey.all().update(expires_at=NOW),
        lambda: BearerKey.all().update(secret_hash="0" * 64),
        lambda: BearerKey.all().delete(),
    ],
)
async def test_a_key_that_ended_since_is_refused(ask: Asking, member_of_city: dict[str, str], end: Change) -> None:
    await asked(ask, member_of_city)
    await asked(ask, member_of_city)
    await end()
    answer = await ask(NEEDS, variables={"first": 100}, headers=member_of_city)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")


async def test_a_disabled_login_is_refused(ask: Asking, member_of_city: dict[str, str]) -> None:
    await asked(ask, member_of_city)
    person = (await Membership.all().order_by("-id"))[0].person_id
    await Account.create(person_id=person, login="somebody", created_at=NOW, disabled_at=NOW)
    assert (await ask(NEEDS, variables={"first": 100}, headers=member_of_city)).status_code == 401


async def test_time_alone_ends_a_key_and_a_role(ask: Asking, member_of_city: dict[str, str]) -> None:
    await Membership.all().update(valid_to=TODAY)
    seen, _ = await asked(ask, member_of_city)
    with clock.fixed(NOW + timedelta(hours=23)):
        tomorrow, _ = await asked(ask, member_of_city)
    with clock.fixed(NOW + A_DAY):
        assert (await ask(NEEDS, variables={"first": 100}, headers=member_of_city)).status_code == 401
    assert fewer(tomorrow, seen)


@pytest.mark.parametrize(
    "end",
    [
        lambda: Membership.all().delete(),
        lambda: Membership.all().update(valid_to=TODAY - A_DAY),
        lambda: Membership.all().update(path="elsewhere/", place_id=None),
    ],
)
async def test_rows_of_a_role_that_ended_are_gone(ask: Asking, member_of_city: dict[str, str], end: Change) -> None:
    seen, _ = await asked(ask, member_of_city)
    await asked(ask, member_of_city)
    await end()
    left, ran = await asked(ask, member_of_city)
    assert fewer(left, seen)
    assert any('"bearer_key"' in each for each in ran)
    # And that is remembered again.
    assert (await asked(ask, member_of_city))[0] == left


async def test_a_suspended_organisations_key_is_refused(ask: Asking, city: City) -> None:
    shop = (await Organisation.filter(status=OrganisationStatus.ACTIVE))[0]
    headers = await key_for(organisation=shop.id, scopes=["need:read"])
    await asked(ask, headers)
    await asked(ask, headers)
    await Organisation.filter(id=shop.id).update(status=OrganisationStatus.SUSPENDED)
    assert (await ask(NEEDS, variables={"first": 100}, headers=headers)).status_code == 401


async def test_a_changed_policy_is_in_force_for_everybody_at_once(ask: Asking, member_of_city: dict[str, str]) -> None:
    nobody: dict[str, str] = {}
    for headers in (nobody, member_of_city):
        assert (await asked(ask, headers))[0]
        await asked(ask, headers)
    for number, role in enumerate(("ANONYMOUS", "RESIDENT")):
        rule: dict[str, Any] = {"role": role, "object": Object.NEED, "action": Action.READ}
        await PolicyOverlay.create(rule_id=f"X00{number}", relation="any", effect="deny", **rule)
    await PolicyVersion.create(number=1)
    for headers in (nobody, member_of_city):
        assert (await asked(ask, headers))[0] == []


async def test_an_empty_page_asks_for_the_number_alone(ask: Asking, member_of_city: dict[str, str]) -> None:
    await Need.all().update(visibility="ADMINISTRATORS")
    assert (await asked(ask, member_of_city))[0] == []
    nodes, ran = await asked(ask, member_of_city)
    assert nodes == []
    assert len(ran) == 2
    await BearerKey.all().update(revoked_at=NOW)
    assert (await ask(NEEDS, variables={"first": 100}, headers=member_of_city)).status_code == 401


async def test_a_question_that_reads_nothing_signs_in(ask: Asking, member_of_city: dict[str, str]) -> None:
    question = "query ($after: String!) { needs(first: 1, after: $after) { nodes { id } } }"
    for _ in range(3):
        answer = await ask(question, variables={"after": "no cursor"}, headers=member_of_city)
        assert code(answer) == "INVALID_INPUT"
    await BearerKey.all().update(revoked_at=NOW)
    answer = await ask(question, variables={"after": "no cursor"}, headers=member_of_city)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")


async def test_without_the_number_everybody_signs_in(ask: Asking, member_of_city: dict[str, str]) -> None:
    await Authority.all().using_db(db.connection()).delete()
    for _ in range(2):
        seen, ran = await asked(ask, member_of_city)
        assert seen
        assert any('"bearer_key"' in each for each in ran)


async def test_two_languages_of_one_key_are_told_apart(ask: Asking, member_of_city: dict[str, str]) -> None:
    question = "query { needs(first: 1) { nodes { title titleZh titleEn } } }"
    await Need.all().update(title_zh="甲", title_en="A")
    for _ in range(2):
        for spoken, title in (("zh", "甲"), ("en", "A")):
            data = await ask.data(question, headers={**member_of_city, "Accept-Language": spoken})
            assert data["needs"]["nodes"][0]["title"] == title
