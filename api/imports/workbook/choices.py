"""What the drop-downs offer and what the words in the cells stand for."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api.imports.cells import normal
from api.models import Category, CategorySynonym, Place, ServiceArea, UnitOfMeasure
from api.models.choices import PlaceKind, PriceClass, Visibility
from api.state_machines.service_item import ServiceItemStatus

MOST_PLACES: Final = 2_000
SERVED_KINDS: Final = (
    PlaceKind.COMMUNITY, PlaceKind.VILLAGE, PlaceKind.ESTATE, PlaceKind.COURTYARD, PlaceKind.LANE, PlaceKind.GRID,
)  # fmt: skip
PRICE_CLASSES: Final[Mapping[object, str]] = {
    PriceClass.WITHIN_FEE: "物业费内",
    PriceClass.FREE: "免费",
    PriceClass.LOW_PRICE: "低偿",
    PriceClass.MARKET: "市场价",
}
VISIBILITIES: Final[Mapping[object, str]] = {
    Visibility.PUBLIC: "所有人",
    Visibility.MEMBERS: "本社区居民",
    Visibility.ADMINISTRATORS: "仅管理人员",
}
STATUSES: Final[Mapping[object, str]] = {
    ServiceItemStatus.LISTED: "在办",
    ServiceItemStatus.PAUSED: "暂停",
    ServiceItemStatus.RETIRED: "停办",
}
YES_NO: Final[Mapping[object, str]] = {True: "是", False: "否"}
_ALSO: Final[Mapping[str, Mapping[str, object]]] = {
    "price_classes": {
        "物业费": PriceClass.WITHIN_FEE, "含物业费": PriceClass.WITHIN_FEE, "无偿": PriceClass.FREE,
        "不收费": PriceClass.FREE, "低价": PriceClass.LOW_PRICE, "市场": PriceClass.MARKET,
    },
    "visibilities": {"公开": Visibility.PUBLIC, "居民": Visibility.MEMBERS},
    "statuses": {"正常": ServiceItemStatus.LISTED, "恢复": ServiceItemStatus.LISTED, "停止": ServiceItemStatus.RETIRED},
    "yes_no": {
        "有": True, "可": True, "能": True, "可以": True, "上门": True, "√": True, "true": True,
        "无": False, "不": False, "不可": False, "不能": False, "不上门": False, "×": False, "false": False,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """The words of one list: what is shown of a value, and what each word stands for."""

    shown: Mapping[object, str]
    meant: Mapping[str, object]

    def text(self, value: object) -> str | None:
        """Return what is shown of a value, None when it is none of the list."""
        return self.shown.get(value)

    def value(self, word: str) -> object | None:
        """Return what a word stands for, None when nothing is known by it."""
        return self.meant.get(normal(word))


Choices = Mapping[str, Choice]


def choice(shown: Mapping[object, str], also: Iterable[tuple[str, object]] = ()) -> Choice:
    """Return a list from what is shown; what else a word may be counts only where it is not shown."""
    meant = {normal(word): value for word, value in also}
    return Choice(shown, meant | {normal(word): value for value, word in shown.items()})


FIXED: Final[Choices] = {
    "price_classes": choice(PRICE_CLASSES, _ALSO["price_classes"].items()),
    "visibilities": choice(VISIBILITIES, _ALSO["visibilities"].items()),
    "statuses": choice(STATUSES, _ALSO["statuses"].items()),
    "yes_no": choice(YES_NO, _ALSO["yes_no"].items()),
}


async def load_choices(paths: Iterable[str], identifiers: Iterable[int]) -> Choices:
    """Return all lists; the places are those at and below `paths` or in their communities, and `identifiers`."""
    categories = await Category.all().order_by("code")
    labels = Counter(each.label_zh for each in categories)
    synonyms = await CategorySynonym.all().values_list("text", "category__code")
    units = await UnitOfMeasure.all().order_by("code")
    places = await _places(await _communities(paths), identifiers)
    return {
        **FIXED,
        "categories": choice(
            {each.code: each.label_zh if labels[each.label_zh] == 1 else each.code for each in categories},
            [*((str(text), code) for text, code in synonyms), *((each.code, each.code) for each in categories)],
        ),
        "units": choice({each.code: each.label_zh for each in units}, [(each.code, each.code) for each in units]),
        "places": place_choice(places),
    }


def place_choice(places: Iterable[Place]) -> Choice:
    """Return places by name; those that share one are told apart by the place above, then by code."""
    places = list(places)
    names = Counter(place.name_zh for place in places)
    by_path = {place.path: place for place in places}
    shown: dict[object, str] = {}
    for place in places:
        above = by_path.get(place.path.rstrip("/").rpartition("/")[0] + "/")
        longer = f"{above.name_zh}/{place.name_zh}" if above else f"{place.name_zh}({place.code})"
        shown[place.id] = place.name_zh if names[place.name_zh] == 1 else longer
    words = Counter(shown.values())
    for place in places:
        if words[shown[place.id]] > 1:
            shown[place.id] = f"{place.name_zh}({place.code})"
    return choice(shown, [(place.code, place.id) for place in places])


async def _communities(paths: Iterable[str]) -> list[str]:
    """Return the paths, and those of the communities in which they lie: a firm may serve the estate next door."""
    given = list(dict.fromkeys(paths))
    inside = await Place.filter(path__in=given, community_id__isnull=False).values_list("community__path", flat=True)
    return list(dict.fromkeys([*map(str, inside), *given]))


async def _places(paths: Iterable[str], identifiers: Iterable[int]) -> list[Place]:
    found = {place.id: place for place in await Place.filter(id__in=list(identifiers))}
    for path in dict.fromkeys(paths):
        below = Place.filter(path__gte=path, path__lt=f"{path[:-1]}0", kind__in=SERVED_KINDS).order_by("path")
        found |= {place.id: place for place in await below.limit(MOST_PLACES)}
    return sorted(found.values(), key=lambda place: place.path)[:MOST_PLACES]


async def served_places(resource_ids: Iterable[int]) -> list[int]:
    """Return the places in the service areas of resources."""
    rows = await ServiceArea.filter(resource_id__in=list(resource_ids)).values_list("place_id", flat=True)
    return [int(str(each)) for each in rows]
