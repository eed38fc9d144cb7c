"""Who steps in where an estate has no property firm; no secret."""

from api.plan.source import Column, Kind, Parent, Source, ToOne

FALLBACK_PROVIDER = Source(
    name="FallbackProvider",
    table="fallback_provider",
    parents=(Parent("Place", "t.place_id"),),
    fields={
        "place": ToOne("Place", "t.place_id"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "categories": Column("t.categories", Kind.JSON),
        "version": Column("t.version", Kind.INTEGER),
    },
)
