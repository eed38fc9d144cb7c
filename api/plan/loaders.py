"""Loaders of values that no single column or relation holds; registered by the queries that know how.

A loader gets the viewer, the row keys of a whole level and the selection below the field, and returns a value
for every key: one call a level, so the number of SQL statements does not grow with the rows.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from api.plan.selection import Selected
from api.plan.viewer import Viewer

Loader = Callable[[Viewer, list[int], Selected], Awaitable[dict[int, Any]]]
LOADERS: dict[str, Loader] = {}


def loader(name: str) -> Callable[[Loader], Loader]:
    """Register the decorated function under the name that a source's `Loaded` field gives."""

    def register(function: Loader) -> Loader:
        LOADERS[name] = function
        return function

    return register
