"""What the database itself notes: that a sign-in would read something else now."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from api import clock, db
from api.authority import ADDING, WATCHED
from api.models import Account, Authority, BearerKey, Membership, Organisation, Person, Place, PolicyVersion
from api.models.choices import OrganisationStatus
from api.queries import principal
from tests.api.http.keys import NOW, TODAY, key_for, member
from tests.factories import Town

A_DAY = timedelta(days=1)
ALIASES = {
    "k": "bearer_key", "t": "person", "a": "account", "m": "membership", "unit": "organisation", "o": "organisation",
    "here": "place", "home": "place", "seat": "place", "community": "place",
}  # fmt: skip
Change = Callable[[], Awaitable[Any]]


@pytest.fixture
async def people(town: Town) -> Town:
    """Return the town with somebody who has everything a sign-in reads."""
    person = await town.person()
    await town.household()
    await town.organisation()
    await member(town, person_id=person)
    await Account.create(person_id=person, login="somebody", created_at=NOW)
    await key_for(person=person)
    await PolicyVersion.create(number=1)
    return town


async def number() -> int:
    found: int = (await Authority.get()).number
    return found


async def moved() -> None:
    person = (await Person.all())[0]
    other = (await Place.exclude(id=person.place_id))[0]
    await Person.filter(id=person.id).update(place_id=other.id)


def test_every_column_that_a_sign_in_reads_is_watched() -> None:
    texts = (principal._PRESENTED, principal._ROLES, principal._PRESENTED_PLACE, principal._PRESENTED_LINK)
    read = {(ALIASES[alias], column) for alias, column in re.findall(r'"(\w+)"\."(\w+)"', " ".join(texts))}
    watched = {(table, column) for table, columns in WATCHED.items() for column in columns}
    assert {each for each in read if each[1] != "id"} <= watched
    # What is asked without an alias.
    assert ("policy_version", "number") in watched
    assert WATCHED.keys() >= ADDING


@pytest.mark.parametrize(
    "change",
    [
        lambda: BearerKey.all().update(revoked_at=NOW),
        lambda: BearerKey.all().update(expires_at=NOW),
        lambda: BearerKey.all().update(scopes=["need:read"]),
        lambda: BearerKey.all().update(secret_hash="0" * 64),
        lambda: BearerKey.all().delete(),
        lambda: Person.all().update(language="en"),
        lambda: moved(),
        lambda: Account.all().update(disabled_at=NOW),
        lambda: Account.all().delete(),
        lambda: Organisation.all().update(status=OrganisationStatus.SUSPENDED),
        lambda: Organisation.all().delete(),
        lambda: Membership.all().update(role="AUDITOR"),
        lambda: Membership.all().update(valid_to=TODAY),
        lambda: Membership.all().update(path="X/"),
        lambda: Membership.all().delete(),
        lambda: PolicyVersion.create(number=2),
        lambda: PolicyVersion.all().update(number=3),
        lambda: Place.all().update(community_id=None),
    ],
)
async def test_a_change_of_who_may_do_what_is_counted(people: Town, change: Change) -> None:
    before = await number()
    await change()
    assert await number() != before


async def test_new_roles_and_accounts_are_counted(people: Town) -> None:
    person = (await Person.all())[0].id
    before = await number()
    await member(people, "AUDITOR", person_id=person)
    between = await number()
    await Account.create(person_id=person, login="another", created_at=NOW, disabled_at=NOW)
    assert len({before, between, await number()}) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda: BearerKey.all().update(last_used_on=TODAY, label="another"),
        lambda: Membership.all().update(confirmed_on=TODAY, updated_at=clock.now()),
        lambda: Account.all().update(failures=3, last_failure_at=NOW),
        lambda: Membership.all().update(role="RESIDENT"),
    ],
)
async def test_what_no_sign_in_reads_is_not_counted(people: Town, change: Change) -> None:
    before = await number()
    await change()
    assert await number() == before


async def test_a_change_that_is_undone_is_not_counted(people: Town) -> None:
    before = await number()

    async def undone() -> None:
        async with db.transaction():
            await Membership.all().update(role="AUDITOR")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await undone()
    assert await number() == before


async def test_a_transaction_is_counted_at_its_end_alone(people: Town) -> None:
    before = await number()
    async with db.transaction():
        await Membership.all().update(role="AUDITOR")
        await Membership.all().update(role="OWNER")
    assert await number() > before
