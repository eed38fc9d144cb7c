"""Root field that gives a signed link to an export."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import strawberry
from strawberry.scalars import JSON

from api.context import Info
from api.errors import InvalidInput, Unauthenticated
from api.exports.links import Holder, signed_link
from api.exports.tables import TABLES
from api.schema.export_filters import export_condition


@strawberry.enum(description="Form of an exported file")
class ExportForm(StrEnum):
    """Form."""

    CSV = "CSV"
    XLSX = "XLSX"


@strawberry.type(description="A link to a file that opens without a key, for ten minutes")
class ExportLink:
    """Link."""

    address: str = strawberry.field(description="Path and query on this server; whoever has it reads as its asker")
    expires_at: datetime = strawberry.field(description="Until when it opens; a revoked key ends it at once")


@strawberry.type
class ExportQuery:
    """Root field of exports."""

    @strawberry.field(description="Link to an export for a program that can send no header; needs a key or a session")
    async def export_link(
        self, info: Info, name: str, form: ExportForm = ExportForm.XLSX, filter: JSON | None = None
    ) -> ExportLink:
        """Return the link, having checked the filter."""
        viewer = info.context.viewer
        principal = viewer.principal
        if principal.session is None:
            raise Unauthenticated("请先登录或出示密钥", "Sign in or present a key first")
        if name not in TABLES:
            known = ", ".join(TABLES)
            raise InvalidInput(f"没有这个导出,可用的有 {known}", f"Unknown export; known are {known}", ("name",))
        asked: Any = filter or {}
        if not isinstance(asked, dict):
            raise InvalidInput("筛选须为一个对象", "The filter must be an object", ("filter",))
        await export_condition(info.schema, viewer, name, asked)
        pairs = [("filter", orjson.dumps(asked).decode())] if asked else []
        link = signed_link(f"{name}.{form.lower()}", pairs, Holder(principal.session, principal.language))
        return ExportLink(address=link.address, expires_at=link.expires_at)
