"""What every resolver gets: the viewer of this request."""

from dataclasses import dataclass

from strawberry.types import Info as StrawberryInfo

from api.live.following import Live
from api.plan.viewer import Viewer


@dataclass(slots=True)
class Context:
    """One request: who asks, under which policy, with which request id and language; a subscription follows `live`."""

    viewer: Viewer
    live: Live | None = None

    @property
    def language(self) -> str:
        """Return the language of messages, "zh" or "en"."""
        return self.viewer.principal.language


Info = StrawberryInfo[Context, None]
__all__ = ["Context", "Info"]
