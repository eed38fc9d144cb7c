"""Sent workbooks: kept for an hour, sealed, for the one who sent them."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from api import clock
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import LimitExceeded, NotFound
from api.identifiers import new_id
from api.models import Organisation, WorkbookUpload
from api.plan.viewer import Viewer

KEPT: Final = timedelta(hours=1)
MOST: Final = 30
LONGEST_TOKEN: Final = 100


class Kept(NamedTuple):
    """How a kept workbook is asked for, and until when."""

    token: str
    expires_at: datetime


async def keep_workbook(viewer: Viewer, organisation: Organisation, content: str, rows: int) -> Kept:
    """Keep the cells of a workbook until it is confirmed; what has expired goes at the same time.

    Raises:
        LimitExceeded: the viewer has sent as many as an hour may hold.
    """
    kept = Kept(secrets.token_urlsafe(24), clock.now() + KEPT)
    async with unit_of_work(viewer) as work:
        await WorkbookUpload.filter(expires_at__lt=clock.now()).delete()
        if await WorkbookUpload.filter(actor=viewer.principal.actor).count() >= MOST:
            raise LimitExceeded(
                f"一小时内最多上传 {MOST} 次,请先确认或稍后再传", f"At most {MOST} uploads an hour; confirm one or wait"
            )
        upload = await WorkbookUpload.create(
            id=new_id(),
            organisation_id=organisation.id,
            actor=viewer.principal.actor,
            token_hash=_hash(kept.token),
            content=content,
            created_at=clock.now(),
            expires_at=kept.expires_at,
        )
        change = {"rows": rows}
        work.record(Done("workbook.upload", "WorkbookUpload", upload.id, organisation.path, change, quiet=True))
    return kept


async def kept_workbook(viewer: Viewer, token: str) -> WorkbookUpload:
    """Return a kept workbook, locked until the commit.

    Raises:
        NotFound: there is none of that token, it has expired, or somebody else sent it.
    """
    row: Any = None
    if len(token) <= LONGEST_TOKEN:
        row = await WorkbookUpload.filter(token_hash=_hash(token)).select_for_update().first()
    if row is None or row.actor != viewer.principal.actor or row.expires_at < clock.now():
        raise NotFound(
            "没有找到这次上传,或已过一小时,请重新上传",
            "There is no such upload, or its hour is over; send it again",
            ("token",),
        )
    found: WorkbookUpload = row
    return found


async def close_workbook(upload: WorkbookUpload, outcome: dict[str, Any]) -> Done:
    """Note what confirming a workbook did; return the record."""
    await WorkbookUpload.filter(id=upload.id).update(outcome=outcome)
    organisation = await Organisation.get(id=upload.organisation_id)
    return Done("workbook.confirm", "WorkbookUpload", upload.id, organisation.path, outcome, quiet=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
