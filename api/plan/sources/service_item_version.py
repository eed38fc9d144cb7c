"""Versions of service items, seen by whoever sees the item and may read its history."""

from api.plan.source import Column, Embedded, Kind, Localised, Order, Parent, Source, ToOne, local_text, plain
from api.plan.sources.place import POINT
from auth.permissions import Object

BY_NUMBER = Order("number", (("t.number", Kind.INTEGER), ("t.id", Kind.INTEGER)))

SERVICE_ITEM_VERSION = Source(
    name="ServiceItemVersion",
    table="service_item_version",
    object=Object.HISTORY,
    columns={
        "path": "(SELECT o.path FROM service_item o WHERE o.id = t.service_item_id)",
        "owner_organisation": "(SELECT o.organisation_id FROM service_item o WHERE o.id = t.service_item_id)",
    },
    parents=(Parent("ServiceItem", "t.service_item_id"),),
    fields={
        **plain("action", "unit", "price_class", "price_unit", "standard_source", "visibility", "status"),
        **local_text("title"),
        **local_text("text"),
        "number": Column("t.number", Kind.INTEGER),
        "at": Column("t.at", Kind.INSTANT),
        "by": Localised(Column("t.by_zh"), Column("t.by_en")),
        "category": ToOne("Category", "t.category", target_column="t.code"),
        "quantity": Column("t.quantity", Kind.NUMBER),
        "price": Column("t.price_fen", Kind.FEN),
        "standard": Column("t.standard_zh"),
        "service_point": ToOne("ServicePoint", "t.service_point_id"),
        "response_minutes": Column("t.response_minutes", Kind.INTEGER),
        "at_home": Column("t.at_home", Kind.BOOLEAN),
        "windows": Column("t.windows", Kind.JSON),
        "service_area": Column("t.service_area", Kind.JSON),
        "target_groups": Column("t.target_groups", Kind.JSON),
        "point": Embedded(POINT, nullable=True),
        "valid_from": Column("t.valid_from", Kind.DATE),
        "valid_to": Column("t.valid_to", Kind.DATE),
    },
)
