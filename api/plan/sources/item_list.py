"""The three kinds of list, one table."""

from api.plan.source import (
    BY_POSITION,
    Column,
    Kind,
    Loaded,
    Parent,
    Source,
    ToMany,
    ToOne,
    local_text,
    plain,
)
from auth.permissions import Object

# A list that was never published is no affair of the public's nor of the members' (see `permission.scope_of`).
VISIBILITY = "CASE WHEN t.published_on IS NULL THEN 'ADMINISTRATORS' ELSE t.visibility END"


def _list_source(name: str, kind: str, object_: Object) -> Source:
    return Source(
        name=name,
        table="item_list",
        object=object_,
        where=f"t.kind = '{kind}'",
        columns={
            "path": "t.path",
            "owner_person": "t.owner_person_id",
            "owner_household": "t.owner_household_id",
            "owner_organisation": "t.owner_organisation_id",
            "assigned_person": "t.entered_by_id",
            "visibility": VISIBILITY,
        },
        fields={
            **plain("number", "status", "visibility", "family"),
            **local_text("title"),
            "place": ToOne("Place", "t.place_id"),
            "community": ToOne("Place", "t.community_id"),
            "owner_organisation": ToOne("Organisation", "t.owner_organisation_id"),
            "owner_person": ToOne("Person", "t.owner_person_id"),
            "owner_household": ToOne("Household", "t.owner_household_id"),
            "period_from": Column("t.period_from", Kind.DATE),
            "period_to": Column("t.period_to", Kind.DATE),
            "published_on": Column("t.published_on", Kind.DATE),
            "submitted_on": Column("t.submitted_on", Kind.DATE),
            "status_reason": Column("t.status_reason"),
            "invitation": ToOne("CollectionInvitation", "t.invitation_id"),
            "entered_by": ToOne("Person", "t.entered_by_id"),
            "supersedes": ToOne(name, "t.supersedes_id"),
            "entries": ToMany(f"{name}Entry", "t.item_list_id", BY_POSITION),
            ("coverage" if kind == "RESOURCE" else "used_by"): Loaded(f"{kind.lower()}-list-coverage"),
            "plain_text": Loaded(f"{kind.lower()}-list-plain-text"),
            "version": Column("t.version", Kind.INTEGER),
            "created_at": Column("t.created_at", Kind.INSTANT),
            "updated_at": Column("t.updated_at", Kind.INSTANT),
        },
    )


def _entry_source(name: str, kind: str) -> Source:
    column = f"t.{kind.lower()}_id"
    return Source(
        name=f"{name}Entry",
        table="list_entry",
        parents=(Parent(name, "t.item_list_id"), Parent(kind.capitalize(), column)),
        fields={
            "position": Column("t.position", Kind.INTEGER),
            kind.lower(): ToOne(kind.capitalize(), column),
            "counterparts": Loaded(f"{kind.lower()}-list-counterparts"),
        },
    )


RESOURCE_LIST = _list_source("ResourceList", "RESOURCE", Object.RESOURCE_LIST)
NEED_LIST = _list_source("NeedList", "NEED", Object.NEED_LIST)
PROJECT_LIST = _list_source("ProjectList", "PROJECT", Object.PROJECT_LIST)
LIST_ENTRIES = (
    _entry_source("ResourceList", "RESOURCE"),
    _entry_source("NeedList", "NEED"),
    _entry_source("ProjectList", "PROJECT"),
)
