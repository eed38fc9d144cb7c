"""The addresses of exports: what is refused, what a link opens and what it does not, and who reads what."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api import clock
from api.app import create_app
from api.commands.need import submit_need
from api.exports.links import VALID
from api.models import BearerKey, Membership
from api.models.choices import Visibility
from auth.roles import Role
from tests.api.http.asking import Asking, code
from tests.api.http.keys import NOW, key_for, member
from tests.factories import Town

LINK = 'query($filter: JSON) { exportLink(name: "needs", form: CSV, filter: $filter) { address expiresAt } }'


@pytest.fixture
async def app(town: Town) -> AsyncIterator[Starlette]:
    """Return the application with the whole schema, whose filter types exports use."""
    app = create_app(town.runtime.settings)
    app.state.runtime = town.runtime
    with clock.fixed(NOW):
        yield app


@pytest.fixture
async def staff(town: Town) -> dict[str, str]:
    """Return the header of somebody who sees what is not public in A; two needs lie there."""
    firm, person = await town.organisation(), await town.person()
    for title, seen in (("=公开的", Visibility.PUBLIC), ("内部的", Visibility.ADMINISTRATORS)):
        await submit_need(town.administrator(), town.need({"organisation": firm}, "A1", title=title, visibility=seen))
    await member(town, Role.COMMITTEE_STAFF, person_id=person)
    return await key_for(person=person)


def titles(answer: httpx.Response, column: str = "标题") -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row[column] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))]


WRONG = (
    ("needs.pdf", 404, "NOT_FOUND"), ("people.csv", 404, "NOT_FOUND"), ("needs", 404, "NOT_FOUND"),
    ("needs.csv?within=nowhere", 404, "NOT_FOUND"), ("needs.csv?x=1", 400, "INVALID_INPUT"),
    ("needs.csv?status=NONE", 400, "INVALID_INPUT"), ("needs.csv?family=UNITS&family=OWNERS", 400, "INVALID_INPUT"),
    ("needs.csv?changedSince=yesterday", 400, "INVALID_INPUT"), ("needs.csv?filter=x", 400, "MALFORMED_JSON"),
    ("needs.csv?filter=[]", 400, "BAD_REQUEST"), ('needs.csv?filter={"near":{}}', 400, "INVALID_INPUT"),
    ("needs.csv?filter=%7B%22category%22:%22%5Cu0000%22%7D", 400, "BAD_REQUEST"),
    ("matches.csv?minimumScore=many", 400, "INVALID_INPUT"), ("needs.csv?link=1.2.3", 401, "UNAUTHENTICATED"),
)  # fmt: skip


async def test_what_is_wrong_is_told_before_a_file_begins(ask: Asking) -> None:
    for address, status, told in WRONG:
        answer = await ask.client.get(f"/export/{address}")
        assert (answer.status_code, code(answer)) == (status, told), address


async def test_a_wrong_key_is_never_taken_for_nobody(ask: Asking, staff: dict[str, str]) -> None:
    wrong = await ask.client.get("/export/needs.csv", headers={"Authorization": "Bearer wj_user_x"})
    assert wrong.status_code == 401
    assert (await ask.client.post("/export/needs.csv", headers=staff)).status_code == 405


async def test_each_reads_what_they_may_in_their_language(ask: Asking, staff: dict[str, str]) -> None:
    assert titles(await ask.client.get("/export/needs.csv")) == ["'=公开的"]
    everything = await ask.client.get("/export/needs.csv?status=REQUESTED,DISPATCHED&within=A", headers=staff)
    assert titles(everything) == ["'=公开的", "内部的"]
    assert everything.headers["content-type"] == "text/csv; charset=utf-8"
    assert "filename*=UTF-8''%E9%9C%80%E6%B1%82.csv" in everything.headers["content-disposition"]
    english = await ask.client.get("/export/needs.csv?within=B", headers={**staff, "Accept-Language": "en"})
    assert titles(english, "title") == []
    assert english.headers["content-language"] == "en"
    near = json.dumps({"near": {"longitude": 110.44, "latitude": 34.87, "metres": 50}})
    assert len(titles(await ask.client.get("/export/needs.csv", params={"filter": near}, headers=staff))) == 2
    book = await ask.client.get("/export/needs.xlsx", headers=staff)
    assert book.content.startswith(b"PK")


async def linked(ask: Asking, header: dict[str, str], **asked: Any) -> str:
    answer = await ask(LINK, {"filter": asked}, headers=header)
    address: str = answer.json()["data"]["exportLink"]["address"]
    return address


async def test_a_link_is_for_who_has_a_key_and_for_a_sound_filter(ask: Asking, staff: dict[str, str]) -> None:
    assert code(await ask(LINK)) == "UNAUTHENTICATED"
    assert code(await ask(LINK, {"filter": {"status": "NONE"}}, headers=staff)) == "INVALID_INPUT"
    assert code(await ask(LINK.replace("needs", "people"), headers=staff)) == "INVALID_INPUT"


async def test_a_link_opens_its_own_file_and_filter_alone_for_ten_minutes(ask: Asking, staff: dict[str, str]) -> None:
    address = await linked(ask, staff, within="A", status=["REQUESTED"])
    assert titles(await ask.client.get(address)) == ["'=公开的", "内部的"]
    token = address.rpartition("link=")[2]
    head, _, mark = token.rpartition(".")
    later = f"{int(head.split('.')[0]) + 9999}.{head.partition('.')[2]}"
    for wrong in (
        address.replace("needs", "resources"), address.replace("REQUESTED", "DISPATCHED"), f"{address}&family=UNITS",
        f"/export/needs.csv?link={token}", address.replace(token, f"{later}.{mark}"), address[:-1],
    ):  # fmt: skip
        assert code(await ask.client.get(wrong)) == "UNAUTHENTICATED", wrong
    with clock.fixed(NOW + VALID + timedelta(seconds=1)):
        assert code(await ask.client.get(address)) == "UNAUTHENTICATED"


async def test_a_revoked_key_closes_its_links_and_a_lost_role_empties_them(
    ask: Asking, town: Town, staff: dict[str, str]
) -> None:
    address = await linked(ask, staff)
    key = await BearerKey.all().order_by("-id").first()
    assert key is not None
    await Membership.all().delete()
    assert titles(await ask.client.get(address)) == ["'=公开的"]
    await BearerKey.filter(id=key.id).update(revoked_at=NOW)
    answer = await ask.client.get(address)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["reason"]) == (401, "AUTHENTICATION_REVOKED")
