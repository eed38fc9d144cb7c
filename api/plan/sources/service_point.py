"""Service points and their hours."""

from api.plan.source import NEWEST, OLDEST, Column, Embedded, Kind, Source, ToMany, ToOne, local_text, plain
from api.plan.sources.place import POINT
from auth.permissions import Object

SERVICE_POINT = Source(
    name="ServicePoint",
    table="service_point",
    object=Object.SERVICE_POINT,
    columns={"path": "t.path", "owner_organisation": "t.organisation_id"},
    fields={
        **plain("level", "phone", "status", "status_reason"),
        **local_text("name"),
        "place": ToOne("Place", "t.place_id"),
        "point": Embedded(POINT, nullable=True),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "services": Column("t.services_zh"),
        "windows": ToMany("TimeWindow:ServicePoint", "t.service_point_id", OLDEST, connection=False),
        "service_items": ToMany("ServiceItem", "t.service_point_id", NEWEST),
        "confirmed_on": Column("t.confirmed_on", Kind.DATE),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)
