"""What the desk has beside the cases: messages, visits, and routing tried out."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat

from api.accounts import NeedsCommunity, NeedsSomewhere, account_of, check_in, signed_in
from api.deps import Language, Reader
from api.incident_bodies import checked_key, plain
from api.schemas import CommunityCode
from api.writing import IdempotencyKey, transaction
from gis_core.accounts.rules import Permission
from gis_core.errors import InvalidInputError, NotFoundError
from gis_core.incidents import inbox, people, store, trying, visits

router = APIRouter(tags=["incidents"])
reads_somewhere = Depends(NeedsSomewhere((Permission.INCIDENT_READ,)))
reads_or_sets_up = Depends(NeedsSomewhere((Permission.INCIDENT_READ, Permission.INCIDENT_SETUP)))


class TryBody(BaseModel):
    """A made-up report."""

    model_config = ConfigDict(extra="forbid")
    lon: Annotated[FiniteFloat, Field(ge=-180, le=180)]
    lat: Annotated[FiniteFloat, Field(ge=-90, le=90)]
    category: Annotated[str, Field(max_length=64)]
    condition: Annotated[str | None, Field(max_length=64)] = None


class VisitBody(BaseModel):
    """A patrol past a building, or a visit in it; nothing of persons."""

    model_config = ConfigDict(extra="forbid")
    building: Annotated[int, Field(ge=1, lt=2**63)]
    kind: Literal["patrol", "visit"]
    outcome: Literal["nothing", "incident", "nobody_in", "advised"]
    at: AwareDatetime | None = None


@router.get("/inbox", dependencies=[signed_in])
def messages(
    request: Request,
    connection: Reader,
    lang: Language,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="messages before this id")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """One's messages, the newest first."""
    account = account_of(request).id
    letters = inbox.inbox(connection, account, before, limit, lang=lang)
    return {
        "messages": [plain(one.to_dict()) for one in letters],
        "unread": inbox.unread(connection, account),
    }


@router.post("/inbox/{message}/read", dependencies=[signed_in], status_code=204)
def read(request: Request, message: Annotated[int, Field(ge=1, lt=2**63)]) -> None:
    """Mark a message as read."""
    with transaction(request) as connection:
        inbox.mark_read(connection, account_of(request).id, datetime.now(UTC), message=message)


@router.get("/incidents/routes", dependencies=[reads_or_sets_up])
def routes(connection: Reader, lang: Language) -> dict[str, Any]:
    """The routing rules in their order."""
    return {"routes": trying.rules_in_order(connection, lang)}


@router.post("/incidents/routes/dry-run", dependencies=[reads_somewhere])
def try_route(request: Request, connection: Reader, lang: Language, body: TryBody) -> dict[str, Any]:
    """Where a report would go: its grid, the rule that counts and why the earlier ones do not, limits and people."""
    spot = store.spot_of(connection, body.lon, body.lat)
    if spot is not None:
        check_in(connection, account_of(request), Permission.INCIDENT_READ, spot.community)
    return trying.try_route(connection, body.lon, body.lat, body.category, body.condition, lang)


@router.post("/visits", dependencies=[signed_in], status_code=201)
def visit(request: Request, body: VisitBody, idempotency_key: IdempotencyKey = None) -> dict[str, Any]:
    """Record a patrol or a visit; sent again with its key, it is recorded once."""
    key = checked_key(idempotency_key, required=False)
    account, now = account_of(request), datetime.now(UTC)
    at = body.at or now
    if not now - timedelta(days=30) <= at <= now + timedelta(minutes=10):
        raise InvalidInputError(
            f"at = {at.isoformat()}: a visit lies within the last 30 days.",
            f"at = {at.isoformat()}：走访时间须在最近 30 天内。",
        )
    with transaction(request) as connection:
        community = visits.community_of(connection, body.building)
        if community is None:
            raise NotFoundError(f"There is no building {body.building}.", f"没有楼栋 {body.building}。")
        check_in(connection, account, Permission.VISIT_WRITE, community)
        made = visits.record_visit(
            connection, body.building, body.kind, body.outcome, by=account.name, at=at,
            key=key and f"{account.name}:{key}",
        )  # fmt: skip
    return {"id": made}


@router.get(
    "/communities/{code:path}/visits", dependencies=[Depends(NeedsCommunity(Permission.INCIDENT_READ))]
)
def visited(
    request: Request,
    connection: Reader,
    code: CommunityCode,
    days: Annotated[int, Query(ge=1, le=366)] = 90,
) -> dict[str, Any]:
    """When each building was visited last in so many days, how many of those with households were, and one's grids."""
    found = visits.visited_since(connection, code, datetime.now(UTC) - timedelta(days=days))
    return plain({**found, "own_grids": people.grids_of(connection, account_of(request).id, code)})
