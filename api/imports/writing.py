"""Write drafts through the bulk commands, inside the import's unit of work."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from api.commands.need import submit_needs
from api.commands.organisation import register_organisations
from api.commands.place import create_place
from api.commands.project import propose_projects
from api.commands.resource import offer_resources
from api.errors import BatchRefused, DomainError
from api.imports.drafts import Draft
from api.imports.mapping import ImportMapping
from api.imports.owner_names import Wanted, find_owners, register_owners
from api.imports.place_names import PlaceNames
from api.imports.problems import CellFault, RowProblem
from api.imports.targets import FIELDS, Target
from api.imports.values import column_of
from api.models import ExternalId, Place
from api.models.choices import ItemKind
from api.plan.statement import chunks
from api.plan.viewer import Viewer

Bulk = Callable[[Viewer, Sequence[Mapping[str, Any]]], Awaitable[list[int]]]
COMMANDS: Mapping[Target, tuple[ItemKind, Bulk]] = {
    Target.NEEDS: (ItemKind.NEED, submit_needs),
    Target.RESOURCES: (ItemKind.RESOURCE, offer_resources),
    Target.PROJECTS: (ItemKind.PROJECT, propose_projects),
    Target.ORGANISATIONS: (ItemKind.ORGANISATION, register_organisations),
}


class Writer:
    """Turns drafts into rows; what goes wrong is noted, and the caller rolls all of it back."""

    def __init__(self, viewer: Viewer, mapping: ImportMapping, within: Place | None) -> None:
        """Write as the viewer, below `within`."""
        self._viewer = viewer
        self._mapping = mapping
        self._places = PlaceNames(viewer, within)
        self.problems: list[RowProblem] = []
        self.created: dict[str, int] = {}
        self.known_already = 0

    async def write(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Write all drafts that are not known already; return those that were handed to the command."""
        drafts = await self._unknown(drafts)
        if self._mapping.target is Target.PLACES:
            await self._write_places(drafts)
            return list(drafts)
        placed = await self._place(drafts)
        owned = await self._own(placed)
        for draft, _ in owned:
            external = self._mapping.external
            if external is not None and draft.external is not None:
                draft.values["external_ids"] = [{"system": external.system, "value": draft.external}]
        _, command = COMMANDS[self._mapping.target]
        try:
            made = await command(self._viewer, [draft.values for draft, _ in owned])
            self._count(self._mapping.target, len(made))
        except BatchRefused as refused:
            for index, fault in refused.errors.items():
                self._note(owned[index][0], fault)
        self._count("places", self._places.created)
        return [draft for draft, _ in owned]

    async def _unknown(self, drafts: Sequence[Draft]) -> Sequence[Draft]:
        external = self._mapping.external
        if external is None or not external.skip_known:
            return drafts
        known: set[str] = set()
        if self._mapping.target is Target.PLACES:
            for codes in chunks([str(draft.values.get("code")) for draft in drafts]):
                known.update(map(str, await Place.filter(code__in=codes).values_list("code", flat=True)))
            left = [draft for draft in drafts if draft.values.get("code") not in known]
        else:
            kind, _ = COMMANDS[self._mapping.target]
            values = [draft.external for draft in drafts if draft.external and draft.external.isprintable()]
            for some in chunks(values):
                rows = ExternalId.filter(item_kind=kind, system=external.system, value__in=some)
                known.update(map(str, await rows.values_list("value", flat=True)))
            left = [draft for draft in drafts if draft.external not in known]
        self.known_already = len(drafts) - len(left)
        return left

    async def _place(self, drafts: Sequence[Draft]) -> list[tuple[Draft, Place]]:
        placed = []
        for draft in drafts:
            try:
                if draft.place is None:
                    raise CellFault(None, "没有写地点", "The place is missing")
                place = await self._places.place(draft.place)
                draft.values["place"] = place.id
                if draft.areas:
                    areas = [await self._places.place(each, anywhere=True) for each in draft.areas]
                    draft.values["service_area"] = [area.id for area in areas]
                placed.append((draft, place))
            except CellFault as fault:
                self.problems.append(fault.at(draft.row))
        return placed

    async def _own(self, placed: list[tuple[Draft, Place]]) -> list[tuple[Draft, Place]]:
        if self._mapping.owner is None:
            return placed
        keys: list[Wanted | None] = []
        wanted: dict[Wanted, Place] = {}
        kinds: dict[Wanted, str | None] = {}
        for draft, place in placed:
            try:
                named = draft.owner
                at = await self._places.place(named.place) if named and named.place else place
                key: Wanted | None = (named.name, at.id) if named else None
            except CellFault as fault:
                self.problems.append(fault.at(draft.row))
                key = None
            keys.append(key)
            if key is not None and draft.owner is not None:
                wanted[key] = at
                kinds.setdefault(key, draft.owner.kind)
        owners = await find_owners(wanted)
        registered = await register_owners(self._viewer, [(key, kinds[key]) for key in wanted if key not in owners])
        self._count("organisations", sum(isinstance(each, int) and each > 0 for each in registered.values()))
        owners |= registered
        owned = []
        for (draft, place), key in zip(placed, keys, strict=True):
            owner = owners.get(key) if key is not None else None
            if isinstance(owner, CellFault):
                column = draft.owner.column if draft.owner else None
                self.problems.append(CellFault(column, owner.zh, owner.en).at(draft.row))
            elif owner:
                draft.values["owner"] = {"organisation": owner}
                owned.append((draft, place))
        return owned

    async def _write_places(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            values = dict(draft.values)
            try:
                parent = values.get("parent")
                if parent is not None:
                    found = await Place.get_or_none(code=parent) if parent.isprintable() else None
                    if found is None:
                        raise CellFault("parent", f"没有上级 {parent[:40]}", f"No parent {parent[:40]}")
                    values["parent"] = found.id
                await create_place(self._viewer, values)
                self._count(Target.PLACES, 1)
            except CellFault as fault:
                self.problems.append(fault.at(draft.row))
            except DomainError as fault:
                self._note(draft, fault)

    def _note(self, draft: Draft, fault: DomainError) -> None:
        self.problems.append(RowProblem(draft.row, self._column(fault.path), fault.zh, fault.en))

    def _column(self, path: tuple[str, ...]) -> str | None:
        """Return the column that a command's complaint is about, else the field's name."""
        if not path:
            return None
        mapping = self._mapping
        if path[0] == "lines" and len(path) > 2 and mapping.lines is not None:
            return column_of(mapping.lines.fields.get(path[2])) or path[2]
        if path[0] == "externalIds" and mapping.external is not None:
            return column_of(mapping.external.value)
        if path[0] in FIELDS[mapping.target]:
            return column_of(mapping.fields.get(path[0])) or path[0]
        if path[0] == "point" and mapping.point is not None:
            return column_of(mapping.point[0])
        return path[0]

    def _count(self, name: str, number: int) -> None:
        if number:
            self.created[str(name)] = self.created.get(str(name), 0) + number
