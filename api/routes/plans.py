"""Plans: what was asked, what came of it, the grids and which building lies in which."""

from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Request, Response

from api.accounts import By
from api.deps import Language, Reader, found, language, places_of, versioned
from api.schemas import PlanId
from gis_core.editing.ground import refresh_areas
from gis_core.editing.service import undo_and_redo_of
from gis_core.editing.store import no_plan, plan_row
from gis_core.layers.plan_views import assignments_json, grids_json, plan_summary

router = APIRouter(prefix="/plans", tags=["plans"], dependencies=[Depends(language)])

_LAYERS = ("plans", "buildings", "communities")
_JSON, _GEOJSON = "application/json", "application/geo+json"


@router.get("/{plan}")
def one_plan(request: Request, connection: Reader, plan: PlanId, lang: Language, by: By) -> Response:
    """Status, rules, how it stands to them with reasons, a row a grid, and what the reader may undo and redo."""
    revision = plan_row(connection, plan).revision

    def make() -> bytes:
        summary = plan_summary(connection, plan, lang, places_of(request))
        return orjson.dumps(summary | {"history": undo_and_redo_of(connection, plan, by)})

    return versioned(
        request,
        connection,
        _LAYERS,
        make,
        media_type=_JSON,
        variant=f"{lang}-{quote(by)}",
        etag_of=lambda version: f'"r{revision}.{version}"',
    )


@router.get("/{plan}/grids")
def grids(request: Request, connection: Reader, plan: PlanId) -> Response:
    """Grids as GeoJSON."""
    refresh_areas(connection, plan, places_of(request))
    make = found(grids_json, connection, plan, no_plan)
    return versioned(request, connection, _LAYERS, make, media_type=_GEOJSON)


@router.get("/{plan}/assignments")
def assignments(request: Request, connection: Reader, plan: PlanId) -> Response:
    """{building id: grid number}; a building without a grid is absent."""
    make = found(assignments_json, connection, plan, no_plan)
    return versioned(request, connection, _LAYERS, make, media_type=_JSON)
