"""What Tortoise 1.1.9 gets wrong silently is kept out by rule; docs/development.md tells why."""

import importlib
import pkgutil
from collections.abc import Iterator

from tortoise.fields import Field
from tortoise.migrations.operations import AddField, Operation
from tortoise.models import Model

import api.migrations
from api import models


def every_model() -> Iterator[type[Model]]:
    for model in vars(models).values():
        if isinstance(model, type) and issubclass(model, Model):
            yield model


def every_operation() -> Iterator[tuple[str, Operation]]:
    for module in pkgutil.iter_modules(api.migrations.__path__):
        migration = importlib.import_module(f"api.migrations.{module.name}").Migration
        for operation in migration.operations:
            yield module.name, operation


def test_indexes_stand_in_meta_alone_since_one_on_a_field_is_not_created_later() -> None:
    fields: list[tuple[type[Model], str, Field[object]]] = [
        (model, name, field) for model in every_model() for name, field in model._meta.fields_map.items()
    ]
    assert len(fields) > 100
    wrong = [f"{model.__name__}.{name}" for model, name, field in fields if field.index and not field.unique]
    assert wrong == []


def test_an_added_column_that_must_have_a_value_has_one_in_the_database() -> None:
    wrong = [
        f"{migration}: {operation.model_name}.{operation.name}"
        for migration, operation in every_operation()
        if isinstance(operation, AddField) and isinstance(operation.field, Field)
        if not operation.field.null and not operation.field.has_db_default()
    ]
    assert wrong == []


def test_no_primary_key_is_counted_by_the_database() -> None:
    assert [model.__name__ for model in every_model() if model._meta.pk.generated] == []
