"""Bearer keys: their form, and that nothing of the secret is kept or shown."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.keys import PARTNER_SCOPES, KeyKind, hash_of, matches, new_key, parse_key
from auth.permissions import Action, Object

# The same in every process, since it stands in the names of tests.
GOOD = "wj_live_0a1b2c3d_" + "Aa0-_" * 8 + "xyz"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "wj_live_",
        GOOD[:-1],
        GOOD + "A",
        GOOD + "\n",
        " " + GOOD,
        GOOD.upper(),
        GOOD.replace("wj_live_", "wj_test_"),
        GOOD.replace("wj_", "cg_"),
        GOOD[:20] + "é" + GOOD[21:],
        GOOD[:20] + "٣" + GOOD[21:],
        "x" * 65_536,
    ],
)
def test_what_has_not_the_form_of_a_key_is_none(token: str) -> None:
    assert parse_key(token) is None


@given(st.text())
def test_no_text_at_all_breaks_the_parser(text: str) -> None:
    parsed = parse_key(text)

    assert parsed is None or parsed.token == text


@pytest.mark.parametrize("kind", KeyKind)
def test_a_new_key_is_parsed_and_matches_its_stored_hash(kind: KeyKind) -> None:
    made = new_key(kind)
    parsed = parse_key(made.token)

    assert parsed is not None
    assert (parsed.kind, parsed.key_id) == (kind, made.key_id)
    assert made.token.startswith({"live": "wj_live_", "user": "wj_user_"}[kind])
    assert made.secret_hash == hash_of(made.token)
    assert set(made.secret_hash) <= set(string.hexdigits)
    assert matches(made.token, made.secret_hash)


def test_another_key_or_a_changed_letter_does_not_match() -> None:
    made, other = new_key(KeyKind.ORGANISATION), new_key(KeyKind.ORGANISATION)
    changed = made.token[:-1] + ("A" if made.token[-1] != "A" else "B")

    assert not matches(other.token, made.secret_hash)
    assert not matches(changed, made.secret_hash)
    assert not matches(made.token, "")
    assert not matches(made.token, "哈希")


def test_a_thousand_keys_are_a_thousand_keys() -> None:
    made = [new_key(KeyKind.PERSON) for _ in range(1_000)]

    assert len({key.token for key in made}) == 1_000
    assert all(len(key.token) == 60 for key in made)


def test_the_secret_is_not_in_what_is_printed() -> None:
    made = new_key(KeyKind.ORGANISATION)

    assert made.token not in repr(made)
    assert made.token not in repr(parse_key(made.token))
    assert made.token.rsplit("_")[-1] not in made.secret_hash


def test_a_partners_scopes_hold_nothing_personal() -> None:
    objects = {permission.object for permission in PARTNER_SCOPES}

    assert not objects & {Object.PERSON, Object.PERSON_CONTACT, Object.PERSON_IDENTITY, Object.CLAIM_CONTACT}
    assert {p.object for p in PARTNER_SCOPES if p.action is not Action.READ} == {Object.RESOURCE, Object.CLAIM}
