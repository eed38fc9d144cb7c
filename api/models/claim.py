"""Claims: who committed to do what of a need or project, with whom, and how it ended."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index

from api.models.base import Row, VersionedRow
from api.models.choices import ClaimSide, ParticipantStatus
from api.models.fields import OrderedTextField
from api.state_machines.claim import ClaimStatus

PERSON, ORGANISATION, TEAM = "wujia.Person", "wujia.Organisation", "wujia.Team"


class Claim(VersionedRow):
    """认领 of a need or project by exactly one of person, organisation and team, who lead it.

    `actor_person` and `actor_organisation` are who may act for the claimant (a team's lead, and its
    organisation), `asker_*` the owner of the need or project: what permissions look at, copied here so
    that a row filter needs no other table.
    """

    need_id: int | None
    need: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Need", related_name="claims", null=True, on_delete=fields.RESTRICT
    )
    project_id: int | None
    project: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Project", related_name="claims", null=True, on_delete=fields.RESTRICT
    )
    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name="claims", null=True, on_delete=fields.RESTRICT
    )
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        ORGANISATION, related_name="claims", null=True, on_delete=fields.RESTRICT
    )
    team_id: int | None
    team: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        TEAM, related_name="claims", null=True, on_delete=fields.RESTRICT
    )
    # The member of the unit who does the work, where the unit named one: both are evaluated (双评价).
    member_person_id: int | None
    member_person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    actor_person_id: int | None
    actor_person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    actor_organisation_id: int | None
    actor_organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        ORGANISATION, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    asker_person_id: int | None
    asker_person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    asker_household_id: int | None
    asker_household: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Household", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    asker_organisation_id: int | None
    asker_organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        ORGANISATION, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    agreement_id: int | None
    agreement: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Agreement", related_name="claims", null=True, on_delete=fields.RESTRICT
    )
    path = OrderedTextField(max_length=400)
    community_id: int | None
    community: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Place", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    status = fields.CharEnumField(ClaimStatus, max_length=16)
    status_reason = fields.CharField(max_length=500, null=True)
    note = fields.CharField(max_length=500, null=True)
    # The day on which the claimant means to be done.
    planned_on = fields.DateField(null=True)
    # The claim runs out when nothing happens until then.
    due_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    completed_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    proof = fields.CharField(max_length=1000, null=True)
    proof_links: Any = fields.JSONField(default=list)
    # Whether the asker agreed that the claimant learns the contact: when, and how it was said.
    contact_consent_at = fields.DatetimeField(null=True)
    contact_consent = fields.CharField(max_length=8, null=True)

    class Meta:
        table = "claim"
        indexes = (
            Index(fields=("need_id", "status")),
            Index(fields=("project_id", "status")),
            Index(fields=("person_id",)),
            Index(fields=("organisation_id", "status", "id")),
            Index(fields=("team_id",)),
            Index(fields=("member_person_id",)),
            Index(fields=("actor_person_id", "id")),
            Index(fields=("actor_organisation_id", "id")),
            Index(fields=("asker_person_id",)),
            Index(fields=("asker_household_id",)),
            Index(fields=("asker_organisation_id",)),
            Index(fields=("agreement_id", "status")),
            Index(fields=("community_id", "status", "id")),
            Index(fields=("path", "id")),
            Index(fields=("status", "due_at")),
            Index(fields=("updated_at",)),
        )


class ClaimLine(Row):
    """What of one requirement line is claimed; a null quantity is the whole line, which nobody else can claim."""

    claim_id: int
    claim: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Claim", related_name="lines", on_delete=fields.CASCADE
    )
    # Lines of an item that nobody holds may be written anew; what was once claimed of them stays told here.
    line_id: int | None
    line: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.RequirementLine", related_name="claim_lines", null=True, on_delete=fields.SET_NULL
    )
    category = OrderedTextField(max_length=100)
    unit = fields.CharField(max_length=20, null=True)
    quantity = fields.FloatField(null=True)
    resource_id: int | None
    resource: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.Resource", related_name="claim_lines", null=True, on_delete=fields.RESTRICT
    )
    promise_id: int | None
    promise: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "wujia.AgreementPromise", related_name="claim_lines", null=True, on_delete=fields.RESTRICT
    )
    delivered = fields.FloatField(null=True)

    class Meta:
        table = "claim_line"
        unique_together = (("claim_id", "line_id"),)
        indexes = (
            Index(fields=("line_id",)),
            Index(fields=("resource_id",)),
            Index(fields=("promise_id",)),
        )


class ClaimParticipant(VersionedRow):
    """Somebody who joins a claim under its lead (组团认领); counts only once they have said yes."""

    claim_id: int
    claim: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Claim", related_name="participants", on_delete=fields.CASCADE
    )
    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        ORGANISATION, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    team_id: int | None
    team: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        TEAM, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    actor_person_id: int | None
    actor_person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    share = fields.CharField(max_length=200, null=True)
    status = fields.CharEnumField(ParticipantStatus, max_length=16)

    class Meta:
        table = "claim_participant"
        unique_together = (
            ("claim_id", "person_id"),
            ("claim_id", "organisation_id"),
            ("claim_id", "team_id"),
        )
        indexes = (
            Index(fields=("person_id",)),
            Index(fields=("organisation_id",)),
            Index(fields=("team_id",)),
            Index(fields=("actor_person_id",)),
        )


class ClaimEvaluation(Row):
    """互评: what one side of a claim says of the other, once; of the unit and of the member who did the work."""

    claim_id: int
    claim: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "wujia.Claim", related_name="evaluations", on_delete=fields.CASCADE
    )
    by_side = fields.CharEnumField(ClaimSide, max_length=16)
    score = fields.IntField()
    member_score = fields.IntField(null=True)
    text_zh = fields.CharField(max_length=500, null=True)
    # Whom the two scores are about, for sums by organisation, team and person.
    organisation_id: int | None
    organisation: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        ORGANISATION, related_name="evaluations", null=True, on_delete=fields.RESTRICT
    )
    team_id: int | None
    team: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        TEAM, related_name="evaluations", null=True, on_delete=fields.RESTRICT
    )
    person_id: int | None
    person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    member_person_id: int | None
    member_person: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        PERSON, related_name=False, null=True, on_delete=fields.RESTRICT
    )
    at = fields.DatetimeField()

    class Meta:
        table = "claim_evaluation"
        unique_together = (("claim_id", "by_side"),)
        indexes = (
            Index(fields=("organisation_id",)),
            Index(fields=("team_id",)),
            Index(fields=("person_id",)),
            Index(fields=("member_person_id",)),
        )
