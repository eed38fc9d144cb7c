"""The addresses of a list's public edition."""

from typing import Any

import pytest

from api.commands.item_list import publish_list
from api.commands.need import submit_need
from api.exports.print_page import CONTENT_SECURITY_POLICY
from api.models.choices import ListKind, Visibility
from tests.api.http.asking import Asking, code
from tests.factories import Town


async def published(town: Town, **more: Any) -> int:
    firm = await town.organisation()
    need = await submit_need(town.administrator(), town.need({"organisation": firm}, "A1"))
    values = {"title": "单位需求", "place": town.id("A"), "owner": {"organisation": firm}, "items": [need]}
    return await publish_list(town.administrator(), ListKind.NEED, values=values | more)


@pytest.mark.parametrize("address", ["print", "text"])
async def test_what_is_not_public_or_not_there_is_not_found(ask: Asking, town: Town, address: str) -> None:
    hidden = await published(town, visibility=Visibility.MEMBERS)
    for text in (f"NeedList:{hidden}", "NeedList:1", f"ResourceList:{hidden}", "Need:1", "x", "NeedList:" + "9" * 30):
        found = await ask.client.get(f"/lists/{text}/{address}")
        assert (found.status_code, code(found)) == (404, "NOT_FOUND")
    wrong = await ask.client.get(f"/lists/NeedList:{hidden}/{address}", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 401
    assert (await ask.client.post(f"/lists/NeedList:{hidden}/{address}")).status_code == 405


async def test_the_page_is_sent_with_its_policy_and_the_text_as_text(ask: Asking, town: Town) -> None:
    key = f"NeedList:{await published(town)}"
    page = await ask.client.get(f"/lists/{key}/print", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-language"] == "en"
    text = await ask.client.get(f"/lists/{key}/text")
    assert text.headers["content-type"] == "text/plain; charset=utf-8"
    assert text.text.startswith("【需求清单】单位需求\n柳园社区")
