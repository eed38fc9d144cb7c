"""What can keep a version from deciding; no match is stored then."""

from typing import Final

from rules.workers import WorkerFailed

REFUSED: Final = "REFUSED"
DISAGREES: Final = "DISAGREES"


class VersionFailed(WorkerFailed):
    """Say which version did not come to a decision.

    ``reason`` is one of `WorkerFailed`'s codes or REFUSED: the document or a fact must
    not reach the engine.
    """

    def __init__(self, version_id: int, reason: str, detail: str = "") -> None:
        """Keep the version besides reason and detail."""
        super().__init__(reason, detail)
        self.version_id = version_id


class EngineDisagrees(VersionFailed):
    """Raise the alarm: the engine accepted a pair that the evaluator refuses or scores otherwise."""

    def __init__(self, version_id: int, detail: str) -> None:
        """Keep the version and the pair."""
        super().__init__(version_id, DISAGREES, detail)


class TooMuchAtOnce(WorkerFailed):
    """Say that an item touches too much to be matched while somebody waits; a job must do it."""

    def __init__(self, what: str) -> None:
        """Keep what there is too much of."""
        super().__init__("LATER", what)
