"""What every command must leave behind, and whether the audit chains hold."""

from api.commands.unit_of_work import START, entry_hash
from api.models import AuditChain, AuditEntry, Event, HistoryEntry, Job


async def actions() -> list[str]:
    """Return the actions of all audit rows, oldest first, after verifying every chain."""
    await verify_chains()
    entries = await AuditEntry.all().order_by("at", "chain", "sequence")
    return [entry.action for entry in entries]


async def verify_chains() -> None:
    """Assert that each chain is complete, unaltered, and ends at its head."""
    for head in await AuditChain.all():
        previous = START
        entries = await AuditEntry.filter(chain=head.name).order_by("sequence")
        assert [entry.sequence for entry in entries] == list(range(1, head.sequence + 1))
        for entry in entries:
            assert entry.previous_hash == previous
            assert entry.hash == entry_hash(entry)
            previous = entry.hash
        assert head.hash == previous


async def nothing_was_recorded() -> bool:
    """Tell whether no command left any record."""
    found = [await model.all().exists() for model in (AuditEntry, Event, HistoryEntry, Job)]
    return not any(found)
