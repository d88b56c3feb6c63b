"""Vector tiles."""

from fastapi import APIRouter, Request, Response

from api.deps import Reader, places_of, versioned
from api.schemas import PlanQuery
from gis_core.editing.ground import refresh_areas
from gis_core.layers.tiles import tile, tile_layer

router = APIRouter(prefix="/tiles", tags=["tiles"])


@router.get("/{layer}/{z}/{x}/{y}")
def one_tile(
    request: Request, connection: Reader, layer: str, z: int, x: int, y: int, plan: PlanQuery = None
) -> Response:
    """A Mapbox vector tile of a layer; 204 where it is empty. The layer `grids` needs `?plan=ID`."""
    source = tile_layer(layer)
    if plan is not None and source.by_plan:
        refresh_areas(connection, plan, places_of(request))
    return versioned(
        request,
        connection,
        source.depends_on,
        lambda: tile(connection, source, z, x, y, plan=plan),
        media_type="application/vnd.mapbox-vector-tile",
    )
