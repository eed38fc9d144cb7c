"""Mutations that draft and publish the three kinds of list."""

from typing import Any

import strawberry

from api.commands import item_list as commands
from api.context import Info
from api.errors import InvalidInput
from api.models.choices import ListKind
from api.permissions import Requires
from api.schema.item_list_inputs import (
    ListChanges,
    ListDraft,
    ListInput,
    NeedListResult,
    ProjectListResult,
    ResourceListResult,
    changed_list,
    list_key,
    list_values,
)
from auth.permissions import Action, Object


@strawberry.type
class ListDraftMutation:
    """Draft, change, publish."""

    @strawberry.mutation(
        description="Keep a draft of a need list; needs permission needList:create",
        extensions=[Requires(Object.NEED_LIST, Action.CREATE)],
    )
    async def need_list_save(self, info: Info, input: ListDraft) -> NeedListResult:
        """Save."""
        return await _save(info, ListKind.NEED, input)

    @strawberry.mutation(
        description="Change a draft or a returned need list; needs permission needList:update",
        extensions=[Requires(Object.NEED_LIST, Action.UPDATE)],
    )
    async def need_list_update(
        self, info: Info, id: strawberry.ID, changes: ListChanges, expected_version: int
    ) -> NeedListResult:
        """Update."""
        return await _update(info, ListKind.NEED, id, changes, expected_version)

    @strawberry.mutation(
        description="Publish a need list, a new `input` or a stored `draft`; needs permission needList:publish",
        extensions=[Requires(Object.NEED_LIST, Action.PUBLISH)],
    )
    async def need_list_publish(
        self,
        info: Info,
        input: ListInput | None = None,
        draft: strawberry.ID | None = None,
        expected_version: int | None = None,
        supersedes: strawberry.ID | None = None,
    ) -> NeedListResult:
        """Publish."""
        return await _publish(info, ListKind.NEED, input, (draft, expected_version, supersedes))

    @strawberry.mutation(
        description="Keep a draft of a resource list; needs permission resourceList:create",
        extensions=[Requires(Object.RESOURCE_LIST, Action.CREATE)],
    )
    async def resource_list_save(self, info: Info, input: ListDraft) -> ResourceListResult:
        """Save."""
        return await _save(info, ListKind.RESOURCE, input)

    @strawberry.mutation(
        description="Change a draft or a returned resource list; needs permission resourceList:update",
        extensions=[Requires(Object.RESOURCE_LIST, Action.UPDATE)],
    )
    async def resource_list_update(
        self, info: Info, id: strawberry.ID, changes: ListChanges, expected_version: int
    ) -> ResourceListResult:
        """Update."""
        return await _update(info, ListKind.RESOURCE, id, changes, expected_version)

    @strawberry.mutation(
        description="Publish a resource list, a new `input` or a stored `draft`; needs permission resourceList:publish",
        extensions=[Requires(Object.RESOURCE_LIST, Action.PUBLISH)],
    )
    async def resource_list_publish(
        self,
        info: Info,
        input: ListInput | None = None,
        draft: strawberry.ID | None = None,
        expected_version: int | None = None,
        supersedes: strawberry.ID | None = None,
    ) -> ResourceListResult:
        """Publish."""
        return await _publish(info, ListKind.RESOURCE, input, (draft, expected_version, supersedes))

    @strawberry.mutation(
        description="Keep a draft of a project list; needs permission projectList:create",
        extensions=[Requires(Object.PROJECT_LIST, Action.CREATE)],
    )
    async def project_list_save(self, info: Info, input: ListDraft) -> ProjectListResult:
        """Save."""
        return await _save(info, ListKind.PROJECT, input)

    @strawberry.mutation(
        description="Change a draft or a returned project list; needs permission projectList:update",
        extensions=[Requires(Object.PROJECT_LIST, Action.UPDATE)],
    )
    async def project_list_update(
        self, info: Info, id: strawberry.ID, changes: ListChanges, expected_version: int
    ) -> ProjectListResult:
        """Update."""
        return await _update(info, ListKind.PROJECT, id, changes, expected_version)

    @strawberry.mutation(
        description="Publish a project list, a new `input` or a stored `draft`; needs permission projectList:publish",
        extensions=[Requires(Object.PROJECT_LIST, Action.PUBLISH)],
    )
    async def project_list_publish(
        self,
        info: Info,
        input: ListInput | None = None,
        draft: strawberry.ID | None = None,
        expected_version: int | None = None,
        supersedes: strawberry.ID | None = None,
    ) -> ProjectListResult:
        """Publish."""
        return await _publish(info, ListKind.PROJECT, input, (draft, expected_version, supersedes))


async def _save(info: Info, kind: ListKind, data: ListDraft) -> Any:
    done = await commands.save_list(info.context.viewer, kind, list_values(kind, data))
    return await changed_list(info, kind, done)


async def _update(info: Info, kind: ListKind, id: str, changes: ListChanges, expected: int) -> Any:
    key, values = list_key(kind, id, "id"), list_values(kind, changes)
    done = await commands.save_list(info.context.viewer, kind, values, identifier=key, expected=expected)
    return await changed_list(info, kind, done)


async def _publish(
    info: Info, kind: ListKind, data: ListInput | None, stored: tuple[str | None, int | None, str | None]
) -> Any:
    draft, expected, supersedes = stored
    values = None if data is None else list_values(kind, data)
    if draft is not None and expected is None:
        raise InvalidInput("须给出草稿的版本", "Give the draft's version", ("expectedVersion",))
    earlier = list_key(kind, supersedes, "supersedes")
    if values is not None:
        earlier = values.pop("supersedes", None) or earlier
    done = await commands.publish_list(
        info.context.viewer,
        kind,
        draft=list_key(kind, draft, "draft"),
        expected=expected,
        values=values,
        supersedes=earlier,
    )
    return await changed_list(info, kind, done)
