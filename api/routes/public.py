"""What everybody sees without an account: incidents on the map, how dense they are, photos that were published."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from api.accounts import open_to_all
from api.deps import Lang, Language, Reader
from api.incident_filters import Text, box_of
from api.incident_gates import InOffice
from gis_core.errors import NotFoundError
from gis_core.incidents.life import life
from gis_core.incidents.public_map import (
    PublicFilter,
    density_json,
    list_public,
    public_categories,
    public_notices,
    public_photo,
)

router = APIRouter(tags=["public"])
After = Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before")]
_CACHED = {"Cache-Control": "public, max-age=60"}


def public_view(row: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """An incident as everybody sees it."""
    return {
        "number": row["number"], "category": row["category"], "category_name": row[f"category_{lang}"],
        "group": row["group"], "kind": row["kind"], "state": row["state"],
        "state_name": getattr(life().states[row["state"]], lang), "open": row["open"], "community": row["community"],
        "community_name": row["community_name"], "reported": row["reported"].isoformat(),
        "closed": row["closed"] and row["closed"].isoformat(), "note": row["note"],
        "photos": [f"public/photos/{photo}" for photo in row["photos"]],
    }  # fmt: skip


@router.get("/public/incidents", dependencies=[open_to_all])
def incidents(
    office: InOffice,
    connection: Reader,
    response: Response,
    lang: Language,
    bbox: Text = None,
    category: Text = None,
    state: Literal["open", "closed"] | None = None,
    after: After = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Open incidents and those ended in the last 90 days, the newest first; places to about ten metres."""
    asked = PublicFilter(
        category=category, open=None if state is None else state == "open", bbox=box_of(bbox)
    )
    rows, following = list_public(
        connection, asked, zone=office.calendar.zone, now=datetime.now(UTC), after=after, limit=limit
    )
    response.headers.update(_CACHED)
    found = [{**public_view(row, lang), "lon": row["lon"], "lat": row["lat"]} for row in rows]
    return {"incidents": found, "next": following}


@router.get("/public/notices", dependencies=[open_to_all])
def notices(connection: Reader, response: Response, lang: Language) -> dict[str, Any]:
    """Notices of approvals that are in their time, at each of their three levels; the newest first."""
    response.headers.update(_CACHED)
    rows = public_notices(connection, datetime.now(UTC))
    return {
        "notices": [
            {
                "number": row["number"], "level": row["level"], "area": row["area"],
                "community_name": row["community"], "text": row[f"text_{lang}"],
                "begins_at": row["begins_at"].isoformat(), "ends_at": row["ends_at"].isoformat(),
            }
            for row in rows
        ]
    }  # fmt: skip


@router.get("/public/categories", dependencies=[open_to_all])
def categories(connection: Reader, lang: Language) -> dict[str, Any]:
    """Categories that the map shows."""
    return {"categories": [{"code": one["code"], "name": one[lang]} for one in public_categories(connection)]}


@router.get("/public/density", dependencies=[open_to_all])
def density(connection: Reader, bbox: Text = None) -> Response:
    """Grids in force with how many incidents of the map lie in each, as GeoJSON; fewer than five are null."""
    text = density_json(connection, box_of(bbox), datetime.now(UTC))
    return Response(text, media_type="application/geo+json", headers={"Cache-Control": "public, max-age=300"})


@router.get("/public/photos/{photo}", dependencies=[open_to_all])
def photo(connection: Reader, photo: Annotated[int, Path(ge=1, lt=2**63)]) -> Response:
    """A photo that was checked and published."""
    content = public_photo(connection, photo, datetime.now(UTC))
    if content is None:
        raise NotFoundError(f"There is no public photo {photo}.", f"没有公开的照片 {photo}。")
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "public, max-age=300"})
