"""Named reads: pages under filters, who is asking, and the values that loaders bring; no writing."""

# Importing them registers their loaders with the plan.
from api.queries import fallback, registered, service_item

__all__ = ["fallback", "registered", "service_item"]
