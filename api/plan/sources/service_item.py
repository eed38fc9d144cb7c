"""Service items, whose offer stands in the resource they own."""

from api.plan.source import NEWEST, Column, Kind, Source, ToMany, ToOne, plain
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
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
        "history": ToMany("HistoryEntry:ServiceItem", "t.item_id", NEWEST),
    },
)
