"""What can be done to what: objects, actions, and the pair of them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Object(StrEnum):
    """Name what a rule speaks about; a name with a dot is a group of fields of its own."""

    # A member of an enum hashes in Python code by default; each decision hashes two of them.
    __hash__ = str.__hash__

    PLACE = "Place"
    PARTY_SEAT = "PartySeat"
    ORGANISATION = "Organisation"
    ORGANISATION_CONTACT = "Organisation.contact"
    PERSON = "Person"
    PERSON_CONTACT = "Person.contact"
    PERSON_IDENTITY = "Person.identity"
    HOUSEHOLD = "Household"
    HOUSEHOLD_CONTACT = "Household.contact"
    MEMBERSHIP = "Membership"
    CATEGORY = "Category"
    RESOURCE = "Resource"
    RESOURCE_EXACT_PLACE = "Resource.exactPlace"
    NEED = "Need"
    NEED_EXACT_PLACE = "Need.exactPlace"
    NEED_ESTIMATES = "Need.estimates"
    NEED_ON_BEHALF = "Need.onBehalf"
    PROJECT = "Project"
    RESOURCE_LIST = "ResourceList"
    NEED_LIST = "NeedList"
    PROJECT_LIST = "ProjectList"
    COLLECTION_ROUND = "CollectionRound"
    COLLECTION_INVITATION = "CollectionInvitation"
    SERVICE_ITEM = "ServiceItem"
    MATCH = "Match"
    TEAM = "Team"
    REGISTRATION = "Registration"
    REGISTRATION_DETAILS = "Registration.details"
    PAIRING = "Pairing"
    SERVICE_POINT = "ServicePoint"
    AGREEMENT = "Agreement"
    CLAIM = "Claim"
    CLAIM_CONTACT = "Claim.contact"
    CLAIM_DETAILS = "Claim.details"
    RULE_SET = "RuleSet"
    RULE_VERSION = "RuleVersion"
    RULE_DRAFT = "RuleDraft"
    JOB = "Job"
    ACCOUNT = "Account"
    API_KEY = "ApiKey"
    AUDIT_ENTRY = "AuditEntry"
    IMPORT = "Import"
    HISTORY = "History"
    POLICY_RULE = "PolicyRule"
    WEBHOOK = "Webhook"
    SERVICE_RATING = "ServiceRating"
    FALLBACK_PROVIDER = "FallbackProvider"


class Action(StrEnum):
    """Name what is done."""

    __hash__ = str.__hash__

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    PAUSE = "pause"
    RESUME = "resume"
    RETIRE = "retire"
    DISMISS = "dismiss"
    SAVE = "save"
    CHECK = "check"
    PREVIEW = "preview"
    RESTORE = "restore"
    ISSUE = "issue"
    REVOKE = "revoke"
    RUN = "run"
    PROPOSE = "propose"
    SIGN = "sign"
    JOIN = "join"
    ACCEPT = "accept"
    DECLINE = "decline"
    RELEASE = "release"
    COMPLETE = "complete"
    EVALUATE = "evaluate"


class Permission(NamedTuple):
    """One action on one object, printed as ``need.exactPlace:read``."""

    object: Object
    action: Action

    def __str__(self) -> str:
        """Print it with the object's first letter small, as keys and schema metadata do."""
        return f"{self.object[0].lower()}{self.object[1:]}:{self.action}"


def parse_permission(text: str) -> Permission:
    """Read a permission back from its printed form.

    Raises:
        ValueError: the text is not of the form ``object:action`` or names an unknown one.
    """
    name, separator, action = text.partition(":")
    if not separator or not name:
        raise ValueError(f"not a permission: {text[:80]!r}; expected the form need:read")
    return Permission(Object(name[0].upper() + name[1:]), Action(action))
