"""Needs that a relative enters, who has no office where the other lives; and making sure of them."""

from typing import Any, Final

from api import clock
from api.commands import inputs
from api.commands.consent import PATH
from api.commands.editing import load, refuse_stale, save
from api.commands.item_type import NEED
from api.commands.need import number_needs, relatives_need
from api.commands.new_item import Values, submit_one
from api.commands.permission import require, scope_of
from api.commands.rematching import rematch
from api.commands.unit_of_work import unit_of_work
from api.errors import Forbidden, InvalidTransition, LimitExceeded
from api.models import Need, NeedConsent, Person
from api.models.choices import ItemKind
from api.plan.viewer import Viewer
from api.queries.need_consent import agreed_visibility
from api.state_machines.need import NeedStatus
from auth.permissions import Action, Object
from auth.relations import RowScope

MOST_WAITING: Final = 3


async def submit_for_relative(viewer: Viewer, values: Values) -> str:
    """Put a need on the board for a relative or neighbour elsewhere; return its short number.

    Whoever may enter needs where they live themselves may do so for somebody anywhere. Until somebody in
    charge has asked the other (`confirm_consent`), only those in charge and the owner see the need.

    Raises:
        InvalidInput, NotFound: with the place of the fault.
        Forbidden: the viewer is no resident of any place here.
        LimitExceeded: three of the viewer's wait to be made sure of.
    """
    if (values.get("on_behalf_of") or {}).get("person") is None:
        raise inputs.missing((*PATH, "person"))
    async with unit_of_work(viewer):
        await _refuse_stranger(viewer)
        identifier = await submit_one(viewer, ItemKind.NEED, values, relatives_need, number_needs)
        need = await Need.get(id=identifier)
    return need.number


async def confirm_consent(viewer: Viewer, identifier: int, expected: int) -> int:
    """Note that the owner was asked and agreed; the need gets the visibility that was wanted.

    Whoever has chosen one since keeps it, if fewer see the need by it: a consent never widens a later choice.

    Raises:
        NotFound: it does not exist or the viewer may not see it.
        Forbidden: the viewer is not in charge there.
        StaleVersion: it was changed since version `expected`.
        InvalidTransition: nothing waits to be made sure of.
    """
    async with unit_of_work(viewer) as work:
        row, _ = await load(viewer, Need, Object.NEED, identifier, Action.READ)
        rule = require(viewer, Object.NEED_ON_BEHALF, Action.UPDATE, scope_of(row), visible=True)
        refuse_stale(row.version, expected, {})
        consent = await NeedConsent.filter(need_id=row.id, confirmed_at=None).first()
        if consent is None:
            raise InvalidTransition("没有待核实的代填", "Nothing waits to be made sure of", ("id",))
        changed = await save(row, {"visibility": agreed_visibility(consent)})
        await NeedConsent.filter(id=consent.id).update(
            confirmed_at=clock.now(), confirmed_by_id=viewer.principal.person_id
        )
        work.record(NEED.done("confirm", row, changed, rule))
        await rematch(work, ItemKind.NEED, row.id)
    return int(row.id)


async def _refuse_stranger(viewer: Viewer) -> None:
    # Entries of one person wait for each other, or many at once would all count too few.
    me: Any = await Person.filter(id=viewer.principal.person_id or 0).select_for_update().first()
    if me is None:
        raise Forbidden("只有登记过的居民可以替人提出", "Only a registered resident can enter it for another")
    require(
        viewer, Object.NEED_ON_BEHALF, Action.CREATE, RowScope(path=me.path, owner_person_id=me.id), visible=True
    )  # fmt: skip
    ended = [NeedStatus.WITHDRAWN, NeedStatus.MERGED]
    waiting = NeedConsent.filter(recorded_by_id=me.id, confirmed_at=None).exclude(need__status__in=ended)
    if await waiting.count() >= MOST_WAITING:
        raise LimitExceeded(
            f"您替人提出的已有 {MOST_WAITING} 件待社区核实,请等核实后再提",
            f"{MOST_WAITING} needs you entered for others wait to be made sure of",
            PATH,
        )
