"""The filter `underAgreement`: what an agreement can serve, and what it must not tell."""

from datetime import UTC, datetime
from typing import Any

from api import clock
from api.commands.need import submit_need
from api.commands.project import propose_project
from api.errors import NotFound
from api.models import Agreement, UnitOfMeasure
from api.models.choices import Visibility
from auth.principal import ANONYMOUS, Principal
from auth.roles import Role
from tests.api.agreements import NOON, a_claim, a_need, an_agreement, promises_of
from tests.api.reading import answer, ask
from tests.factories import Town

REPAIR: dict[str, Any] = {"category": "life.repair", "quantity": 10.0, "unit": "PIECE"}


async def test_one_query_finds_what_an_agreement_can_serve(town: Town) -> None:
    room, cut = {"category": "space.room", "hours": 5.0}, {"category": "life.haircut", "quantity": 1.0}
    agreement = await an_agreement(town, [REPAIR, room, cut])
    portions = {"category": "life.repair", "quantity": 1, "unit": "PORTION"}
    with clock.fixed(NOON):
        wanted: dict[str, list[dict[str, Any]]] = {
            "same": [{"category": "life.repair", "quantity": 1, "unit": "PIECE"}],
            "unknown": [{"category": "life.repair"}],
            "above": [{"category": "space"}],
            "second line": [portions, {"category": "life.haircut"}],
        }
        refused = {
            "another unit": [portions],
            "hours": [{"category": "space.room", "quantity": 1, "unit": "PIECE"}],
        }
        await UnitOfMeasure.create(code="PORTION", label_zh="份", label_en="portions")
        found = {name: (await a_need(town, *lines))[0] for name, lines in (wanted | refused).items()}
        await a_need(town, *wanted["same"], place="B1")
        await a_need(town, *wanted["same"], place="S")
        firm = await town.organisation("A1")
        project = await propose_project(
            town.administrator("S"),
            town.need({"organisation": firm}, "A1", lines=wanted["same"]),
        )
        partner = town.viewer(Role.UNIT_REPRESENTATIVE, "A", organisation=agreement.unit_id).principal
        assert await served(agreement, partner) == {f"Need:{found[name].id}" for name in wanted}
        assert await served(agreement, partner, "projects") == {f"Project:{project}"}

        _, _, haircut = await promises_of(agreement)
        need, lines = await a_need(town, {"category": "life.haircut", "quantity": 1})
        await a_claim(need, lines[0], haircut)
        assert await served(agreement, partner) == {f"Need:{found[name].id}" for name in ("same", "unknown", "above")}
    with clock.fixed(datetime(2026, 12, 31, 16, tzinfo=UTC)):
        assert await served(agreement, partner) == set()


async def test_an_agreement_that_is_hidden_is_no_filter(town: Town) -> None:
    hidden = await an_agreement(town, [REPAIR], visibility=Visibility.ADMINISTRATORS)
    for identifier in (f"Agreement:{hidden.id}", f"Agreement:{hidden.id + 1}", "Need:1", "x"):
        text = "query ($f: NeedFilter) { needs(first: 9, filter: $f) { nodes { id } } }"
        fault = (await ask(text, f={"underAgreement": identifier})).fault
        assert isinstance(fault, NotFound)
        assert fault.path == ("filter", "underAgreement")


async def test_a_filter_by_agreement_does_not_tell_where_exactly_a_household_lives(town: Town) -> None:
    household = await town.household("A1b")
    with clock.fixed(NOON):
        key = await submit_need(
            town.administrator("S"), town.need({"household": household}, "A1b", lines=[{"category": "life.repair"}])
        )
    in_building, in_estate = [
        await an_agreement(town, [{"category": "life.repair"}], place_id=town.id(code), path=town.path(code))
        for code in ("A1b", "A1")
    ]
    with clock.fixed(NOON):
        assert await served(in_building, ANONYMOUS) == set()
        assert await served(in_estate, ANONYMOUS) == {f"Need:{key}"}
        assert await served(in_building, town.administrator().principal) == {f"Need:{key}"}


async def served(agreement: Agreement, principal: Principal, field: str = "needs") -> set[str]:
    month = '{from: "2026-06-01T00:00:00+08:00", to: "2026-07-01T00:00:00+08:00"}'
    asked = f'underAgreement: "Agreement:{agreement.id}", availableBetween: {month}'
    text = f"{{ {field}(first: 50, filter: {{{asked}}}) {{ nodes {{ id }} }} }}"
    return {node["id"] for node in (await answer(text, principal))[field]["nodes"]}
