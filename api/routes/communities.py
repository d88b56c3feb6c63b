"""Communities, their buildings, barriers and plans. A code may hold slashes, so that the shortest path comes last."""

from fastapi import APIRouter, Depends, Request, Response

from api.deps import Reader, found, language, places_of, versioned
from api.schemas import After, CommunityCode, PageSize, Search
from gis_core.editing.ground import PLACE_LAYERS, neighbours_json
from gis_core.errors import NotFoundError
from gis_core.layers.plan_views import plans_json
from gis_core.places.store import barriers_json, buildings_json, communities_json, community_json

router = APIRouter(prefix="/communities", tags=["communities"], dependencies=[Depends(language)])

_PLACES = ("communities", "estates", "buildings", "organisations")
_JSON, _GEOJSON = "application/json", "application/geo+json"


@router.get("")
def list_communities(
    request: Request, connection: Reader, after: After = "", q: Search = "", limit: PageSize = 50
) -> Response:
    """A page of communities in the order of their codes."""
    return versioned(
        request,
        connection,
        (*_PLACES, "plans"),
        lambda: communities_json(connection, after=after, q=q, limit=limit).encode(),
        media_type=_JSON,
    )


@router.get("/{code:path}/buildings")
def buildings(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Buildings as GeoJSON, with counts and how each is known."""
    make = found(buildings_json, connection, code, _no_community)
    return versioned(request, connection, _PLACES, make, media_type=_GEOJSON)


@router.get("/{code:path}/barriers")
def barriers(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Roads, walls, water and railways in and around the community, as GeoJSON."""
    make = found(barriers_json, connection, code, _no_community)
    return versioned(request, connection, ("barriers", "communities"), make, media_type=_GEOJSON)


@router.get("/{code:path}/neighbours")
def neighbours(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Which buildings' pieces of ground meet, over how many metres, and along which line."""

    def make() -> bytes:
        return neighbours_json(connection, code, places_of(request)).encode()

    return versioned(request, connection, PLACE_LAYERS, make, media_type=_JSON)


@router.get("/{code:path}/plans")
def plans(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """The community's plans, newest version first."""
    make = found(plans_json, connection, code, _no_community)
    return versioned(request, connection, ("plans", "communities"), make, media_type=_JSON)


@router.get("/{code:path}")
def one_community(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Boundary, totals and how the counts are known."""
    return versioned(
        request, connection, _PLACES, found(community_json, connection, code, _no_community), media_type=_JSON
    )


def _no_community(code: str) -> NotFoundError:
    return NotFoundError(f"There is no community with the code {code}.", f"没有代码为 {code} 的社区。")
