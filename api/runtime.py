"""What a process builds once and every request shares."""

from dataclasses import dataclass

from api.settings import Settings
from auth.enforcement import AuthoriserHolder
from rules.workers import WorkerPool


@dataclass(frozen=True, slots=True)
class Runtime:
    """Settings, the policy in force (swapped whole when it changes) and the rule engine's children."""

    settings: Settings
    policy: AuthoriserHolder
    rules: WorkerPool
