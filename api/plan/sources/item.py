"""What the sources of resources, needs and projects share."""

from api.plan.source import (
    BY_POSITION,
    BY_SCORE,
    NEWEST,
    OLDEST,
    Column,
    Embedded,
    Field,
    Kind,
    ToMany,
    ToOne,
    local_text,
    plain,
)
from api.plan.sources.place import POINT
from auth.permissions import Action, Object, Permission

SCOPE = {
    "path": "t.path",
    "owner_person": "t.owner_person_id",
    "owner_household": "t.owner_household_id",
    "owner_organisation": "t.owner_organisation_id",
    "visibility": "t.visibility",
}
AFFAIR_SCOPE = SCOPE | {
    "assigned_person": "t.assigned_person_id",
    "assigned_organisation": "t.assigned_organisation_id",
}


def item_fields(name: str, exact_place: Object) -> dict[str, Field]:
    """Return the fields that all three items have; `place` is no finer than the viewer may know."""
    key = f"t.{name.lower()}_id"
    return {
        **plain("status", "visibility", "family", "source"),
        **local_text("title"),
        **local_text("text"),
        "category": ToOne("Category", "t.category", target_column="t.code"),
        "place": ToOne(
            "Place",
            "t.place_id",
            permission=Permission(exact_place, Action.READ),
            otherwise="t.public_place_id",
        ),
        "community": ToOne("Place", "t.community_id"),
        "point": Embedded(POINT, nullable=True),
        "target_groups": Column("t.target_groups", Kind.JSON),
        "valid_from": Column("t.valid_from", Kind.DATE),
        "valid_to": Column("t.valid_to", Kind.DATE),
        "owner_organisation": ToOne("Organisation", "t.owner_organisation_id"),
        "owner_person": ToOne("Person", "t.owner_person_id"),
        "owner_household": ToOne("Household", "t.owner_household_id"),
        "windows": ToMany(f"TimeWindow:{name}", key, OLDEST, connection=False),
        "external_ids": ToMany(f"ExternalId:{name}", "t.item_id", OLDEST, connection=False),
        "matches": ToMany("Match", key, BY_SCORE),
        "published_at": Column("t.published_at", Kind.INSTANT),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
        "history": ToMany(f"HistoryEntry:{name}", "t.item_id", NEWEST),
    }


def affair_fields(name: str, exact_place: Object) -> dict[str, Field]:
    """Return the fields of needs and projects."""
    estimates = Permission(Object.NEED_ESTIMATES, Action.READ) if name == "Need" else None
    behalf = Permission(Object.NEED_ON_BEHALF, Action.READ) if name == "Need" else None
    return item_fields(name, exact_place) | {
        **plain("urgency", "status_reason"),
        "estimates": Embedded(
            {
                "cost": Column("t.estimated_cost_fen", Kind.FEN, permission=estimates),
                "effort": Column("t.estimated_effort_hours", Kind.NUMBER, permission=estimates),
            },
            nullable=True,
        ),
        "concerns": ToOne("Organisation", "t.concerns_id"),
        "assigned_organisation": ToOne("Organisation", "t.assigned_organisation_id"),
        "assigned_person": ToOne("Person", "t.assigned_person_id"),
        "on_behalf_by": ToOne("Person", "t.on_behalf_by_id", permission=behalf, otherwise="NULL"),
        "consent": Column("t.consent", permission=behalf),
        "review_on": Column("t.review_on", Kind.DATE),
        "lines": ToMany("RequirementLine", f"t.{name.lower()}_id", BY_POSITION, connection=False),
        "claims": ToMany("Claim", f"t.{name.lower()}_id", NEWEST),
    }
