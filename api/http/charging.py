"""Before an operation is executed, its points are taken from whoever asks."""

from typing import Any, Final

from starlette.requests import Request
from strawberry.http import GraphQLRequestData

from api.http.budgets import Budgets, Cost
from api.http.documents import Documents
from api.http.idempotency import KEY
from auth.principal import Principal

_TRUSTED: Final = "documentId"


async def charge(
    budgets: Budgets, documents: Documents, principal: Principal, address: str, asked: GraphQLRequestData
) -> Cost | None:
    """Take what an operation costs, and return it; None when nobody counts this caller's points.

    A subscription costs once, when it begins: its news are one payload for all who hear them.

    Raises:
        Refusal: 429 when there are not enough; a new document is then not even read.
    """
    account = budgets.account(principal, address)
    if account is None:
        return None
    text = asked.query or ""
    if not documents.knows(text):
        await budgets.require_any(account)
    weighed = documents.weigh(documents.prepare(text), asked.operation_name, asked.variables or {})
    return await budgets.spend(account, weighed.points)


async def require_any(budgets: Budgets, principal: Principal, address: str) -> None:
    """Refuse whoever has nothing left. Raise Refusal, 429."""
    account = budgets.account(principal, address)
    if account is not None:
        await budgets.require_any(account)


def told_cost(request: Request) -> dict[str, Any] | None:
    """Return what an answer tells of its cost, in `extensions.cost`.

    Nothing where the same request has the same bytes for its answer, so that they can be kept: under an idempotency
    key, and for a trusted document by GET. The headers tell there.
    """
    cost: Cost | None = getattr(request.state, "cost", None)
    if cost is None or KEY in request.headers or _TRUSTED in request.query_params:
        return None
    return cost.told()
