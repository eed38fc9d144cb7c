"""Permission declared beside the field: may this caller do this kind of thing anywhere at all?

The row decides a second time, in the command (`api.commands.permission.require`), where it is known.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types import Info

from api.errors import Forbidden, Unauthenticated
from auth.permissions import Action, Object, Permission
from auth.principal import PrincipalKind
from auth.relations import RowScope


class Requires(FieldExtension):
    """Refuse a mutation at once when no role of the caller could allow it on any row."""

    def __init__(self, object_: Object, action: Action) -> None:
        """Name the permission; a test walks the schema and finds it here."""
        self.permission = Permission(object_, action)

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info[Any, Any], **arguments: Any
    ) -> Any:
        """Go on when some row may allow it.

        Raises:
            Unauthenticated: nobody is signed in.
            Forbidden: signed in, but without any such right.
        """
        viewer = info.context.viewer
        if not viewer.authoriser.may_somewhere(viewer.principal, self.permission):
            if viewer.principal.kind is PrincipalKind.ANONYMOUS:
                raise Unauthenticated("请先登录或出示密钥", "Sign in or present a key first")
            why = viewer.authoriser.explain(viewer.principal, self.permission, RowScope())
            raise Forbidden(
                f"没有 {self.permission} 这项权限",
                f"You do not have the permission {self.permission}",
                rule_id=why.rule_id,
            )
        return await next_(source, info, **arguments)


class ReadAnew(FieldExtension):
    """Let no answer of this field be kept under an `Idempotency-Key`: each reading is an act of its own."""

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info[Any, Any], **arguments: Any
    ) -> Any:
        """Note it, also when the reading is refused, and go on."""
        info.context.anew += 1
        return await next_(source, info, **arguments)
