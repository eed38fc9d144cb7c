"""Mutations that move the three kinds of list on their way: hand in, confirm, send back, withdraw."""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry

from api.commands import item_list_moves as commands
from api.context import Info
from api.models.choices import ListKind
from api.permissions import Requires
from api.schema.inputs import row_id
from api.schema.item_list_inputs import NeedListResult, ProjectListResult, ResourceListResult, changed_list
from auth.permissions import Action, Object


@strawberry.type
class ListMoveMutation:
    """Hand in, confirm, send back, withdraw."""

    @strawberry.mutation(
        description="Hand a need list in to the committee; needs permission needList:submit",
        extensions=[Requires(Object.NEED_LIST, Action.SUBMIT)],
    )
    async def need_list_submit(self, info: Info, id: strawberry.ID, expected_version: int) -> NeedListResult:
        """Submit."""
        return await _moved(info, ListKind.NEED, id, commands.submit_list, expected_version)

    @strawberry.mutation(
        description="Confirm a need list that was handed in; needs permission needList:confirm",
        extensions=[Requires(Object.NEED_LIST, Action.CONFIRM)],
    )
    async def need_list_confirm(self, info: Info, id: strawberry.ID, expected_version: int) -> NeedListResult:
        """Confirm."""
        return await _moved(info, ListKind.NEED, id, commands.confirm_list, expected_version)

    @strawberry.mutation(
        description="Send a need list back with a reason; needs permission needList:confirm",
        extensions=[Requires(Object.NEED_LIST, Action.CONFIRM)],
    )
    async def need_list_return(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> NeedListResult:
        """Return."""
        return await _moved(info, ListKind.NEED, id, commands.return_list, reason, expected_version)

    @strawberry.mutation(
        description="Withdraw a need list with a reason; needs permission needList:withdraw",
        extensions=[Requires(Object.NEED_LIST, Action.WITHDRAW)],
    )
    async def need_list_withdraw(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> NeedListResult:
        """Withdraw."""
        return await _moved(info, ListKind.NEED, id, commands.withdraw_list, reason, expected_version)

    @strawberry.mutation(
        description="Hand a resource list in to the committee; needs permission resourceList:submit",
        extensions=[Requires(Object.RESOURCE_LIST, Action.SUBMIT)],
    )
    async def resource_list_submit(self, info: Info, id: strawberry.ID, expected_version: int) -> ResourceListResult:
        """Submit."""
        return await _moved(info, ListKind.RESOURCE, id, commands.submit_list, expected_version)

    @strawberry.mutation(
        description="Confirm a resource list that was handed in; needs permission resourceList:confirm",
        extensions=[Requires(Object.RESOURCE_LIST, Action.CONFIRM)],
    )
    async def resource_list_confirm(self, info: Info, id: strawberry.ID, expected_version: int) -> ResourceListResult:
        """Confirm."""
        return await _moved(info, ListKind.RESOURCE, id, commands.confirm_list, expected_version)

    @strawberry.mutation(
        description="Send a resource list back with a reason; needs permission resourceList:confirm",
        extensions=[Requires(Object.RESOURCE_LIST, Action.CONFIRM)],
    )
    async def resource_list_return(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> ResourceListResult:
        """Return."""
        return await _moved(info, ListKind.RESOURCE, id, commands.return_list, reason, expected_version)

    @strawberry.mutation(
        description="Withdraw a resource list with a reason; needs permission resourceList:withdraw",
        extensions=[Requires(Object.RESOURCE_LIST, Action.WITHDRAW)],
    )
    async def resource_list_withdraw(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> ResourceListResult:
        """Withdraw."""
        return await _moved(info, ListKind.RESOURCE, id, commands.withdraw_list, reason, expected_version)

    @strawberry.mutation(
        description="Hand a project list in to the committee; needs permission projectList:submit",
        extensions=[Requires(Object.PROJECT_LIST, Action.SUBMIT)],
    )
    async def project_list_submit(self, info: Info, id: strawberry.ID, expected_version: int) -> ProjectListResult:
        """Submit."""
        return await _moved(info, ListKind.PROJECT, id, commands.submit_list, expected_version)

    @strawberry.mutation(
        description="Confirm a project list that was handed in; needs permission projectList:confirm",
        extensions=[Requires(Object.PROJECT_LIST, Action.CONFIRM)],
    )
    async def project_list_confirm(self, info: Info, id: strawberry.ID, expected_version: int) -> ProjectListResult:
        """Confirm."""
        return await _moved(info, ListKind.PROJECT, id, commands.confirm_list, expected_version)

    @strawberry.mutation(
        description="Send a project list back with a reason; needs permission projectList:confirm",
        extensions=[Requires(Object.PROJECT_LIST, Action.CONFIRM)],
    )
    async def project_list_return(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> ProjectListResult:
        """Return."""
        return await _moved(info, ListKind.PROJECT, id, commands.return_list, reason, expected_version)

    @strawberry.mutation(
        description="Withdraw a project list with a reason; needs permission projectList:withdraw",
        extensions=[Requires(Object.PROJECT_LIST, Action.WITHDRAW)],
    )
    async def project_list_withdraw(
        self, info: Info, id: strawberry.ID, reason: str, expected_version: int
    ) -> ProjectListResult:
        """Withdraw."""
        return await _moved(info, ListKind.PROJECT, id, commands.withdraw_list, reason, expected_version)


async def _moved(info: Info, kind: ListKind, id: str, move: Callable[..., Awaitable[int]], *given: Any) -> Any:
    key = row_id(id, f"{kind.capitalize()}List", ("id",))
    return await changed_list(info, kind, await move(info.context.viewer, kind, key, *given))
