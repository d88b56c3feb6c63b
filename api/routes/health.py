"""Whether the service can work."""

from fastapi import APIRouter, Response

from api.accounts import open_to_all
from api.deps import Reader
from gis_core.db import newest_revision
from gis_core.layers.health import database_health

router = APIRouter(tags=["health"])


@router.get("/health", dependencies=[open_to_all])
def health(connection: Reader, response: Response) -> dict[str, str | bool | None]:
    """Versions of PostgreSQL and PostGIS, and whether the schema is the newest one; 503 where it is not."""
    report = database_health(connection, newest_revision())
    response.status_code = 200 if report["ok"] else 503
    response.headers["Cache-Control"] = "no-store"
    return report
