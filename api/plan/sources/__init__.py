"""Every type that can be read, declared once."""

from api.plan.sources.agreement import AGREEMENT, AGREEMENT_PROMISE, AGREEMENT_SIGNATURE
from api.plan.sources.claim import CLAIM, CLAIM_EVALUATION, CLAIM_LINE, CLAIM_PARTICIPANT
from api.plan.sources.collection_round import COLLECTION_INVITATION, COLLECTION_ROUND
from api.plan.sources.fallback import FALLBACK_PROVIDER
from api.plan.sources.item_list import LIST_ENTRIES, NEED_LIST, PROJECT_LIST, RESOURCE_LIST
from api.plan.sources.lines import EXTERNAL_IDS, REQUIREMENT_LINE, SERVICE_AREA, TIME_WINDOWS
from api.plan.sources.match import MATCH
from api.plan.sources.need import NEED
from api.plan.sources.need_consent import ON_BEHALF
from api.plan.sources.organisation import ORGANISATION, PARTY_KIND
from api.plan.sources.pairing import PAIRING
from api.plan.sources.person import CONTACTS, HOUSEHOLD, MEMBERSHIP, PERSON
from api.plan.sources.place import PARTY_SEAT, PLACE
from api.plan.sources.project import PROJECT
from api.plan.sources.record import API_KEY, AUDIT_ENTRY, HISTORIES, JOB
from api.plan.sources.registration import REGISTRATION
from api.plan.sources.resource import RESOURCE
from api.plan.sources.rule import RULE_SET, RULE_VERSION
from api.plan.sources.service_item import SERVICE_ITEM
from api.plan.sources.service_item_version import SERVICE_ITEM_VERSION
from api.plan.sources.service_point import SERVICE_POINT
from api.plan.sources.service_rating import SERVICE_RATING
from api.plan.sources.taxonomy import CATEGORY, TARGET_GROUP, UNIT_OF_MEASURE
from api.plan.sources.team import TEAM
from api.plan.sources.webhook import WEBHOOK, WEBHOOK_DELIVERY

SOURCES = (
    PLACE, PARTY_SEAT, PARTY_KIND, ORGANISATION, PERSON, HOUSEHOLD, MEMBERSHIP, *CONTACTS,
    CATEGORY, UNIT_OF_MEASURE, TARGET_GROUP,
    RESOURCE, NEED, ON_BEHALF, PROJECT, REQUIREMENT_LINE, SERVICE_AREA, *TIME_WINDOWS, *EXTERNAL_IDS,
    RESOURCE_LIST, NEED_LIST, PROJECT_LIST, *LIST_ENTRIES, SERVICE_ITEM, MATCH, RULE_SET, RULE_VERSION,
    AGREEMENT, AGREEMENT_PROMISE, AGREEMENT_SIGNATURE,
    TEAM, REGISTRATION, PAIRING, SERVICE_POINT,
    CLAIM, CLAIM_LINE, CLAIM_PARTICIPANT, CLAIM_EVALUATION,
    COLLECTION_ROUND, COLLECTION_INVITATION,
    JOB, AUDIT_ENTRY, *HISTORIES, API_KEY,
    WEBHOOK, WEBHOOK_DELIVERY,
    SERVICE_ITEM_VERSION, SERVICE_RATING, FALLBACK_PROVIDER,
)  # fmt: skip
