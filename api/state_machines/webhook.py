"""Life of a webhook: enabled, disabled, retired; and of one delivery."""

from enum import StrEnum


class WebhookStatus(StrEnum):
    """Whether events are sent to a webhook."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"
    RETIRED = "RETIRED"


class DisabledReason(StrEnum):
    """Why a webhook was disabled."""

    BY_HAND = "BY_HAND"
    GONE = "GONE"
    FAILING = "FAILING"


class DeliveryStatus(StrEnum):
    """How far the delivery of one event is."""

    PENDING = "PENDING"
    FAILED = "FAILED"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"
    SKIPPED = "SKIPPED"


S = WebhookStatus
TRANSITIONS: dict[WebhookStatus, frozenset[WebhookStatus]] = {
    S.ENABLED: frozenset({S.DISABLED, S.RETIRED}),
    S.DISABLED: frozenset({S.ENABLED, S.RETIRED}),
    S.RETIRED: frozenset(),
}
D = DeliveryStatus
# What may still be sent by itself.
WAITING = frozenset({D.PENDING, D.FAILED})
# What may be sent again by hand; what was skipped is nothing that the organisation may know of.
RESENDABLE = frozenset({D.FAILED, D.DELIVERED, D.GIVEN_UP})
