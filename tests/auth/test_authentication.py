"""From the Authorization header to a principal: what is refused, and with which code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.authentication import (
    AuthenticationFailed,
    FailureCode,
    KeyRecord,
    Loaders,
    authenticate,
)
from auth.keys import KeyKind, NewKey, hash_of
from auth.permissions import Action, Object, Permission
from auth.principal import ANONYMOUS, HeldRole, Principal, PrincipalKind
from auth.roles import Role

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SCOPES = frozenset({Permission(Object.NEED, Action.READ)})


def key_of(kind: KeyKind, letter: str) -> NewKey:
    """Return a key that is the same in every process, since it stands in the names of tests."""
    token = f"wj_{kind}_{letter * 8}_{letter * 43}"
    return NewKey(token, letter * 8, hash_of(token))


FIRM, PERSON = key_of(KeyKind.ORGANISATION, "f"), key_of(KeyKind.PERSON, "p")


def record(
    key: NewKey,
    *,
    expires_at: datetime = NOW + timedelta(days=30),
    revoked_at: datetime | None = None,
    organisation_id: int | None = None,
    person_id: int | None = None,
    scopes: frozenset[Permission] | None = None,
) -> KeyRecord:
    return KeyRecord(key.key_id, key.secret_hash, expires_at, revoked_at, organisation_id, person_id, scopes)


def loaders_of(*records: KeyRecord) -> Loaders:
    """Return loaders over a few rows; person 9 and organisation 9 are gone."""
    stored = {each.key_id: each for each in records}

    async def find_key(key_id: str) -> KeyRecord | None:
        return stored.get(key_id)

    async def load_person(person_id: int) -> Principal | None:
        if person_id == 9:
            return None
        held = (HeldRole(Role.RESIDENT, "CN/11/"),)
        return Principal(PrincipalKind.PERSON, person_id=person_id, held=held)

    async def load_organisation(organisation_id: int, scopes: frozenset[Permission]) -> Principal | None:
        if organisation_id == 9:
            return None
        return Principal(
            PrincipalKind.ORGANISATION_KEY,
            organisation_ids=frozenset({organisation_id}),
            held=(HeldRole(Role.UNIT_REPRESENTATIVE, "", organisation_id),),
            key_scopes=scopes,
        )

    return Loaders(find_key, load_person, load_organisation)


FIRM_RECORD = record(FIRM, organisation_id=7, scopes=SCOPES)
PERSON_RECORD = record(PERSON, person_id=3)


async def failure(header: str, *records: KeyRecord) -> FailureCode:
    with pytest.raises(AuthenticationFailed) as failed:
        await authenticate(header, loaders_of(*records), NOW)
    assert failed.value.zh
    assert failed.value.en
    return failed.value.code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", FailureCode.SCHEME),
        (f"Basic {FIRM.token}", FailureCode.SCHEME),
        (FIRM.token, FailureCode.SCHEME),
        ("Bearer", FailureCode.MALFORMED),
        ("Bearer ", FailureCode.MALFORMED),
        (f"Bearer  {FIRM.token}", FailureCode.MALFORMED),
        (f"Bearer {FIRM.token} {FIRM.token}", FailureCode.MALFORMED),
        (f"Bearer {FIRM.token}\n", FailureCode.MALFORMED),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", FailureCode.MALFORMED),
        ("Bearer " + "A" * 65_536, FailureCode.MALFORMED),
        (f"Bearer {key_of(KeyKind.ORGANISATION, 'x').token}", FailureCode.UNKNOWN),
    ],
)
async def test_a_header_that_is_no_valid_key_is_refused(header: str, code: FailureCode) -> None:
    assert await failure(header, FIRM_RECORD) is code


async def test_the_right_id_with_a_wrong_secret_is_unknown() -> None:
    forged = f"wj_live_{FIRM.key_id}_" + "A" * 43

    assert await failure(f"Bearer {forged}", FIRM_RECORD) is FailureCode.UNKNOWN


async def test_expired_and_revoked_keys_are_refused() -> None:
    header = f"Bearer {PERSON.token}"
    expired = record(PERSON, person_id=3, expires_at=NOW)
    revoked = record(PERSON, person_id=3, revoked_at=NOW - timedelta(days=1))

    assert await failure(header, expired) is FailureCode.EXPIRED
    assert await failure(header, revoked) is FailureCode.REVOKED


async def test_a_wrong_secret_is_not_told_that_the_key_expired() -> None:
    expired = record(PERSON, person_id=3, expires_at=NOW)

    assert await failure(f"Bearer wj_user_{PERSON.key_id}_" + "A" * 43, expired) is (FailureCode.UNKNOWN)


async def test_a_key_whose_owner_is_gone_or_of_another_kind_is_refused() -> None:
    for key, stored in (
        (PERSON, record(PERSON, person_id=9)),
        (FIRM, record(FIRM, organisation_id=9, scopes=SCOPES)),
        (PERSON, record(PERSON, organisation_id=7, scopes=SCOPES)),
        (FIRM, record(FIRM, person_id=3)),
        (FIRM, record(FIRM)),
    ):
        assert await failure(f"Bearer {key.token}", stored) is FailureCode.UNKNOWN


@given(st.text())
async def test_no_header_at_all_passes_as_somebody(header: str) -> None:
    with pytest.raises(AuthenticationFailed):
        await authenticate(header, loaders_of(FIRM_RECORD, PERSON_RECORD), NOW)


async def test_without_a_header_the_caller_is_anonymous() -> None:
    assert await authenticate(None, loaders_of(), NOW) is ANONYMOUS


async def test_a_persons_session_becomes_the_person() -> None:
    principal = await authenticate(f"bearer {PERSON.token}", loaders_of(PERSON_RECORD), NOW)

    assert (principal.kind, principal.person_id) == (PrincipalKind.PERSON, 3)
    assert (principal.session, principal.key_scopes) == (PERSON.key_id, None)


async def test_an_organisations_key_acts_as_the_organisation_within_its_scopes() -> None:
    principal = await authenticate(f"Bearer {FIRM.token}", loaders_of(FIRM_RECORD), NOW)

    assert principal.kind is PrincipalKind.ORGANISATION_KEY
    assert (principal.person_id, principal.organisation_ids) == (None, frozenset({7}))
    assert principal.key_scopes == SCOPES


async def test_an_organisations_key_stored_without_scopes_may_do_nothing() -> None:
    stored = record(FIRM, organisation_id=7)

    principal = await authenticate(f"Bearer {FIRM.token}", loaders_of(stored), NOW)

    assert principal.key_scopes == frozenset()
