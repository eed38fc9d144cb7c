"""Who acts in the small town of tests/api/matching, and with which rules."""

import json
from collections.abc import Callable
from typing import Any

from api.plan.viewer import Viewer
from tests.api.matching.town import rule

As = Callable[..., Viewer]
"""Makes a viewer of a role (or nobody) at a place of the town."""


def document(*rules: dict[str, Any], key: str = "haircuts", **more: Any) -> str:
    title = {"zh": "理发规则", "en": "Haircut rules"}
    return json.dumps(
        {"format": 1, "kind": "match", "id": key, "title": title, "rules": list(rules) or [rule()], **more},
        ensure_ascii=False,
    )
