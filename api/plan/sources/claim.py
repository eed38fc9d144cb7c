"""Claims: that something is claimed is as visible as the need or project; the details are for the sides."""

from api.plan.source import NEWEST, OLDEST, Column, Kind, Parent, Source, ToMany, ToOne, plain
from auth.permissions import Action, Object, Permission

DETAILS = Permission(Object.CLAIM_DETAILS, Action.READ)
VISIBILITY = (
    "COALESCE((SELECT n.visibility FROM need n WHERE n.id = t.need_id),"
    " (SELECT p.visibility FROM project p WHERE p.id = t.project_id))"
)
# What permissions look at for a row that belongs to a claim, joined as `c`.
SIDES = {
    "path": "c.path",
    "owner_person": "c.actor_person_id",
    "owner_organisation": "c.actor_organisation_id",
    "party_person": "c.asker_person_id",
    "party_household": "c.asker_household_id",
    "party_organisation": "c.asker_organisation_id",
}

CLAIM = Source(
    name="Claim",
    table="claim",
    object=Object.CLAIM,
    columns={
        "path": "t.path",
        "owner_person": "t.actor_person_id",
        "owner_organisation": "t.actor_organisation_id",
        "party_person": "t.asker_person_id",
        "party_household": "t.asker_household_id",
        "party_organisation": "t.asker_organisation_id",
        "visibility": VISIBILITY,
    },
    fields={
        **plain("status"),
        "need": ToOne("Need", "t.need_id"),
        "project": ToOne("Project", "t.project_id"),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "team": ToOne("Team", "t.team_id"),
        "agreement": ToOne("Agreement", "t.agreement_id"),
        "person": ToOne("Person", "t.person_id"),
        "member": ToOne("Person", "t.member_person_id"),
        "community": ToOne("Place", "t.community_id"),
        "lines": ToMany("ClaimLine", "t.claim_id", OLDEST, connection=False),
        "participants": ToMany("ClaimParticipant", "t.claim_id", OLDEST, connection=False),
        "evaluations": ToMany("ClaimEvaluation", "t.claim_id", OLDEST, connection=False),
        "note": Column("t.note", permission=DETAILS),
        "status_reason": Column("t.status_reason", permission=DETAILS),
        "proof": Column("t.proof", permission=DETAILS),
        "proof_links": Column("t.proof_links", Kind.JSON, permission=DETAILS),
        "contact_open": Column(
            "CASE WHEN t.status = 'ACCEPTED' AND t.contact_consent_at IS NOT NULL THEN 1 ELSE 0 END",
            Kind.BOOLEAN,
            permission=DETAILS,
        ),
        "planned_on": Column("t.planned_on", Kind.DATE),
        "due_at": Column("t.due_at", Kind.INSTANT),
        "accepted_at": Column("t.accepted_at", Kind.INSTANT),
        "completed_at": Column("t.completed_at", Kind.INSTANT),
        "closed_at": Column("t.closed_at", Kind.INSTANT),
        "version": Column("t.version", Kind.INTEGER),
        "created_at": Column("t.created_at", Kind.INSTANT),
        "updated_at": Column("t.updated_at", Kind.INSTANT),
        "history": ToMany("HistoryEntry:Claim", "t.item_id", NEWEST),
    },
)

CLAIM_LINE = Source(
    name="ClaimLine",
    table="claim_line",
    parents=(Parent("Claim", "t.claim_id"),),
    fields={
        **plain("unit"),
        "line": ToOne("RequirementLine", "t.line_id"),
        "category": ToOne("Category", "t.category", target_column="t.code"),
        "quantity": Column("t.quantity", Kind.NUMBER),
        "delivered": Column("t.delivered", Kind.NUMBER),
        "resource": ToOne("Resource", "t.resource_id"),
        "promise": ToOne("AgreementPromise", "t.promise_id"),
    },
)

# Whoever has not said yes, or has left, is named to the sides, to those in charge and to themselves alone.
CLAIM_PARTICIPANT = Source(
    name="ClaimParticipant",
    table="claim_participant",
    joins="JOIN claim c ON c.id = t.claim_id",
    object=Object.CLAIM,
    columns={
        **SIDES,
        "assigned_person": "t.actor_person_id",
        "assigned_organisation": "t.organisation_id",
        "visibility": f"CASE WHEN t.status = 'JOINED' THEN {VISIBILITY.replace('t.', 'c.')} ELSE 'ADMINISTRATORS' END",
    },
    fields={
        **plain("status"),
        "share": Column("t.share", permission=DETAILS),
        "organisation": ToOne("Organisation", "t.organisation_id"),
        "team": ToOne("Team", "t.team_id"),
        "person": ToOne("Person", "t.person_id"),
        "version": Column("t.version", Kind.INTEGER),
    },
)

CLAIM_EVALUATION = Source(
    name="ClaimEvaluation",
    table="claim_evaluation",
    joins="JOIN claim c ON c.id = t.claim_id",
    object=Object.CLAIM_DETAILS,
    columns=SIDES,
    fields={
        **plain("by_side"),
        "score": Column("t.score", Kind.INTEGER),
        "member_score": Column("t.member_score", Kind.INTEGER),
        "text": Column("t.text_zh"),
        "at": Column("t.at", Kind.INSTANT),
    },
)
