"""From rows to matches: facts, scope, deciding, storing."""

# Imported for what it registers: the reader asks for `coverage` and `usedBy` by name (api.plan.loaders).
from api.matching import comparison, list_coverage

__all__ = ["comparison", "list_coverage"]
