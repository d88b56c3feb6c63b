"""Plans: what was asked, what came of it, the grids and which building lies in which."""

from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Request, Response

from api.accounts import account_of, permissions_at, reads_plan
from api.deps import Language, Reader, found, language, places_of, versioned
from api.schemas import PlanId
from gis_core.editing.ground import refresh_areas
from gis_core.editing.service import undo_and_redo_of
from gis_core.editing.store import no_plan, plan_row
from gis_core.jobs.store import open_job
from gis_core.layers.plan_views import assignments_json, grids_json, plan_summary

router = APIRouter(prefix="/plans", tags=["plans"], dependencies=[Depends(language)])

_LAYERS = ("plans", "buildings", "communities")
_JSON, _GEOJSON = "application/json", "application/geo+json"


@router.get("/{plan}", dependencies=[reads_plan])
def one_plan(request: Request, connection: Reader, plan: PlanId, lang: Language) -> Response:
    """Status, rules, how it stands to them with reasons, a row a grid, and what the reader may do, undo and redo."""
    row, account = plan_row(connection, plan), account_of(request)
    allowed = permissions_at(connection, account, row.community)
    working = open_job(connection, plan)
    job = working and {"id": working.id, "kind": working.kind}

    def make() -> bytes:
        summary = plan_summary(connection, plan, lang, places_of(request))
        own = {"may": allowed, "job": job, "history": undo_and_redo_of(connection, plan, account.name)}
        return orjson.dumps(summary | own)

    return versioned(
        request,
        connection,
        _LAYERS,
        make,
        media_type=_JSON,
        variant="-".join((lang, quote(account.name), str(job and job["id"]), *allowed)),
        etag_of=lambda version: f'"r{row.revision}.{version}"',
    )


@router.get("/{plan}/grids", dependencies=[reads_plan])
def grids(request: Request, connection: Reader, plan: PlanId) -> Response:
    """Grids as GeoJSON."""
    refresh_areas(connection, plan, places_of(request))
    make = found(grids_json, connection, plan, no_plan)
    return versioned(request, connection, _LAYERS, make, media_type=_GEOJSON)


@router.get("/{plan}/assignments", dependencies=[reads_plan])
def assignments(request: Request, connection: Reader, plan: PlanId) -> Response:
    """{building id: grid number}; a building without a grid is absent."""
    make = found(assignments_json, connection, plan, no_plan)
    return versioned(request, connection, _LAYERS, make, media_type=_JSON)
