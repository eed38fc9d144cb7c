"""What callers leave with the server that is kept sealed: identities, a sent workbook, the answer of a mutation."""

from dataclasses import dataclass, field

import httpx

from api.exports.xlsx_file import MEDIA_TYPE as XLSX
from api.identifiers import new_id
from api.models import Contact, IdempotentOutcome, Identity, WorkbookUpload
from tests.api.trust.callers import Caller
from tests.api.trust.planting import PLACEHOLDER
from tests.api.trust.requests import Sent, asked
from tests.api.world import COMMUNITIES, World
from tests.workbooks import saved

OPEN = """mutation($place: ID!) { servicePointCreate(input: {name: "%s", place: $place, level: COMMUNITY}) {
  ... on ServicePoint { name } ... on UserError { message } } }"""


@dataclass(slots=True)
class Left:
    """The requests that bring what was kept back, to whom it belongs, and in which communities it lies."""

    requests: list[Sent] = field(default_factory=list)
    keepers: dict[tuple[str, int], Caller] = field(default_factory=dict)
    homes: dict[tuple[str, int], frozenset[str]] = field(default_factory=dict)

    def keep(self, model: str, row: int, caller: Caller, request: Sent) -> None:
        self.keepers[model, row] = caller
        self.homes[model, row] = caller.home
        self.requests.append(request)


async def leave(http: httpx.AsyncClient, world: World, callers: dict[str, Caller]) -> Left:
    """Have a clerk send a workbook and the staff open a service point under a key, in each community."""
    await Identity.bulk_create(
        Identity(id=new_id(), person_id=each.id, id_number=PLACEHOLDER, id_number_hash=str(each.id), purpose="试")
        for each in world.people
    )
    signed_in = [each.principal.person_id for each in callers.values() if each.principal.person_id]
    await Contact.bulk_create(Contact(id=new_id(), person_id=each, name="", phone="", address="") for each in signed_in)
    left = Left()
    for code in COMMUNITIES:
        await _workbook(http, callers[f"PROPERTY_CLERK of {code}"], left)
        await _kept_answer(http, world, callers[f"COMMITTEE_STAFF of {code}"], left)
    return left


async def _workbook(http: httpx.AsyncClient, clerk: Caller, left: Left) -> None:
    (firm,) = clerk.principal.organisation_ids
    content = saved([{"名称": PLACEHOLDER, "类别": "没有这一类", "地点": "没有这个地方"}])
    headers = {"Content-Type": XLSX, "Accept": "application/json", **clerk.headers}
    where = {"organisation": f"Organisation:{firm}"}
    answer = await http.post("/service-items/upload", params=where, content=content, headers=headers)
    assert PLACEHOLDER in answer.text, answer.text
    body = {"token": answer.json()["token"], "mode": "all"}
    row = await WorkbookUpload.filter(organisation_id=firm).get()
    left.keep("WorkbookUpload", row.id, clerk, Sent("kept workbook", "POST", "/service-items/confirm", body))


async def _kept_answer(http: httpx.AsyncClient, world: World, staff: Caller, left: Left) -> None:
    (code,) = staff.home
    headers = {"Idempotency-Key": f"of-{code}"}
    sent = asked(OPEN % PLACEHOLDER, {"place": f"Place:{world.places[code].id}"}, "kept answer", headers=headers)
    known = await IdempotentOutcome.all().values_list("id", flat=True)
    answer = await http.post(sent.path, json=sent.body, headers={**headers, **staff.headers})
    assert f'"name":"{PLACEHOLDER}"' in answer.text, answer.text
    row = await IdempotentOutcome.exclude(id__in=list(known)).get()
    left.keep("IdempotentOutcome", row.id, staff, sent)
