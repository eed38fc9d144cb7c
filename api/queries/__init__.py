"""Named reads: pages under filters, who is asking, and the values that loaders bring."""

# Importing them registers their loaders with the plan.
from api.queries import fallback, service_item

__all__ = ["fallback", "service_item"]
