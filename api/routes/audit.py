"""The log of who did what."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.accounts import check_everywhere_or_in, signed_in
from api.deps import Reader
from gis_core.accounts.rules import Permission
from gis_core.audit import entries_before

router = APIRouter(tags=["audit"])


@router.get("/audit", dependencies=[signed_in])
def audit(
    request: Request,
    connection: Reader,
    community: Annotated[
        str | None, Query(max_length=64, pattern=r"^[^\x00]*$", description="its code")
    ] = None,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="entries before this id")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="entries in one page")] = 100,
) -> dict[str, Any]:
    """A page of the log, newest first, of a community or of all; `next` is the `before` of the next page, or null.

    An empty `community` is none.
    """
    community = community or None
    check_everywhere_or_in(request, connection, Permission.AUDIT_READ, community)
    entries = entries_before(connection, before, limit + 1, community)
    page = entries[:limit]
    return {
        "entries": [_plain(entry) for entry in page],
        "next": page[-1]["id"] if len(entries) > limit else None,
    }


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    at: datetime = entry["at"]
    return entry | {"at": at.isoformat()}
