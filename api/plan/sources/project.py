"""Projects; their exact place is public, since works are no secret."""

from api.plan.source import Source
from api.plan.sources.item import AFFAIR_SCOPE, affair_fields
from auth.permissions import Object

PROJECT = Source(
    name="Project",
    table="project",
    object=Object.PROJECT,
    columns=AFFAIR_SCOPE,
    fields=affair_fields("Project", Object.PROJECT),
)
