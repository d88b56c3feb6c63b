"""All communities of an area, with the state of their plans."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.accounts import scope_of, signed_in
from api.deps import Reader, language, versioned
from api.schemas import After, AreaQuery, PageSize, Search
from gis_core.city.rules import State
from gis_core.city.states import STATE_LAYER, check_grounds, refresh_states
from gis_core.city.store import areas_json, city_json

router = APIRouter(prefix="/city", tags=["city"], dependencies=[Depends(language)])

_GROUNDS_A_READ = 4
"""Communities whose grids are looked at after a change of the ground whenever somebody reads: that takes a moment."""
_JSON = "application/json"


@router.get("/communities", dependencies=[signed_in])
def communities(
    request: Request,
    connection: Reader,
    area: AreaQuery = None,
    state: Annotated[list[State], Query(description="only communities in these states")] = [],  # noqa: B006
    q: Search = "",
    after: After = "",
    limit: PageSize = 50,
) -> Response:
    """A page of those communities that one may look at, with their states, and how many are in each state."""
    scope = scope_of(request, connection)
    refresh_states(connection)
    check_grounds(connection, _GROUNDS_A_READ)
    refresh_states(connection)
    return versioned(
        request,
        connection,
        ("communities", "areas", STATE_LAYER),
        lambda: city_json(
            connection, area=area, states=state, q=q, after=after, limit=limit, within=scope.communities,
            drafts=scope.drafts,
        ).encode(),
        media_type=_JSON,
        variant=scope.variant,
    )  # fmt: skip


@router.get("/areas", dependencies=[signed_in])
def areas(request: Request, connection: Reader) -> Response:
    """The admin areas of those communities, and all areas above."""
    scope = scope_of(request, connection)
    return versioned(
        request,
        connection,
        ("communities", "areas"),
        lambda: areas_json(connection, within=scope.communities).encode(),
        media_type=_JSON,
        variant=scope.variant,
    )
