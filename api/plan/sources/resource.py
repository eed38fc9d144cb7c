"""Resources."""

from api.plan.source import OLDEST, Column, Field, Kind, Source, ToMany, ToOne, plain
from api.plan.sources.item import SCOPE, item_fields
from auth.permissions import Object

OFFER: dict[str, Field] = {
    **plain("unit", "price_class", "price_unit"),
    "quantity": Column("t.quantity", Kind.NUMBER),
    "price": Column("t.price_fen", Kind.FEN),
    "response_minutes": Column("t.response_minutes", Kind.INTEGER),
    "at_home": Column("t.at_home", Kind.BOOLEAN),
}

RESOURCE = Source(
    name="Resource",
    table="resource",
    object=Object.RESOURCE,
    columns=SCOPE,
    fields=item_fields("Resource", Object.RESOURCE_EXACT_PLACE)
    | OFFER
    | plain("kind")
    | {
        "service_area": ToMany("ServiceArea", "t.resource_id", OLDEST, connection=False),
        "service_item": ToOne("ServiceItem", "t.id", target_column="t.resource_id"),
    },
)
