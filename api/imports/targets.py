"""What a file can become, and which fields each target has (docs/importing.md)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Target(StrEnum):
    """What the rows become."""

    NEEDS = "needs"
    RESOURCES = "resources"
    PROJECTS = "projects"
    ORGANISATIONS = "organisations"
    PLACES = "places"


_ITEM: Final = {
    "title": "title",
    "titleEn": "title_en",
    "text": "text",
    "textEn": "text_en",
    "category": "category",
    "targetGroups": "target_groups",
    "validFrom": "valid_from",
    "validTo": "valid_to",
    "visibility": "visibility",
    "source": "source",
}
_AFFAIR: Final = _ITEM | {
    "urgency": "urgency",
    "estimatedCost": "estimated_cost",
    "estimatedEffort": "estimated_effort",
}
# Field of the mapping (as in GraphQL) → key of the command's values, for each target.
FIELDS: Final[Mapping[Target, Mapping[str, str]]] = {
    Target.NEEDS: _AFFAIR,
    Target.PROJECTS: _AFFAIR,
    Target.RESOURCES: _ITEM
    | {
        "quantity": "quantity",
        "unit": "unit",
        "priceClass": "price_class",
        "price": "price",
        "priceUnit": "price_unit",
        "responseMinutes": "response_minutes",
        "atHome": "at_home",
    },
    Target.ORGANISATIONS: {
        "name": "name",
        "nameEn": "name_en",
        "kind": "kind",
        "text": "text",
        "textEn": "text_en",
    },
    Target.PLACES: {
        "code": "code",
        "official": "official",
        "kind": "kind",
        "name": "name",
        "nameEn": "name_en",
        "aliases": "aliases",
        "parent": "parent",
    },
}
LINE_FIELDS: Final = ("kind", "category", "quantity", "unit", "note")
REQUIRED: Final[Mapping[Target, tuple[str, ...]]] = {
    Target.NEEDS: ("title", "category"),
    Target.PROJECTS: ("title", "category"),
    Target.RESOURCES: ("title", "category"),
    Target.ORGANISATIONS: ("name", "kind"),
    Target.PLACES: ("code", "kind", "name"),
}
