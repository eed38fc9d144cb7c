"""Tortoise models, a file a concept, no behaviour."""

from api.models.account import Account, BearerKey
from api.models.agreement import Agreement, AgreementPromise, AgreementSignature
from api.models.authority import Authority
from api.models.category import Category, CategoryKin, CategorySynonym, TargetGroup, UnitOfMeasure
from api.models.claim import Claim, ClaimEvaluation, ClaimLine, ClaimParticipant
from api.models.collection_round import CollectionInvitation, CollectionRound
from api.models.deadline import Deadline
from api.models.fallback import FallbackProvider
from api.models.idempotency import IdempotentOutcome
from api.models.item import ExternalId, RequirementLine, ServiceArea, TimeWindow
from api.models.item_list import ItemList, ListEntry
from api.models.job import Job
from api.models.match import Match
from api.models.membership import Membership
from api.models.need import Need
from api.models.need_consent import NeedConsent
from api.models.organisation import Organisation
from api.models.pairing import Pairing
from api.models.person import Contact, Household, Identity, Person
from api.models.place import PartyKind, PartySeat, Place, PlaceLink
from api.models.policy import PolicyOverlay, PolicyVersion
from api.models.project import Project
from api.models.record import AuditChain, AuditEntry, Event, HistoryEntry, PrunedEvents
from api.models.registration import Registration
from api.models.resource import Resource
from api.models.rule import RuleSet, RuleVersion
from api.models.search_text import SearchText
from api.models.service_item import ServiceItem
from api.models.service_item_version import ServiceItemVersion
from api.models.service_point import ServicePoint
from api.models.service_rating import ServiceRating
from api.models.team import Team
from api.models.webhook import WebhookDelivery, WebhookEndpoint
from api.models.workbook import WorkbookUpload

__all__ = [
    "Account",
    "Agreement",
    "AgreementPromise",
    "AgreementSignature",
    "AuditChain",
    "AuditEntry",
    "Authority",
    "BearerKey",
    "Category",
    "CategoryKin",
    "CategorySynonym",
    "Claim",
    "ClaimEvaluation",
    "ClaimLine",
    "ClaimParticipant",
    "CollectionInvitation",
    "CollectionRound",
    "Contact",
    "Deadline",
    "Event",
    "ExternalId",
    "FallbackProvider",
    "HistoryEntry",
    "Household",
    "IdempotentOutcome",
    "Identity",
    "ItemList",
    "Job",
    "ListEntry",
    "Match",
    "Membership",
    "Need",
    "NeedConsent",
    "Organisation",
    "Pairing",
    "PartyKind",
    "PartySeat",
    "Person",
    "Place",
    "PlaceLink",
    "PolicyOverlay",
    "PolicyVersion",
    "Project",
    "PrunedEvents",
    "Registration",
    "RequirementLine",
    "Resource",
    "RuleSet",
    "RuleVersion",
    "SearchText",
    "ServiceArea",
    "ServiceItem",
    "ServiceItemVersion",
    "ServicePoint",
    "ServiceRating",
    "TargetGroup",
    "Team",
    "TimeWindow",
    "UnitOfMeasure",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WorkbookUpload",
]
