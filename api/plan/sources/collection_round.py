"""Collection rounds and whom they ask; what was answered is asked of the lists, so it never goes stale."""

from api.plan.source import NEWEST, OLDEST, Column, Kind, Loaded, Source, ToMany, ToOne, local_text, plain
from api.state_machines.item_list import HANDED_IN
from auth.permissions import Object

_STATES = ", ".join(f"'{status.value}'" for status in HANDED_IN)
ANSWERED = f"EXISTS (SELECT 1 FROM item_list a WHERE a.invitation_id = t.id AND a.status IN ({_STATES}))"

COLLECTION_ROUND = Source(
    name="CollectionRound",
    table="collection_round",
    object=Object.COLLECTION_ROUND,
    columns={"path": "t.path"},
    fields={
        **plain("note", "status", "status_reason"),
        **local_text("title"),
        "place": ToOne("Place", "t.place_id"),
        "community": ToOne("Place", "t.community_id"),
        "collects": Column("t.collects", Kind.JSON),
        "period_from": Column("t.period_from", Kind.DATE),
        "period_to": Column("t.period_to", Kind.DATE),
        "due_on": Column("t.due_on", Kind.DATE),
        "invitations": ToMany("CollectionInvitation", "t.round_id", OLDEST),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
    },
)

COLLECTION_INVITATION = Source(
    name="CollectionInvitation",
    table="collection_invitation",
    object=Object.COLLECTION_INVITATION,
    columns={
        "path": "t.path",
        "owner_household": "t.owner_household_id",
        "owner_organisation": "t.owner_organisation_id",
    },
    fields={
        "round": ToOne("CollectionRound", "t.round_id"),
        "organisation": ToOne("Organisation", "t.owner_organisation_id"),
        "household": ToOne("Household", "t.owner_household_id"),
        "answered": Column(ANSWERED, Kind.BOOLEAN),
        "missing": Loaded("invitation-missing"),
        "need_lists": ToMany("NeedList", "t.invitation_id", NEWEST),
        "resource_lists": ToMany("ResourceList", "t.invitation_id", NEWEST),
        "project_lists": ToMany("ProjectList", "t.invitation_id", NEWEST),
        "created_at": Column("t.created_at", Kind.INSTANT),
    },
)
