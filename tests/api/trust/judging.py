"""Who may see which marker: told by casbin row by row, and by where somebody is at home."""

from dataclasses import dataclass

from api.state_machines.claim import ClaimStatus
from auth.permissions import Action, Object, Permission
from auth.relations import RowScope
from tests.api.plan.oracle import Oracle, Row, Tables
from tests.api.reading import authoriser
from tests.api.trust.callers import Caller
from tests.api.trust.leaving import Left
from tests.api.trust.planting import Marker, Seen
from tests.api.trust.requests import Sent

# Kept to sign and to know somebody again; nothing that is sent to the server shows them to anybody.
SHOWN_TO_NOBODY = {"Identity.id_number", "WebhookEndpoint.secret", "WebhookEndpoint.former_secret"}
OWNERS = ("person", "household", "organisation")


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges what was seen against all rows as they were when it was planted."""

    tables: Tables
    left: Left

    def wrong(self, caller: Caller, sent: Sent, seen: Seen) -> str | None:
        """Return why a caller should not have seen this, or None."""
        marker = seen.marker
        if f"{marker.model}.{marker.column}" in SHOWN_TO_NOBODY:
            return "shown to nobody"
        if not marker.homes & caller.home and not self._agreed(caller, marker, seen.whole):
            return "of another community"
        if not self._allowed(caller, sent, seen):
            return "not for this caller"
        return None

    def _agreed(self, caller: Caller, marker: Marker, whole: bool) -> bool:
        """Tell whether somebody abroad may see it all the same: a unit's masked contact, or what an asker agreed to."""
        if marker.model == "Contact" and marker.row["organisation_id"] and not whole:
            return True
        return whole and marker.model == "Contact" and self._consented(caller, marker.row)

    def _allowed(self, caller: Caller, sent: Sent, seen: Seen) -> bool:
        marker = seen.marker
        if keeper := self.left.keepers.get((marker.model, marker.row["id"])):
            return keeper is caller
        oracle = Oracle(self.tables, authoriser(), caller.principal)
        if marker.model == "NeedConsent":
            return oracle.sees("NeedConsent", marker.row)
        assert marker.model == "Contact", f"tell who may see {marker.model}"
        name, owner = self._owner(marker.row)
        if not seen.whole:
            return oracle.sees(name, owner)
        clear = Permission(Object(f"{name}.contact"), Action.READ)
        may = authoriser().ask(caller.principal, clear, oracle.scope(name, owner))
        return sent.kind == "reading of a contact" and (may or self._consented(caller, marker.row))

    def _owner(self, contact: Row) -> tuple[str, Row]:
        (name,) = (each for each in OWNERS if contact[f"{each}_id"] is not None)
        return name.capitalize(), self.tables.row(name.capitalize(), contact[f"{name}_id"])

    def _consented(self, caller: Caller, contact: Row) -> bool:
        """Tell whether the asker let this claimant know the contact, in a claim that is under way."""
        permission = Permission(Object.CLAIM_CONTACT, Action.READ)
        for claim in self.tables.rows["Claim"].values():
            asker = next(each for each in OWNERS if claim[f"asker_{each}_id"] is not None)
            if claim[f"asker_{asker}_id"] != contact[f"{asker}_id"]:
                continue
            scope = RowScope(
                path=claim["path"], owner_person_id=claim["actor_person_id"],
                owner_organisation_id=claim["actor_organisation_id"],
            )  # fmt: skip
            open_now = claim["status"] == ClaimStatus.ACCEPTED and claim["contact_consent_at"] is not None
            if open_now and authoriser().ask(caller.principal, permission, scope):
                return True
        return False
