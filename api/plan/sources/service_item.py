"""Service items, whose offer stands in the resource they own."""

from api.plan.source import NEWEST, Column, Embedded, Kind, Loaded, Source, ToMany, ToOne, local_text, plain
from api.plan.sources.service_item_version import BY_NUMBER
from auth.permissions import Object

SERVICE_ITEM = Source(
    name="ServiceItem",
    table="service_item",
    object=Object.SERVICE_ITEM,
    joins="JOIN resource r ON r.id = t.resource_id",
    columns={
        "path": "t.path",
        "owner_organisation": "t.organisation_id",
        "visibility": "t.visibility",
    },
    fields={
        **plain("status", "visibility", "standard_source"),
        "standard": Column("t.standard_zh"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "resource": ToOne("Resource", "t.resource_id"),
        "service_point": ToOne("ServicePoint", "t.service_point_id"),
        **local_text("title", "r"),
        **local_text("text", "r"),
        "category": ToOne("Category", "r.category", target_column="t.code"),
        # An organisation's place is no secret.
        "place": ToOne("Place", "r.place_id"),
        "price_class": Column("r.price_class"),
        "price": Column("r.price_fen", Kind.FEN),
        "price_unit": Column("r.price_unit"),
        "response_minutes": Column("r.response_minutes", Kind.INTEGER),
        "at_home": Column("r.at_home", Kind.BOOLEAN),
        "valid_from": Column("r.valid_from", Kind.DATE),
        "valid_to": Column("r.valid_to", Kind.DATE),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
        "history": ToMany("HistoryEntry:ServiceItem", "t.item_id", NEWEST),
        "versions": ToMany("ServiceItemVersion", "t.service_item_id", BY_NUMBER),
        "at_version": Loaded("service-item-version"),
        "rating": Embedded(
            {
                "average": Column(
                    "(SELECT CAST(ROUND(AVG(x.score) * 100) / 100.0 AS DOUBLE PRECISION)"
                    " FROM service_rating x WHERE x.service_item_id = t.id)",
                    Kind.NUMBER,
                ),
                "count": Column("(SELECT COUNT(*) FROM service_rating x WHERE x.service_item_id = t.id)", Kind.INTEGER),
            }
        ),
        "ratings": ToMany("ServiceRating", "t.service_item_id", NEWEST),
    },
)
