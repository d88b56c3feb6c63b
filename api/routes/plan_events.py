"""Live news of a plan."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse

from api.accounts import account_of, reads_plan
from api.plan_feeds import PlanFeeds
from api.schemas import PlanId
from api.streams import stream

router = APIRouter(prefix="/plans", tags=["edits"])


@router.get("/{plan}/events", dependencies=[reads_plan])
async def events(
    request: Request,
    plan: PlanId,
    after: Annotated[int | None, Query(ge=0, lt=2**63, description="edits after this revision")] = None,
    last_event_id: Annotated[int | None, Header(description="revision of the last edit that arrived")] = None,
) -> EventSourceResponse:
    """Edits, changes of status, comments and who is there, as they happen; what was missed comes first."""
    feeds: PlanFeeds = request.app.state.feeds
    since = after if last_event_id is None else last_event_id
    return stream(feeds.watch(plan, since, account_of(request).display_name))
