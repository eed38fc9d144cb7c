"""What a mutation gives back: the changed object, read like any other."""

from typing import Any

from api.context import Info
from api.errors import NotFound
from api.plan.answering import answer_by_ids
from api.plan.selection import selected

REFUSE: Any = object()


async def changed(info: Info, name: str, identifier: int, missing: Any = REFUSE) -> Any:
    """Return the row with what the field selected of it.

    Raises:
        NotFound: the viewer may not see it, and `missing` says nothing else.
    """
    rows = await answer_by_ids(info.context.viewer, name, [identifier], selected(info._raw_info))
    if identifier not in rows:
        if missing is not REFUSE:
            return missing
        raise NotFound(path=("id",))
    return rows[identifier]
