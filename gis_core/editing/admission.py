"""Whether a request may change a plan: what others did since the revision it names, and whether it came before."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from gis_core.editing import store
from gis_core.editing.rules import Edit
from gis_core.editing.store import PlanRow
from gis_core.errors import ConflictError, RepeatedKeyError, StaleError
from gis_core.plans.rules import PlanStatus


@dataclass(frozen=True)
class Request:
    """Who asks for an edit of which plan, on which revision.

    Attributes:
        key: (idempotency key, hash of the request's body).
        lenient: edits that others made since are no obstacle where they moved none of the same buildings.
    """

    plan: int
    revision: int
    by: str
    now: datetime
    key: tuple[str, str] | None = None
    lenient: bool = False


def made_before(
    connection: psycopg.Connection, request: Request, row: PlanRow, buildings: Collection[int]
) -> Edit | None:
    """The edit that this request made when it came before; None where it is new, and may be made now.

    Args:
        buildings: those that the request names.

    Raises:
        RepeatedKeyError: the key was for another request.
        ConflictError: the plan is not edited any more.
        StaleError: others have edited it since.
    """
    if request.key is not None:
        key, own = request.key
        found = store.find_request(connection, row.id, request.by, key)
        if found is not None:
            edit, then = found
            if then != own:
                raise RepeatedKeyError()
            return edit
    check_editable(row)
    if request.revision == row.revision:
        return None
    edits = store.edits_since(connection, row.id, request.revision)
    theirs = {move.building for edit in edits for move in edit.moves}
    if request.lenient and edits and theirs.isdisjoint(buildings):
        return None
    raise StaleError(row.revision, [edit.to_dict() for edit in edits])


def missed(connection: psycopg.Connection, request: Request, revision: int) -> list[dict[str, Any]]:
    """The edits between the revision that the request names and another: what its sender does not know of yet."""
    if request.revision >= revision:
        return []
    edits = store.edits_since(connection, request.plan, request.revision)
    return [edit.to_dict() for edit in edits if edit.revision <= revision]


def check_editable(row: PlanRow) -> None:
    """Raises ConflictError where the plan is not a draft."""
    if row.status is PlanStatus.DRAFT:
        return
    way, zh = (
        ("reopen it as a draft", "请先退回为草案")
        if row.status is PlanStatus.PROPOSED
        else ("fork it and edit the fork", "请另存为新方案再编辑")
    )
    raise ConflictError(
        f"Plan {row} is {row.status}, and only drafts are edited; {way}.",
        f"方案 {row} 的状态是{row.status.word('zh')}，只有草案可以编辑；{zh}。",
    )


def check_whole(row: PlanRow) -> None:
    """Raises ConflictError where buildings are split among the plan's grids: moves are of whole ones."""
    if row.split:
        raise ConflictError(
            f"Plan {row} splits buildings among grids, so it cannot be edited by hand; fork it: the fork gives each "
            "building whole to the grid of most of its households.",
            f"方案 {row} 把楼栋拆分到多个网格，不能手工编辑；"
            "请另存为新方案：新方案中每栋楼整栋归入其户数最多的网格。",
        )
