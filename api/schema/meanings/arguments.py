"""What arguments mean: those of one name everywhere, those that name an object, and those of one field."""

from collections.abc import Mapping
from typing import Final

_PLACE: Final = "Identifier or code of a place: it and all below; none: everywhere"
_LAST_DAY: Final = "Last day in force; none: yesterday, so that it ends at once"

COMMON: Final[Mapping[str, str]] = {
    "after": "Only what follows this cursor: `endCursor` of the page before",
    "before": "Only what comes before this cursor: `startCursor` of the page after",
    "expectedVersion": "`version` that was read; if it is no longer the stored one, nothing is written",
    "filter": "Only those that fit; conditions combine with AND",
    "first": "How many from the start, at most 100",
    "last": "How many from the end, at most 100",
    "orderBy": "In which order; cursors belong to it",
    "reason": "Why, in words that those concerned read; at most 500 characters",
    "within": _PLACE,
}

OBJECTS: Final[Mapping[str, str]] = {
    "agreement": "agreement",
    "agreementPromise": "promise",
    "apiKey": "key",
    "claim": "claim",
    "collectionInvitation": "invitation",
    "collectionRound": "collection round",
    "contact": "person, household or organisation",
    "household": "household",
    "match": "match",
    "membership": "membership",
    "need": "need",
    "needList": "need list",
    "organisation": "organisation",
    "pairing": "pairing",
    "person": "person",
    "place": "place",
    "project": "project",
    "projectList": "project list",
    "registration": "registration",
    "resource": "resource",
    "resourceList": "resource list",
    "ruleVersion": "rule version",
    "serviceItem": "service item",
    "servicePoint": "service point",
    "serviceRating": "rating",
    "team": "team",
    "webhook": "webhook",
    "webhookDelivery": "delivery",
}
"""By how the names of their fields begin."""

OF_OBJECT: Final[Mapping[str, str]] = {
    "changes": "What is to change of the {}; what is not named stays, and a list that is named is given whole",
    "draft": "Stored {} to publish; none: a new one, by `input`",
    "id": "Identifier of the {}",
    "input": "What is entered for the new {}",
    "supersedes": "Identifier of the published {} that this one replaces",
}

ROOTS: Final[Mapping[str, str]] = {
    "Mutation": "What can be done; each returns its object or an error that says what to mend",
    "Query": "What can be asked; everybody gets what they may see",
}

PARTICULAR: Final[Mapping[str, str]] = {
    "agreementPromiseRemedy.remedy": "How it was made good, at most 500 characters",
    "apiKeyIssue.input": "For which organisation and what, with which scopes, for how long",
    "categories.below": "Category code: it and everything below it; none: all",
    "changes.after": "`endCursor` of the last page that was kept; none: everything, from the beginning",
    "changes.first": "How many at most, up to 100",
    "claimAccept.contactConsent": "How the asker agreed that the claimant learns their contact; none: not asked yet",
    "claimAccept.dueOn": "Day until which it is to be done; none: seven days after the planned one, else in 30",
    "claimComplete.delivered": "What was delivered of each line, where it differs from what was claimed",
    "claimComplete.proof": "What was done and how it can be seen, at most 1,000 characters",
    "claimComplete.proofLinks": "Addresses of pictures or documents that prove it",
    "claimConsent.consent": "How it was agreed; null, written out, takes it back",
    "claimContactReveal.purpose": "What the contact is read for, at most 200 characters; it is audited",
    "claimEvaluate.memberScore": "1 to 5, of the member who did the work, if the claimant sent one",
    "claimEvaluate.score": "1 to 5, of the other side",
    "claimEvaluate.side": "For which side the caller speaks",
    "claimEvaluate.text": "In words, for both sides and those in charge",
    "claimJoin.joining": "true: say yes; false: say no, or leave",
    "claimJoin.participant": "Identifier of the participant as whom one was asked",
    "collectionRoundInvite.input": "Whom to invite besides, and what is missing from each",
    "contactReveal.purpose": "What the contact is read for, at most 200 characters; it is audited",
    "exportLink.filter": "Filter of the root field of that name, as an object",
    "exportLink.form": "Form of the file",
    "exportLink.name": "What to export, as the address says it, e.g. needs",
    "fallbackProviderSet.categories": "Category codes of what it does; none: everything",
    "fallbackProviderSet.expectedVersion": "`version` that was read; null when nobody was named yet",
    "fallbackProviderSet.organisation": "Identifier of who steps in; none: nobody any more",
    "fallbackProviderSet.place": "Identifier of the place; its estates, and those below, are served",
    "membershipEnd.lastDay": _LAST_DAY,
    "needAdvance.assignee": "Who is to do it, when it is dispatched",
    "needAdvance.reason": "Why, at most 500 characters; required to withdraw, merge or defer",
    "needAdvance.reviewOn": "Day on which a deferred need is looked at again",
    "needAdvance.to": "State to move to; `allowed` of an InvalidTransitionError names what is possible",
    "needClaim.input": "What of it, by whom and under which agreement; none: all of it, for oneself",
    "needReceipt.number": "Ten digits of the receipt; spaces, hyphens and full-width digits do not matter",
    "node.id": "Identifier of an object of any type",
    "nodes.ids": "Identifiers of objects of any type, at most 100",
    "pairingEnd.lastDay": _LAST_DAY,
    "place.code": "Code of the place, e.g. its official division code",
    "projectAdvance.reason": "Why, at most 500 characters; required to suspend or cancel",
    "projectAdvance.to": "State to move to; `allowed` of an InvalidTransitionError names what is possible",
    "projectClaim.input": "Which lines, by whom and under which agreement; none: all of it, for oneself",
    "registerConfirm.ids": "Identifiers of entries of the register, 1 to 100",
    "resourceAdvance.to": "State to move to; `allowed` of an InvalidTransitionError names what is possible",
    "ruleDraftCheck.document": "Rule document, as text or as an object",
    "ruleDraftSave.document": "Rule document, as text or as an object",
    "ruleDraftSave.expectedVersion": "`version` of the draft that was read; 0 for a new rule set",
    "ruleDraftSave.place": "Identifier of the place of a new rule set",
    "ruleDraftSave.ruleSet": "Identifier of the rule set whose draft it is; none: a new one, at `place`",
    "ruleVersionPublish.ruleSet": "Identifier of the rule set whose draft is published",
    "atVersion.number": "Number of the version, from 1",
    "serviceItemRate.score": "1 to 5",
    "serviceItemRate.text": "In words, which others read without learning who wrote them",
    "webhookSecretRotate.keepFormerHours": "For how many hours the present secret signs beside the new one, 0 to 168",
}
"""By field and argument."""
