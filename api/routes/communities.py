"""Communities, their buildings, barriers and plans. A code may hold slashes, so that the shortest path comes last."""

from functools import partial

import orjson
from fastapi import APIRouter, Depends, Request, Response

from api.accounts import account_of, permissions_at, reads_map, scope_of, signed_in
from api.deps import Reader, found, language, places_of, versioned
from api.schemas import After, CommunityCode, PageSize, Search
from gis_core.editing.ground import PLACE_LAYERS, neighbours_json
from gis_core.errors import NotFoundError
from gis_core.layers.plan_views import plans_json
from gis_core.places.store import barriers_json, buildings_json, communities_json, community_json

router = APIRouter(prefix="/communities", tags=["communities"], dependencies=[Depends(language)])

_PLACES = ("communities", "estates", "buildings", "organisations")
_JSON, _GEOJSON = "application/json", "application/geo+json"


@router.get("", dependencies=[signed_in])
def list_communities(
    request: Request, connection: Reader, after: After = "", q: Search = "", limit: PageSize = 50
) -> Response:
    """A page of those communities that one may look at, in the order of their codes."""
    scope = scope_of(request, connection)
    return versioned(
        request,
        connection,
        (*_PLACES, "plans"),
        lambda: communities_json(
            connection, after=after, q=q, limit=limit, within=scope.communities, drafts=scope.drafts
        ).encode(),
        media_type=_JSON,
        variant=scope.variant,
    )


@router.get("/{code:path}/buildings", dependencies=[reads_map])
def buildings(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Buildings as GeoJSON, with counts and how each is known."""
    make = found(buildings_json, connection, code, _no_community)
    return versioned(request, connection, _PLACES, make, media_type=_GEOJSON)


@router.get("/{code:path}/barriers", dependencies=[reads_map])
def barriers(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Roads, walls, water and railways in and around the community, as GeoJSON."""
    make = found(barriers_json, connection, code, _no_community)
    return versioned(request, connection, ("barriers", "communities"), make, media_type=_GEOJSON)


@router.get("/{code:path}/neighbours", dependencies=[reads_map])
def neighbours(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Which buildings' pieces of ground meet, over how many metres and along which line, and links over its gaps."""

    def make() -> bytes:
        return neighbours_json(connection, code, places_of(request)).encode()

    # A page that kept an answer from before there were links reads it anew.
    return versioned(request, connection, PLACE_LAYERS, make, media_type=_JSON, variant="links")


@router.get("/{code:path}/plans", dependencies=[reads_map])
def plans(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Those of the community's plans that one may look at, newest version first."""
    scope = scope_of(request, connection)
    make = found(partial(plans_json, drafts=scope.drafts), connection, code, _no_community)
    layers = ("plans", "communities")
    return versioned(request, connection, layers, make, media_type=_JSON, variant=scope.variant)


@router.get("/{code:path}", dependencies=[reads_map])
def one_community(request: Request, connection: Reader, code: CommunityCode) -> Response:
    """Boundary, totals, how the counts are known, and what the reader may do here."""
    allowed = permissions_at(connection, account_of(request), code)
    make = found(community_json, connection, code, _no_community)
    return versioned(
        request,
        connection,
        _PLACES,
        lambda: orjson.dumps(orjson.loads(make()) | {"may": allowed}),
        media_type=_JSON,
        variant="-".join(allowed),
    )


def _no_community(code: str) -> NotFoundError:
    return NotFoundError(f"There is no community with the code {code}.", f"没有代码为 {code} 的社区。")
