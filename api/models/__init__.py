"""Tortoise models, a file a concept, no behaviour."""

from api.models.account import Account, BearerKey
from api.models.category import Category, CategoryKin, CategorySynonym, TargetGroup, UnitOfMeasure
from api.models.collection_round import CollectionInvitation, CollectionRound
from api.models.item import ExternalId, RequirementLine, ServiceArea, TimeWindow
from api.models.item_list import ItemList, ListEntry
from api.models.job import Job
from api.models.match import Match
from api.models.membership import Membership
from api.models.need import Need
from api.models.organisation import Organisation
from api.models.person import Contact, Household, Identity, Person
from api.models.place import PartyKind, PartySeat, Place, PlaceLink
from api.models.policy import PolicyOverlay, PolicyVersion
from api.models.project import Project
from api.models.record import AuditChain, AuditEntry, Event, HistoryEntry
from api.models.resource import Resource
from api.models.rule import RuleSet, RuleVersion
from api.models.service_item import ServiceItem

__all__ = [
    "Account", "AuditChain", "AuditEntry", "BearerKey", "Category", "CategoryKin", "CategorySynonym",
    "CollectionInvitation", "CollectionRound",
    "Contact", "Event", "ExternalId", "HistoryEntry", "Household", "Identity", "ItemList", "Job",
    "ListEntry", "Match", "Membership", "Need", "Organisation", "PartyKind", "PartySeat", "Person",
    "Place", "PlaceLink", "PolicyOverlay", "PolicyVersion", "Project", "RequirementLine", "Resource",
    "RuleSet", "RuleVersion", "ServiceArea", "ServiceItem", "TargetGroup", "TimeWindow", "UnitOfMeasure",
]  # fmt: skip
