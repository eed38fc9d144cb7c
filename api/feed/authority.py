"""What a copy was made under: the row filters of a viewer, kept as they were then.

Row filters and not roles: whatever changes them (a role, a key's scopes, the policy, a day that has passed) shows,
and they can be asked long after the policy that made them is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from api.feed.position import Snapshot
from api.feed.standing import Standing, permission_for, permissions_of
from api.feed.types import FEED
from api.plan.viewer import Viewer
from auth.permissions import Permission, parse_permission
from auth.predicate_data import from_data, holds, to_data
from auth.predicates import Never, Predicate

_NOTHING = Never()
NEVER: Final = Snapshot(0)


@dataclass(frozen=True, slots=True)
class Authority:
    """Row filters by permission; what is not named is not seen.

    `since` is what was committed before the first page under them was read, `until` what was after the last one:
    a copy can hold a row as they saw it only if the row was like that in between.
    """

    filters: Mapping[Permission, Predicate]
    since: Snapshot = NEVER
    until: Snapshot = NEVER

    @classmethod
    def of(cls, viewer: Viewer, since: Snapshot) -> Self:
        """Return what the viewer may see now of the feed's types; no page was read under it yet."""
        needed = {permission for name in FEED for permission in permissions_of(name)}
        return cls({permission: viewer.predicate(permission) for permission in needed}, since)

    @classmethod
    def read(cls, data: Mapping[str, Any], since: Snapshot, until: Snapshot) -> Self:
        """Return what `data` wrote. Raise ValueError when it is something else."""
        filters = {parse_permission(name): from_data(predicate) for name, predicate in data.items()}
        return cls(filters, since, until)

    def data(self) -> dict[str, Any]:
        """Return the filters as JSON data; equal filters give equal data."""
        return {str(permission): to_data(each) for permission, each in sorted(self.filters.items(), key=str)}

    def predicate(self, permission: Permission) -> Predicate:
        """Return which rows could be seen under the permission."""
        return self.filters.get(permission, _NOTHING)

    def same(self, other: "Authority", name: str) -> bool:
        """Tell whether both see the same rows of a source."""
        return all(
            to_data(self.predicate(permission)) == to_data(other.predicate(permission))
            for permission in permissions_of(name)
        )

    def saw(self, standing: Standing, begun: int, ended: int) -> bool:
        """Tell whether a copy can hold a row that was like this between two positions."""
        if self.since.has(ended) or not self.until.has(begun):
            return False
        return all(holds(self.predicate(permission_for(name)), columns) for name, columns in standing.items())


NOTHING = Authority({})
