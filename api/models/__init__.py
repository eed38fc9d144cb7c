"""Tortoise models, a file a concept, no behaviour."""

from api.models.account import Account, BearerKey
from api.models.category import Category, CategoryKin, CategorySynonym, TargetGroup, UnitOfMeasure
from api.models.fallback import FallbackProvider
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
from api.models.service_item_version import ServiceItemVersion
from api.models.service_rating import ServiceRating
from api.models.workbook import WorkbookUpload

__all__ = [
    "Account", "AuditChain", "AuditEntry", "BearerKey", "Category", "CategoryKin", "CategorySynonym",
    "Contact", "Event", "ExternalId", "FallbackProvider", "HistoryEntry", "Household", "Identity", "ItemList", "Job",
    "ListEntry", "Match", "Membership", "Need", "Organisation", "PartyKind", "PartySeat", "Person",
    "Place", "PlaceLink", "PolicyOverlay", "PolicyVersion", "Project", "RequirementLine", "Resource",
    "RuleSet", "RuleVersion", "ServiceArea", "ServiceItem", "ServiceItemVersion", "ServiceRating",
    "TargetGroup", "TimeWindow", "UnitOfMeasure", "WorkbookUpload",
]  # fmt: skip
