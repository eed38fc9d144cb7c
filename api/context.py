"""What every resolver gets: the viewer of this request."""

from dataclasses import dataclass, field

from strawberry.types import Info as StrawberryInfo

from api.live.following import Live
from api.plan.selection import Selections
from api.plan.viewer import Viewer
from api.queries.number_tries import NumberTries


@dataclass(slots=True)
class Context:
    """One request: who asks, under which policy, with which request id and language.

    `anew` counts the fields whose answers are never kept.
    `busy` notes that a mutation waited in vain for other writers, so that its answer is not kept.
    `address` is the client's, `tries` what all clients of this process asked by number in vain.
    A subscription follows `live`; `selections` is what the document is known to select.
    """

    viewer: Viewer
    busy: bool = False
    anew: int = 0
    address: str = ""
    tries: NumberTries = field(default_factory=NumberTries)
    live: Live | None = None
    selections: Selections | None = None

    @property
    def language(self) -> str:
        """Return the language of messages, "zh" or "en"."""
        return self.viewer.principal.language


Info = StrawberryInfo[Context, None]
__all__ = ["Context", "Info"]
