"""Raw facts: what the database knows of demands and resources, before derivation.

The values of ``pair.*`` are not here. The encoder derives them for the engine
(``rules/derivation.py``) and the evaluator derives them once more on its own.
Definitions both must follow:

* A *demand* is one requirement line of a need or project; ``place.*`` values are
  those of the demand's place.
* Two units are equal only when both are known and the same text.
* ``pair.providerConcerned``: ``concerns`` equals ``provider_id`` and the provider
  is an ORGANISATION.
* ``pair.adjacent``: the community of one side is in the ``adjacent`` set of the
  other (either direction); false when either side has no community.
* ``pair.served``: a path of ``service_area`` (the resource's own place when the
  area is empty) is a prefix of the demand's place path. Paths end in "/".
* A window list that is None or empty is unknown; so is a missing point.
* What is said of a provider, from ``pair.providerPaired`` on: docs/rule-language.md, "The provider".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from rules.fields import FieldSpec, FieldType, Question
from rules.forbidden import FORBIDDEN
from rules.sparse import sparse
from rules.vocabulary import DERIVED, VOCABULARY

__all__ = [
    "DERIVED",
    "FORBIDDEN",
    "NOWHERE",
    "VOCABULARY",
    "Batch",
    "Demand",
    "FieldSpec",
    "FieldType",
    "PlaceFacts",
    "Question",
    "Resource",
    "Taxonomy",
]

Point = tuple[float, float]
"""Longitude and latitude in degrees, WGS 84."""
Windows = tuple[tuple[int, int], ...]
"""Start and end of each window, in minutes since the epoch."""
Promise = tuple[str, str, float | None, str | None]
"""Place path, category, what is left (None: any quantity) and unit of what a provider promised."""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Hold where something lies: the path, the place of each kind above it, its profile.

    ``path`` is the materialised path, e.g. ``"11/110108/110108029/"``. ``adjacent``
    holds the codes of the communities that lie next to ``community``.
    """

    path: str
    entrance: str | None = None
    building: str | None = None
    courtyard: str | None = None
    estate: str | None = None
    grid: str | None = None
    community: str | None = None
    subdistrict: str | None = None
    district: str | None = None
    city: str | None = None
    adjacent: frozenset[str] = frozenset()
    estate_kind: str | None = None
    share_over_60: float | None = None
    has_property_firm: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the values that are not default, by attribute name."""
        return sparse(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(**{**data, "adjacent": frozenset(data.get("adjacent", ()))})


NOWHERE: Final = PlaceFacts(path="")


@dataclass(frozen=True, slots=True)
class Demand:
    """Hold one requirement line of a need or project.

    ``id`` is unique in a batch; ``item_id`` is the need or project it belongs to;
    ``concerns`` is the id of the organisation the need is about.
    """

    id: str
    item_id: str
    kind: str
    category: str
    urgency: str
    source: str
    line_kind: str | None = None
    quantity: float | None = None
    unit: str | None = None
    target_groups: frozenset[str] = frozenset()
    estimated_cost: float | None = None
    estimated_effort: float | None = None
    family: str | None = None
    place: PlaceFacts = NOWHERE
    point: Point | None = None
    windows: Windows | None = None
    concerns: str | None = None
    household: str | None = None
    fallback: str | None = None
    skills: frozenset[str] = frozenset()
    title: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the values that are not default, by attribute name."""
        return sparse(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(**_typed(data))


@dataclass(frozen=True, slots=True)
class Resource:
    """Hold one resource, or the resource behind a service item.

    ``service_area`` holds place paths; empty means that it serves its own place.
    ``price`` is in CNY, ``response_minutes`` in minutes.
    """

    id: str
    kind: str
    category: str
    recurs: str
    provider_type: str
    provider_id: str
    quantity: float | None = None
    unit: str | None = None
    target_groups: frozenset[str] = frozenset()
    price_class: str | None = None
    price: float | None = None
    response_minutes: float | None = None
    at_home: bool | None = None
    provider_family: str | None = None
    provider_organisation_kind: str | None = None
    provider_name: str = ""
    place: PlaceFacts = NOWHERE
    service_area: tuple[str, ...] = ()
    point: Point | None = None
    windows: Windows | None = None
    skills: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()
    paired: tuple[str, ...] = ()
    paired_households: frozenset[str] = frozenset()
    registered: frozenset[str] = frozenset()
    promises: tuple[Promise, ...] = ()
    title: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the values that are not default, by attribute name."""
        return sparse(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(**_typed(data))


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Hold the category tree and its synonym links.

    Kinship of a resource's category r with a demand's category d, smallest distance
    first, then in this order: SAME (r = d, 0 steps); DESCENDANT (r below d, the steps
    between); ANCESTOR (r above d, the steps between); SYNONYM (a link {a, b} where r
    is a or a direct child of a, and d is b or a direct child of b, or the other way
    round: 1, plus 1 for each side that is a child). A code that is not in ``parents``
    stands alone and is kin to itself and its synonyms.
    """

    parents: Mapping[str, str | None]
    synonyms: frozenset[frozenset[str]] = frozenset()

    def to_json(self) -> dict[str, Any]:
        """Return parents by code, and the synonym pairs in a fixed order."""
        return {
            "parents": dict(self.parents),
            "synonyms": sorted(sorted(pair) for pair in self.synonyms),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(
            parents=dict(data["parents"]),
            synonyms=frozenset(frozenset(pair) for pair in data["synonyms"]),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold the demands and resources of one scope, and the taxonomy they use."""

    demands: tuple[Demand, ...]
    resources: tuple[Resource, ...]
    taxonomy: Taxonomy = field(default_factory=lambda: Taxonomy({}))

    def to_json(self) -> dict[str, Any]:
        """Return the three parts as JSON."""
        return {
            "demands": [demand.to_json() for demand in self.demands],
            "resources": [resource.to_json() for resource in self.resources],
            "taxonomy": self.taxonomy.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(
            demands=tuple(Demand.from_json(each) for each in data["demands"]),
            resources=tuple(Resource.from_json(each) for each in data["resources"]),
            taxonomy=Taxonomy.from_json(data["taxonomy"]),
        )


_SETS: Final = {"target_groups", "skills", "certificates", "paired_households", "registered"}


def _typed(data: Mapping[str, Any]) -> dict[str, Any]:
    typed = dict(data)
    if "place" in typed:
        typed["place"] = PlaceFacts.from_json(typed["place"])
    for name in _SETS & typed.keys():
        typed[name] = frozenset(typed[name])
    for name in ("service_area", "paired"):
        if name in typed:
            typed[name] = tuple(typed[name])
    if "point" in typed:
        typed["point"] = tuple(typed["point"])
    for name in ("windows", "promises"):
        if name in typed:
            typed[name] = tuple(tuple(each) for each in typed[name])
    return typed
