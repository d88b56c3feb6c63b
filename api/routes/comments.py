"""Comments pinned to a plan's map."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, FiniteFloat, StrictBool

from api.accounts import By, NeedsComment, NeedsPlan, reads_plan
from api.deps import Reader
from api.schemas import CommentId, PlanId
from api.writing import transaction
from gis_core.accounts.rules import Permission
from gis_core.comments import service
from gis_core.comments.store import comments_of

router = APIRouter(tags=["comments"])


class CommentBody(BaseModel):
    """A remark at [longitude, latitude], degrees."""

    model_config = ConfigDict(extra="forbid")
    place: tuple[FiniteFloat, FiniteFloat]
    text: str


class ResolvedBody(BaseModel):
    """Whether the matter is settled."""

    model_config = ConfigDict(extra="forbid")
    resolved: StrictBool


@router.get("/plans/{plan}/comments", dependencies=[reads_plan])
def comments(connection: Reader, plan: PlanId) -> dict[str, Any]:
    """The plan's comments, oldest first."""
    return {"comments": [comment.to_dict() for comment in comments_of(connection, plan)]}


@router.post(
    "/plans/{plan}/comments", status_code=201, dependencies=[Depends(NeedsPlan(Permission.COMMENT_WRITE))]
)
def comment(request: Request, plan: PlanId, by: By, body: CommentBody) -> dict[str, Any]:
    """Pin a remark to a place."""
    with transaction(request) as connection:
        made = service.add_comment(connection, plan, body.place, body.text, by=by, now=datetime.now(UTC))
    return made.to_dict()


@router.patch("/comments/{comment}", dependencies=[Depends(NeedsComment(Permission.COMMENT_WRITE))])
def resolve(request: Request, comment: CommentId, by: By, body: ResolvedBody) -> dict[str, Any]:
    """Settle a matter, or open it again."""
    with transaction(request) as connection:
        changed = service.resolve(connection, comment, resolved=body.resolved, by=by, now=datetime.now(UTC))
    return changed.to_dict()
