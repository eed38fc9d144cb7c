"""Which objects the organisation behind a webhook may know of, as a key of it would."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from api.models import WebhookEndpoint
from api.plan.registry import all_sources
from api.plan.viewer import Viewer
from api.plan.visibility import readable_among
from api.queries.principal import load_organisation
from api.runtime import Runtime
from auth.permissions import Action, Object, Permission

READING: Final = frozenset(Permission(name, Action.READ) for name in Object)
Subject = tuple[str, int]


async def readable_subjects(runtime: Runtime, organisation_id: int, subjects: Iterable[Subject]) -> set[Subject]:
    """Return those of the objects (type, row key) that the organisation may read now, in its own roles.

    What is gone, what no source serves, and everything for a suspended organisation, is not among them.
    """
    principal = await load_organisation(organisation_id, READING)
    if principal is None:
        return set()
    viewer = Viewer(principal, runtime.policy.current, runtime)
    by_type: dict[str, set[int]] = defaultdict(set)
    for name, key in subjects:
        by_type[name].add(key)
    found: set[Subject] = set()
    own = by_type.pop("Webhook", set())
    for name, keys in by_type.items():
        source = all_sources().get(name)
        if source is None:
            continue
        found |= {(name, key) for key in await readable_among(source, viewer, keys)}
    # What happens to its own webhooks an organisation is told in any case: the test, and that one was disabled.
    if own:
        rows_own: Any = WebhookEndpoint.filter(organisation_id=organisation_id, id__in=sorted(own))
        found |= {("Webhook", int(key)) for key in await rows_own.values_list("id", flat=True)}
    return found
