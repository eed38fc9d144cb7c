"""Find the places that rows name, and create the missing ones that the mapping allows."""

from hashlib import blake2s
from typing import Any

from api.commands.place import create_place
from api.errors import DomainError
from api.imports.cells import normal
from api.imports.drafts import NamedPlace
from api.imports.mapping import PlaceStep
from api.imports.problems import CellFault
from api.models import Place
from api.plan.viewer import Viewer

ENDINGS = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "自治州", 
    "街道", "社区", "省", "市", "区", "县", "镇", "乡",
)  # fmt: skip
SHOWN = 40


class PlaceNames:
    """Places read so far, by code and by name; new ones are created in the open unit of work."""

    def __init__(self, viewer: Viewer, within: Place | None) -> None:
        """Look only at and below `within` (None: everywhere)."""
        self._viewer = viewer
        self._within = within
        self._by_code: dict[str, Place | None] = {}
        self._below: dict[str, dict[str, list[Place]]] = {}
        self._found: dict[tuple[Any, ...], Place | CellFault] = {}
        self.created = 0

    async def place(self, named: NamedPlace, *, anywhere: bool = False) -> Place:
        """Return the place; `anywhere` also allows one outside `within` (a service area).

        Raises:
            CellFault: there is none of that name or code, or several, or it lies outside.
        """
        key = (named.code, named.source.under, named.names, anywhere)
        if key not in self._found:
            try:
                self._found[key] = await self._resolve(named, anywhere)
            except CellFault as fault:
                self._found[key] = fault
        found = self._found[key]
        if isinstance(found, CellFault):
            raise CellFault(named.column, found.zh, found.en)
        return found

    async def _resolve(self, named: NamedPlace, anywhere: bool) -> Place:
        code = named.code or named.source.under
        if code is None:
            raise CellFault(named.column, "没有写地点", "The place is missing")
        place = await self._coded(code)
        for name, step in zip(named.names, named.source.steps, strict=True):
            if name is not None:
                place = await self._named(place, name, step)
        outside = self._within is not None and not place.path.startswith(self._within.path)
        if outside and not anywhere:
            raise CellFault(None, f"{place.name_zh} 不在导入范围内", f"{place.name_zh} lies outside the import")
        return place

    async def _coded(self, code: str) -> Place:
        if code not in self._by_code:
            self._by_code[code] = await Place.get_or_none(code=code) if code.isprintable() else None
        found = self._by_code[code]
        if found is None:
            raise CellFault(None, f"没有代码为 {code[:SHOWN]} 的地点", f"No place has the code {code[:SHOWN]}")
        return found

    async def _named(self, parent: Place, name: str, step: PlaceStep) -> Place:
        for each in _forms(name, parent):
            # "黄石市" below 黄石市 is the city itself.
            if each in _names(parent):
                return parent
            found = (await self._names_below(parent)).get(each, [])
            if len(found) > 1:
                nearest = [one for one in found if getattr(one, "parent_id", None) == parent.id]
                found = nearest if len(nearest) == 1 else found
            if len(found) == 1:
                return found[0]
            if found:
                where = parent.name_zh
                raise CellFault(
                    None,
                    f"{where} 有 {len(found)} 个地点叫“{name[:SHOWN]}”",
                    f"{len(found)} places in {where} are called “{name[:SHOWN]}”",
                )
        if not step.create or step.kind is None:
            raise CellFault(
                None,
                f"{parent.name_zh} 没有叫“{name[:SHOWN]}”的地点",
                f"No place in {parent.name_zh} is called “{name[:SHOWN]}”",
            )
        return await self._create(parent, name, step)

    async def _create(self, parent: Place, name: str, step: PlaceStep) -> Place:
        digest = blake2s(f"{parent.code}/{normal(name)}".encode(), digest_size=5).hexdigest()
        values = {"code": f"x-{digest}", "kind": step.kind, "name": name, "parent": parent.id}
        try:
            identifier = await create_place(self._viewer, values)
        except DomainError as fault:
            raise CellFault(None, f"不能新建地点“{name[:SHOWN]}”:{fault.zh}", f"Cannot create it: {fault.en}") from None
        place = await Place.get(id=identifier)
        self.created += 1
        for names in (self._below[path] for path in self._below if place.path.startswith(path)):
            for each in _names(place):
                names.setdefault(each, []).append(place)
        return place

    async def _names_below(self, parent: Place) -> dict[str, list[Place]]:
        if parent.path not in self._below:
            names: dict[str, list[Place]] = {}
            # "0" is the character after "/": the range is the whole subtree.
            below = Place.filter(path__gt=parent.path, path__lt=f"{parent.path[:-1]}0")
            for place in await below:
                for each in _names(place):
                    names.setdefault(each, []).append(place)
            self._below[parent.path] = names
        return self._below[parent.path]


def _names(place: Place) -> set[str]:
    given = [place.name_zh, place.name_en, *place.aliases]
    whole = {normal(name) for name in given if name}
    return whole | {_bare(name) for name in whole}


def _forms(name: str, parent: Place) -> list[str]:
    """Return how a name may be meant: as it is, without its ending, without the parent's name before it."""
    whole = normal(name)
    forms = [whole, _bare(whole)]
    for above in sorted(_names(parent), key=len, reverse=True):
        if whole.startswith(above) and len(whole) > len(above) + 1:
            forms += [whole.removeprefix(above), _bare(whole.removeprefix(above))]
    return list(dict.fromkeys(forms))


def _bare(name: str) -> str:
    """Return a name without its ending: 武汉市 and 武汉 are the same; a single character keeps it."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name
