"""Rows that inputs name, each read once a command, set by set where a batch names many."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.commands.permission import scope_of
from api.errors import NotFound
from api.models import ExternalId, Household, Organisation, Person, Place
from api.models.choices import ItemKind
from api.plan.statement import chunks
from api.plan.viewer import Viewer
from auth.permissions import Action, Object, Permission

Path = tuple[str, ...]
READ: Mapping[type[Any], Object] = {
    Place: Object.PLACE,
    Organisation: Object.ORGANISATION,
    Person: Object.PERSON,
    Household: Object.HOUSEHOLD,
}


LONGEST_EXTERNAL = 200


class Rows:
    """What one command has read of the rows its inputs name."""

    def __init__(self) -> None:
        """Start without any row."""
        self._found: dict[tuple[type[Any], int], Any] = {}
        self._above: dict[str, tuple[Place, ...]] = {}
        self._external: dict[tuple[ItemKind, str, str], int | None] = {}

    async def fetch(self, model: type[Any], identifiers: Iterable[Any]) -> None:
        """Read the rows that are not known yet."""
        wanted = {key for key in identifiers if key is not None}
        for chunk in chunks(sorted(key for key in wanted if (model, key) not in self._found)):
            rows = {row.id: row for row in await model.filter(id__in=chunk)}
            for key in chunk:
                self._found[model, key] = rows.get(key)

    async def visible(self, viewer: Viewer, model: type[Any], identifier: Any, path: Path) -> Any:
        """Return a row that the viewer may read. Raise NotFound, with the place of the fault."""
        await self.fetch(model, [identifier])
        row = self._found.get((model, identifier))
        permission = Permission(READ[model], Action.READ)
        if row is None or not viewer.may(permission, scope_of(row)):
            raise NotFound(path=path)
        return row

    async def above(self, path: str) -> tuple[Place, ...]:
        """Return the places on a path, the innermost first."""
        if path not in self._above:
            codes = [code for code in path.split("/") if code]
            chain = {place.code: place for place in await Place.filter(code__in=codes)}
            self._above[path] = tuple(chain[code] for code in reversed(codes))
        return self._above[path]

    async def fetch_external(self, kind: ItemKind, given: Iterable[Mapping[str, Any]]) -> None:
        """Read which of the external ids are in use."""
        values = {str(entry["value"]).strip() for entry in given}
        # What no database takes as text is refused by its check (api.commands.inputs), not here.
        for chunk in chunks(
            sorted(value for value in values if value.isprintable() and len(value) <= LONGEST_EXTERNAL)
        ):
            for row in await ExternalId.filter(item_kind=kind, value__in=chunk):
                self._external[kind, row.system, row.value] = row.item_id

    def claim_external(self, kind: ItemKind, item_id: int, system: str, value: str) -> bool:
        """Take an external id for an item; return False when another item has it."""
        return self._external.setdefault((kind, system, value), item_id) == item_id


async def fetch_named(rows: Rows, kind: ItemKind, many: Sequence[Mapping[str, Any]]) -> None:
    """Read at once all rows that the inputs of a command or batch name."""
    owners = [values.get("owner") or {} for values in many]
    areas = [place for values in many for place in values.get("service_area") or []]
    await rows.fetch(Place, [*(values.get("place") for values in many), *areas])
    await rows.fetch(
        Organisation,
        [
            *(owner.get("organisation") for owner in owners),
            *(values.get("organisation") for values in many),
            *(values.get("concerns") for values in many),
        ],
    )
    await rows.fetch(Person, (owner.get("person") for owner in owners))
    await rows.fetch(Household, (owner.get("household") for owner in owners))
    external = (entry for values in many for entry in values.get("external_ids") or [])
    await rows.fetch_external(kind, external)
