"""Vector tiles."""

from fastapi import APIRouter, Request, Response

from api.accounts import account_of, check_reads_plan, scope_of, signed_in
from api.deps import Reader, places_of, versioned
from api.schemas import PlanQuery
from gis_core.city.states import refresh_states
from gis_core.editing.ground import refresh_areas
from gis_core.layers.tiles import tile, tile_layer

router = APIRouter(prefix="/tiles", tags=["tiles"])


@router.get("/{layer}/{z}/{x}/{y}", dependencies=[signed_in])
def one_tile(
    request: Request, connection: Reader, layer: str, z: int, x: int, y: int, plan: PlanQuery = None
) -> Response:
    """A Mapbox vector tile of a layer; 204 where it is empty. The layer `grids` needs `?plan=ID`."""
    source = tile_layer(layer)
    scope = scope_of(request, connection)
    if plan is not None and source.by_plan:
        check_reads_plan(connection, account_of(request), plan)
        refresh_areas(connection, plan, places_of(request))
    if source.by_state:
        refresh_states(connection)
    return versioned(
        request,
        connection,
        source.depends_on,
        lambda: tile(connection, source, z, x, y, plan=plan, within=scope.communities, drafts=scope.drafts),
        media_type="application/vnd.mapbox-vector-tile",
        variant=scope.variant,
    )
