"""Places and who sits at their table."""

from api.plan.source import (
    BY_POSITION,
    NEWEST,
    Column,
    Embedded,
    Kind,
    Loaded,
    Source,
    ToMany,
    ToOne,
    local_text,
    plain,
)
from auth.permissions import Object

POINT = {
    "longitude": Column("t.longitude", Kind.NUMBER),
    "latitude": Column("t.latitude", Kind.NUMBER),
}

PLACE = Source(
    name="Place",
    table="place",
    object=Object.PLACE,
    columns={"path": "t.path"},
    fields={
        **plain("code", "kind", "path", "estate_kind"),
        "official": Column("t.official", Kind.BOOLEAN),
        **local_text("name"),
        "aliases": Column("t.aliases", Kind.JSON),
        "parent": ToOne("Place", "t.parent_id"),
        "community": ToOne("Place", "t.community_id"),
        "children": ToMany("Place", "t.parent_id", NEWEST),
        "point": Embedded(POINT, nullable=True),
        "share_over_60": Column("t.share_over_60", Kind.NUMBER),
        "has_property_firm": Column("t.has_property_firm", Kind.BOOLEAN),
        "registered": Loaded("registered"),
        "seats": ToMany("PartySeat", "t.place_id", BY_POSITION, connection=False),
        "named_fallback": ToOne("FallbackProvider", "t.id", target_column="t.place_id"),
        "fallback_provider": Loaded("fallback-provider"),
        "version": Column("t.version", Kind.INTEGER),
    },
)

PARTY_SEAT = Source(
    name="PartySeat",
    table="party_seat",
    fields={
        **plain("family"),
        **local_text("label"),
        "kind": ToOne("PartyKind", "t.kind_id"),
        "position": Column("t.position", Kind.INTEGER),
    },
)
