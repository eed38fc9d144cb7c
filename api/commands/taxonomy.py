"""Reference data: categories with synonyms and kin, units, target groups, kinds of party, seats.

All of it is written by upsert: what is new is added, what differs is changed, the rest is left
alone and leaves no trace.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.commands import inputs
from api.commands.permission import require
from api.commands.rows import Rows
from api.commands.unit_of_work import Done, UnitOfWork, unit_of_work
from api.commands.upsert import upsert
from api.errors import Duplicate, InvalidInput, NotFound
from api.identifiers import new_id
from api.models import (
    Category,
    CategoryKin,
    CategorySynonym,
    PartyKind,
    PartySeat,
    Place,
    TargetGroup,
    UnitOfMeasure,
)
from api.models.choices import Family
from api.plan.viewer import Viewer
from auth.permissions import Action, Object
from auth.relations import RowScope

Given = Sequence[Mapping[str, Any]]
LANGUAGES = ("zh", "en")
CATEGORY_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*", re.ASCII)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
