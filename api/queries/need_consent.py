"""How visible a need becomes by the consent that waits to be made sure of."""

from api.models import NeedConsent
from api.models.choices import Visibility

WIDEST_FIRST = tuple(Visibility)


def agreed_visibility(consent: NeedConsent) -> Visibility:
    """Return what was asked for, or what was chosen meanwhile when that shows the need to fewer."""
    return max(consent.wanted, consent.chosen or consent.wanted, key=WIDEST_FIRST.index)
