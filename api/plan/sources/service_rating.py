"""Ratings of service items; nobody learns from them who rated."""

from api.plan.source import Column, Kind, Parent, Source, ToOne
from auth.permissions import Action, Object, Permission

SERVICE_RATING = Source(
    name="ServiceRating",
    table="service_rating",
    columns={"path": "(SELECT o.path FROM service_item o WHERE o.id = t.service_item_id)"},
    parents=(Parent("ServiceItem", "t.service_item_id"),),
    fields={
        "score": Column("t.score", Kind.INTEGER),
        "month": Column("t.month"),
        "text": Column("CASE WHEN t.hidden_at IS NULL THEN t.text END"),
        "hidden": Column("(t.hidden_at IS NOT NULL)", Kind.BOOLEAN),
        "hidden_reason": Column("t.hidden_reason"),
        "hidden_text": Column(
            "CASE WHEN t.hidden_at IS NOT NULL THEN t.text END",
            permission=Permission(Object.SERVICE_RATING, Action.WITHDRAW),
        ),
        "service_item": ToOne("ServiceItem", "t.service_item_id"),
    },
)
