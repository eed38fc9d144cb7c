"""Named reads: pages under filters, who is asking, and the values that loaders bring."""

# Importing it registers its loader with the plan.
from api.queries import service_item

__all__ = ["service_item"]
