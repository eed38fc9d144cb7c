"""A clerk with the firm's workbook, over HTTP."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from api.commands.service_item import create_service_item
from api.exports.xlsx_file import MEDIA_TYPE as XLSX
from api.http.negotiation import JSON
from api.models import Event, HistoryEntry, Resource, ServiceItem
from auth.roles import Role
from tests.api.http.keys import key_for, member
from tests.factories import Town
from tests.workbooks import Row, opened

NEW = {"名称": "入户维修", "类别": "life.repair", "地点": "柳岸华都"}


@dataclass
class Clerk:
    """Somebody of a firm with the firm's workbook at hand."""

    http: httpx.AsyncClient
    firm: int
    key: dict[str, str] = field(repr=False)

    async def template(self, firm: int | None = None) -> httpx.Response:
        where = {"organisation": f"Organisation:{firm or self.firm}"}
        return await self.http.get("/service-items/template.xlsx", params=where, headers=self.key)

    async def rows(self) -> list[Row]:
        answer = await self.template()
        assert answer.status_code == 200, answer.text
        return opened(answer.content)

    async def send(
        self, content: bytes, *, firm: int | None = None, accept: str = JSON, kind: str = XLSX
    ) -> httpx.Response:
        where = {"organisation": f"Organisation:{firm or self.firm}"}
        sent = {"Content-Type": kind, "Accept": accept, **self.key}
        return await self.http.post("/service-items/upload", params=where, content=content, headers=sent)

    async def confirm(self, token: Any, mode: str = "all", accept: str = JSON) -> httpx.Response:
        body = {"token": token, "mode": mode}
        return await self.http.post("/service-items/confirm", json=body, headers={**self.key, "Accept": accept})


async def of_firm(town: Town, http: httpx.AsyncClient, firm: int, role: Role = Role.PROPERTY_CLERK) -> Clerk:
    person = await town.person("A1b")
    await member(town, role, "A1", person_id=person, organisation_id=firm)
    return Clerk(http, firm, await key_for(person=person))


async def item(town: Town, firm: int, **more: Any) -> int:
    values = {"organisation": firm, "title": "代收快递", "category": "life", "place": town.id("A1"), **more}
    return await create_service_item(town.viewer(Role.PROPERTY_MANAGER, "A1", organisation=firm), values)


async def nothing_changed() -> bool:
    """Tell whether there is neither an item nor a trace of one."""
    return not [model for model in (ServiceItem, Resource, HistoryEntry, Event) if await model.all().exists()]
