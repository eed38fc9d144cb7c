"""What the mutations of lists take and give back."""

from datetime import date
from typing import Annotated, Any

import strawberry

from api.context import Info
from api.models.choices import ListKind, Visibility
from api.schema import errors
from api.schema.inputs import OwnerInput, given, identifier, row_id
from api.schema.item_list import NeedList, ProjectList, ResourceList
from api.schema.payload import changed


@strawberry.input(description="A list to publish")
class ListInput:
    """List."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    place: strawberry.ID = identifier("Place", "Place it is about")
    owner: OwnerInput = strawberry.field(description="Who publishes it")
    items: list[strawberry.ID] = strawberry.field(description="Identifiers of its items, in order; at most 500")
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    number: str | None = strawberry.field(default=None, description="Number of the document; none: the next free one")
    period_from: date | None = strawberry.field(default=None, description="First day it is about")
    period_to: date | None = strawberry.field(default=None, description="Last day it is about")
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description="Who may see it")
    supersedes: strawberry.ID | None = strawberry.field(default=None, description="Earlier list that it replaces")


@strawberry.input(description="A draft of a list; until it is published, its owner and who is in charge see it")
class ListDraft:
    """Draft."""

    title: str = strawberry.field(description="Title in Chinese, at most 200 characters")
    invitation: strawberry.ID | None = identifier(
        "CollectionInvitation",
        "Invitation that it answers, from which place, owner and period follow",
        default=None,
    )
    place: strawberry.ID | None = identifier("Place", "Place it is about", default=None)
    owner: OwnerInput | None = strawberry.field(default=None, description="Whose list it is")
    items: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Identifiers of its items, in order; at most 500"
    )
    title_en: str | None = strawberry.field(default=None, description="Title in English")
    number: str | None = strawberry.field(default=None, description="Number; none: made at publication")
    period_from: date | None = strawberry.field(default=None, description="First day it is about")
    period_to: date | None = strawberry.field(default=None, description="Last day it is about")
    visibility: Visibility = strawberry.field(default=Visibility.PUBLIC, description="Who may see it once published")


@strawberry.input(description="Fields of a draft or a returned list to change; what is not given stays")
class ListChanges:
    """Changes."""

    title: str | None = strawberry.field(default=strawberry.UNSET, description="Title in Chinese")
    title_en: str | None = strawberry.field(default=strawberry.UNSET, description="Title in English")
    number: str | None = strawberry.field(default=strawberry.UNSET, description="Number of the document")
    place: strawberry.ID | None = identifier("Place", "Place it is about", default=strawberry.UNSET)
    owner: OwnerInput | None = strawberry.field(default=strawberry.UNSET, description="Whose list it is")
    items: list[strawberry.ID] | None = strawberry.field(default=strawberry.UNSET, description="All items anew")
    period_from: date | None = strawberry.field(default=strawberry.UNSET, description="First day it is about")
    period_to: date | None = strawberry.field(default=strawberry.UNSET, description="Last day it is about")
    visibility: Visibility | None = strawberry.field(
        default=strawberry.UNSET, description="Who may see it once published"
    )


Errors = (
    errors.NotFoundError
    | errors.ForbiddenError
    | errors.InvalidInputError
    | errors.InvalidTransitionError
    | errors.StaleVersionError
)
NeedListResult = Annotated[
    NeedList | Errors, strawberry.union("NeedListResult", description="The list, or what is to be mended")
]
ResourceListResult = Annotated[
    ResourceList | Errors, strawberry.union("ResourceListResult", description="The list, or what is to be mended")
]
ProjectListResult = Annotated[
    ProjectList | Errors, strawberry.union("ProjectListResult", description="The list, or what is to be mended")
]


def list_values(kind: ListKind, data: ListInput | ListDraft | ListChanges) -> dict[str, Any]:
    """Return the values of an input; items and the superseded list become row keys of this kind."""
    values, name = given(data), kind.capitalize()
    if values.get("items") is not None:
        values["items"] = [row_id(text, name, ("items", str(index))) for index, text in enumerate(values["items"])]
    if values.get("supersedes") is not None:
        values["supersedes"] = row_id(values["supersedes"], f"{name}List", ("supersedes",))
    return values


def list_key(kind: ListKind, text: str | None, *path: str) -> int | None:
    """Return the row key of a list of this kind; None stays None."""
    return None if text is None else row_id(text, f"{kind.capitalize()}List", path)


async def changed_list(info: Info, kind: ListKind, identifier: int) -> Any:
    """Return the list as the mutation's selection asks."""
    return await changed(info, f"{kind.capitalize()}List", identifier)
