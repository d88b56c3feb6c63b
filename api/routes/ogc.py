"""OGC API - Features, Part 1: the incidents that everybody may see, for GIS programs; WGS 84, longitude first."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from api import ogc_description as described
from api.accounts import open_to_all
from api.deps import Lang, Language, Reader
from api.incident_filters import Text, box_of
from api.incident_gates import InOffice
from api.routes.public import After, public_view
from gis_core.errors import InvalidInputError, NotFoundError
from gis_core.incidents.public_map import MOST, PublicFilter, extent_of, list_public

router = APIRouter(prefix="/ogc", tags=["ogc"])
Format = Annotated[Literal["json"] | None, Query(alias="f", description="json, the only one")]


def _base(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/ogc"


@router.get("", dependencies=[open_to_all])
def landing(request: Request, form: Format = None) -> dict[str, Any]:  # noqa: ARG001
    """The landing page."""
    return described.landing(_base(request))


@router.get("/api", dependencies=[open_to_all])
def api(request: Request, form: Format = None) -> JSONResponse:  # noqa: ARG001
    """The service as OpenAPI 3.0."""
    return JSONResponse(described.openapi(_base(request)), media_type=described.OPENAPI)


@router.get("/conformance", dependencies=[open_to_all])
def conformance(form: Format = None) -> dict[str, list[str]]:  # noqa: ARG001
    """The classes that the service conforms to."""
    return {"conformsTo": described.CONFORMS_TO}


@router.get("/collections", dependencies=[open_to_all])
def collections(request: Request, connection: Reader, form: Format = None) -> dict[str, Any]:  # noqa: ARG001
    """The collections: there is one."""
    return described.collections(_base(request), extent_of(connection))


@router.get("/collections/incidents", dependencies=[open_to_all])
def collection(request: Request, connection: Reader, form: Format = None) -> dict[str, Any]:  # noqa: ARG001
    """The collection of incidents."""
    return described.collection(_base(request), extent_of(connection))


@router.get("/collections/incidents/items", dependencies=[open_to_all])
def items(
    request: Request,
    office: InOffice,
    connection: Reader,
    lang: Language,
    limit: Annotated[int, Query(ge=1, description=f"how many; above {MOST}: {MOST}")] = 100,
    after: After = None,
    bbox: Text = None,
    when: Annotated[str | None, Query(alias="datetime", max_length=100)] = None,
    category: Text = None,
    state: Text = None,
    kind: Text = None,
    form: Format = None,  # noqa: ARG001
) -> JSONResponse:
    """Incidents as GeoJSON, the newest first; a link `next` leads to the following page."""
    zone = office.calendar.zone
    asked = PublicFilter(category, state, kind, bbox=_flat_box(bbox), days=days_of(when, office.calendar.tz))
    rows, following = list_public(
        connection, asked, zone=zone, now=datetime.now(UTC), after=after, limit=min(limit, MOST)
    )
    own = f"{_base(request)}/collections/incidents"
    links = [
        described.link(str(request.url), "self", described.GEOJSON),
        described.link(own, "collection"),
    ]
    if following is not None:
        query = {**request.query_params, "after": following}
        links.append(described.link(f"{own}/items?{urlencode(query)}", "next", described.GEOJSON))
    found = {
        "type": "FeatureCollection",
        "features": [_feature(row, lang) for row in rows],
        "numberReturned": len(rows),
        "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "links": links,
    }
    return JSONResponse(found, media_type=described.GEOJSON)


@router.get("/collections/incidents/items/{number}", dependencies=[open_to_all])
def item(
    request: Request,
    office: InOffice,
    connection: Reader,
    lang: Language,
    number: Annotated[str, Path(max_length=64, pattern=r"^[^\x00]*$")],
    form: Format = None,  # noqa: ARG001
) -> JSONResponse:
    """One incident as GeoJSON."""
    asked = PublicFilter(number=number)
    rows, _ = list_public(connection, asked, zone=office.calendar.zone, now=datetime.now(UTC), limit=1)
    if not rows:
        raise NotFoundError(f"There is no public incident {number}.", f"没有公开的事件 {number}。")
    own = f"{_base(request)}/collections/incidents"
    links = [
        described.link(f"{own}/items/{number}", "self", described.GEOJSON),
        described.link(own, "collection"),
    ]
    return JSONResponse({**_feature(rows[0], lang), "links": links}, media_type=described.GEOJSON)


def _feature(row: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    told = public_view(dict(row), lang)
    told["photos"] = ", ".join(told["photos"])
    point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {"type": "Feature", "id": row["number"], "geometry": point, "properties": told}


def _flat_box(told: str | None) -> tuple[float, float, float, float] | None:
    """A box of four numbers, or of six whose heights are left aside."""
    parts = (told or "").split(",")
    return box_of(",".join((*parts[:2], *parts[3:5])) if len(parts) == 6 else told)


def days_of(told: str | None, zone: ZoneInfo) -> tuple[date | None, date | None]:
    """First and last local day of an instant or an interval as `datetime` has it; None for an open end.

    Raises:
        InvalidInputError: it is neither, or ends before it begins.
    """
    if told is None:
        return None, None
    parts = told.split("/")
    try:
        if len(parts) > 2 or not any(part not in ("", "..") for part in parts):
            raise ValueError(told)
        days = [_day(part, zone) for part in parts]
        first, last = days[0], days[-1]
        if first is not None and last is not None and last < first:
            raise ValueError(told)
    except ValueError as error:
        raise InvalidInputError(
            f"datetime = {told!r}: an instant 2026-11-25T02:00:00Z or an interval a/b, a/.. or ../b.",
            f"datetime = “{told}”：须为时刻 2026-11-25T02:00:00Z，或区间 a/b、a/..、../b。",
        ) from error
    return first, last


def _day(part: str, zone: ZoneInfo) -> date | None:
    if part in ("", ".."):
        return None
    if len(part) == len("2026-11-25"):
        return date.fromisoformat(part)
    moment = datetime.fromisoformat(part)
    if moment.tzinfo is None:
        raise ValueError(part)
    return moment.astimezone(zone).date()
