"""The public edition: the same for everybody, nothing personal, parts that fit, nothing that a browser would run."""

import dataclasses
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from api.commands.item_list import publish_list, save_list
from api.commands.item_list_moves import withdraw_list
from api.commands.need import submit_need
from api.exports.edition import editions
from api.exports.plain_text import LONGEST, plain_text
from api.exports.print_page import STYLE, print_page
from api.models import Contact
from api.models.choices import Consent, ListKind, Visibility
from api.plan.viewer import Viewer
from auth.roles import Role
from tests.factories import Town

NEED = ListKind.NEED
EVIL = '<script>alert(1)</script>\n=1+1 & "x" \u202egnp'


async def published(town: Town, titles: list[str], **more: Any) -> int:
    """Publish a list of a household's needs, with a contact behind them; return its identifier."""
    household = await town.household("A1b")
    await Contact.create(household_id=household, name="王某某", phone="13800001234", address="2号楼3单元")
    admin = town.administrator()
    behalf = {"consent": Consent.ORAL}
    lines = [{"category": "space.room", "quantity": 2.0, "unit": "PIECE"}]
    needs = [
        await submit_need(
            admin, town.need({"household": household}, "A1b", title=title, on_behalf_of=behalf, lines=lines)
        )
        for title in titles
    ]
    values = {
        "title": "一户的需求", "place": town.id("A1b"), "owner": {"household": household}, "items": needs,
    }  # fmt: skip
    return await publish_list(admin, NEED, values=values | more)


async def texts(viewer: Viewer, key: int) -> list[str]:
    found = await editions(viewer, NEED, [key])
    return plain_text(found[key]) if key in found else []


async def test_what_is_not_public_has_no_public_edition_whoever_asks(town: Town) -> None:
    members = await published(town, ["要一盏灯"], visibility=Visibility.MEMBERS)
    firm = await town.organisation()
    values = {"title": "草稿", "place": town.id("A"), "owner": {"organisation": firm}}
    draft = await save_list(town.administrator(), NEED, values)
    for viewer in (town.anonymous(), town.administrator(), town.viewer(Role.AUDITOR, "S")):
        assert await editions(viewer, NEED, [members, draft, firm]) == {}
        assert await editions(viewer, ListKind.RESOURCE, [members]) == {}


async def test_the_edition_is_the_same_for_everybody_and_names_no_person_and_no_building(town: Town) -> None:
    key = await published(town, ["要一盏灯", "想理发"])
    admin, nobody = await texts(town.administrator(), key), await texts(town.anonymous(), key)
    assert admin == nobody
    (found,) = nobody
    assert "柳岸华都" in found
    assert "1. 要一盏灯(space.room 2件、点单)" in found
    page = print_page((await editions(town.administrator(), NEED, [key]))[key])
    for secret in ("王", "13800001234", "号楼", "单元", "138"):
        assert secret not in found
        assert secret not in page.replace(STYLE, "")


async def test_items_that_are_not_public_are_not_told_nor_counted(town: Town) -> None:
    firm = await town.organisation()
    admin = town.administrator()
    needs = [
        await submit_need(admin, town.need({"organisation": firm}, "A1", title=title, visibility=seen))
        for title, seen in (("公开的", Visibility.PUBLIC), ("内部的", Visibility.ADMINISTRATORS))
    ]
    values = {"title": "单位需求", "place": town.id("A"), "owner": {"organisation": firm}, "items": needs}
    key = await publish_list(admin, NEED, values=values)
    (found,) = await texts(admin, key)
    assert "公开的" in found
    assert "内部的" not in found
    assert "共1条" in found


async def test_a_long_list_comes_in_parts_that_fit_and_lack_nothing(town: Town) -> None:
    titles = [f"第{number}件:" + "长" * 180 for number in range(1, 106)]
    key = await published(town, titles)
    parts = await texts(town.anonymous(), key)
    assert len(parts) > 10
    assert max(map(len, parts)) <= LONGEST
    assert [part.partition("\n")[0] for part in parts] == [f"({n}/{len(parts)})" for n in range(1, len(parts) + 1)]
    told = re.findall(r"^(\d+)\. (第\d+件:长+)", "\n".join(parts), re.M)
    assert told == [(str(number), title) for number, title in enumerate(titles, 1)]


class Page(HTMLParser):
    """Collects tags, attributes and words of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, Any] = {}
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


async def test_what_people_wrote_is_text_on_the_page_and_one_line_in_the_chat(town: Town) -> None:
    key = await published(town, [EVIL], title=EVIL)
    edition = (await editions(town.anonymous(), NEED, [key]))[key]
    page = Page(print_page(edition))
    assert page.tags.count("script") == 0
    assert page.tags.count("style") == 1
    assert {"src", "href", "onclick", "style"} & page.attributes.keys() == set()
    clean = '<script>alert(1)</script> =1+1 & "x" gnp'
    assert [word for word in page.words if word == clean] == [clean] * 2
    (text,) = plain_text(edition)
    assert f"1. {clean}(" in text
    assert "\u202e" not in text
    assert "url(" not in STYLE
    assert "@import" not in STYLE


async def test_a_withdrawn_list_says_so(town: Town) -> None:
    key = await published(town, ["要一盏灯"])
    await withdraw_list(town.administrator(), NEED, key, "重复了", 2)
    edition = (await editions(town.anonymous(), NEED, [key]))[key]
    assert "注意:已撤回" in plain_text(edition)[0]
    assert '<p class="state">已撤回</p>' in print_page(edition)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_both_languages_are_whole(town: Town, language: str) -> None:
    key = await published(town, ["要一盏灯"])
    asker = town.anonymous()
    asker = dataclasses.replace(asker, principal=dataclasses.replace(asker.principal, language=language))
    edition = (await editions(asker, NEED, [key]))[key]
    told = plain_text(edition)[0] + print_page(edition).replace(STYLE, "")
    assert ("需求清单" in told) == (language == "zh")
    assert ("Needs" in told) == (language == "en")
