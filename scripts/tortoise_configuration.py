"""What the `tortoise` command reads (pyproject.toml, [tool.tortoise]); see docs/development.md."""

from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from api import models
from api.db import configuration
from api.settings import Settings

TORTOISE_ORM = configuration(Settings())

# A model's docstring and an enum's members are for who reads the code. Tortoise would keep them in
# the database as well: then a better sentence or a new member needed a migration that rebuilds the
# table on SQLite, and a semicolon in a docstring would break it there.
for _model in vars(models).values():
    if isinstance(_model, type) and issubclass(_model, Model):
        _model._meta.table_description = ""
        for _field in _model._meta.fields_map.values():
            if isinstance(_field, CharEnumFieldInstance):
                _field.description = ""
