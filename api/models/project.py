"""Projects."""

from tortoise import fields

from api.models.item import Affair
from api.models.need import AFFAIR_INDEXES
from api.state_machines.project import ProjectStatus


class Project(Affair):
    """项目."""

    status = fields.CharEnumField(ProjectStatus, max_length=16)

    class Meta:
        table = "project"
        indexes = AFFAIR_INDEXES
