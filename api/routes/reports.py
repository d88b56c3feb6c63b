"""What residents use without an account: reporting, and following a report by its private link."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Header, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, FiniteFloat, StrictBool

from api.accounts import open_to_all
from api.deps import Lang, Language, Reader
from api.incident_bodies import (
    ContactBody,
    ReportBody,
    StepBody,
    checked_key,
    parsed,
    photos_of,
    plain,
    wgs84_of,
)
from api.incident_filters import box_of
from api.incident_gates import IncidentNumber, InOffice
from api.security import SECRET_ADDRESS
from api.writing import transaction
from gis_core.accounts.rules import hashed, new_secret
from gis_core.datum import Datum
from gis_core.errors import InvalidInputError, NotFoundError
from gis_core.incidents import following, nearby, once, store
from gis_core.incidents.case import Person
from gis_core.incidents.life import Actor
from gis_core.incidents.office import Office
from gis_core.incidents.photos import digests
from gis_core.incidents.reporting import Receipt, take_report
from gis_core.incidents.stepping import take_step
from gis_core.incidents.views import reporter_view
from gis_core.places.outlines import outlines

router = APIRouter(tags=["reports"])
RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
Degrees = Annotated[FiniteFloat, Query(ge=-180, le=180)]
Key = Annotated[str | None, Header(alias="Idempotency-Key")]
Files = Annotated[list[UploadFile] | None, File()]
_NEXT = {
    "general": (
        "网格员会到现场查看，能当场解决的当场办结。",
        "A grid worker will come, and settle it on the spot if possible.",
    ),
    "coordination": (
        "社区受理后转责任单位处置。",
        "The community takes it up and passes it to whoever is to handle it.",
    ),
    "emergency": (
        "已同时通知网格、街道和区。如有人身危险，请立即拨打当地报警电话。",
        "The grid, the subdistrict and the district are told at once. In danger, call the emergency number.",
    ),
    "approval": (
        "网格员会联系您收集材料，再逐级审核。",
        "A grid worker will collect your papers; they are then reviewed level by level.",
    ),
}
"""What happens next, by kind of work: (Chinese, English)."""


class FollowBody(BaseModel):
    """Whoever wants to follow a report instead of making another."""

    model_config = ConfigDict(extra="forbid")
    contact: ContactBody = ContactBody()
    consent: StrictBool = False
    lang: Literal["zh", "en"] = "zh"


def receipt_view(receipt: Receipt, office: Office, lang: Lang) -> dict[str, Any]:
    """The answer to a report: where it lies, its number, what happens next, the private link."""
    grid = None if receipt.grid_code is None else {"code": receipt.grid_code, "number": receipt.grid_number}
    return {
        "number": receipt.number,
        "community": {"code": receipt.community, "name": receipt.community_name},
        "grid": grid,
        "kind": receipt.kind,
        "next": _NEXT[receipt.kind][lang == "en"],
        "due_at": receipt.due_at,
        "link": f"{office.url}/follow/{receipt.link}",
    }


@router.get("/reports/place", dependencies=[open_to_all])
def place(connection: Reader, lon: Degrees, lat: Degrees, datum: Datum = "wgs84") -> dict[str, Any]:
    """The community and grid that a place lies in; lon, lat come back in WGS 84."""
    x, y = wgs84_of(lon, lat, datum)
    spot = store.spot_of(connection, x, y)
    if spot is None:
        raise InvalidInputError(
            f"The place ({x:.6f}, {y:.6f}) lies in no community that is served here.",
            f"位置（{x:.6f}，{y:.6f}）不在本系统服务的社区内。",
        )
    grid = None if spot.grid_code is None else {"code": spot.grid_code, "number": spot.grid_number}
    return {
        "community": {"code": spot.community, "name": spot.community_name},
        "grid": grid,
        "lon": x,
        "lat": y,
    }


@router.get("/reports/map", dependencies=[open_to_all])
def background(connection: Reader) -> Response:
    """Boundaries of the communities that are served, as GeoJSON."""
    row = connection.execute(
        "SELECT json_build_object('boundaries', json_build_object('type', 'FeatureCollection', 'features',"
        " coalesce(json_agg(json_build_object('type', 'Feature', 'properties', json_build_object('code', code, 'name',"
        " name), 'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(boundary, 0.00002), 6)::json) ORDER BY code),"
        " '[]')))::text FROM (SELECT * FROM community ORDER BY code LIMIT 2000) c"
    ).fetchone()
    assert row is not None
    return Response(row[0], media_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@router.get("/reports/ground", dependencies=[open_to_all])
def ground(connection: Reader, bbox: Annotated[str, Query(max_length=200)]) -> Response:
    """Houses with their names, and roads, of a small part of the map, as GeoJSON: no counts, nothing of persons."""
    content = outlines(connection, box_of(bbox))
    return Response(content, media_type="application/json", headers={"Cache-Control": "public, max-age=300"})


@router.get("/reports/near", dependencies=[open_to_all])
def near(
    connection: Reader,
    lang: Language,
    category: Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$")],
    lon: Degrees,
    lat: Degrees,
) -> dict[str, Any]:
    """Reports that may be about the same: of the category, near and recent."""
    return {
        "duplicates": plain(nearby.likely_duplicates(connection, category, lon, lat, datetime.now(UTC), lang))
    }


@router.post("/reports", dependencies=[open_to_all], status_code=201)
def report(
    request: Request,
    response: Response,
    office: InOffice,
    lang: Language,
    report: Annotated[str, Form(description="JSON, see docs/incidents.md")],
    key: Key = None,
    photos: Files = None,
) -> dict[str, Any]:
    """Take a resident's report; sent again with its key, it is stored once and answered alike."""
    told = parsed(ReportBody, report, "report").report(staff=False)
    own = checked_key(key, required=True)
    cleaned = photos_of(photos)
    with transaction(request) as connection:
        receipt = take_report(
            connection, office, told, cleaned, by=RESIDENT, now=datetime.now(UTC), key=f"resident:{own}"
        )
    if receipt.repeated:
        response.status_code = 200
    return receipt_view(receipt, office, lang)


@router.post("/reports/{number}/followers", dependencies=[open_to_all], status_code=201)
def follow(request: Request, office: InOffice, number: IncidentNumber, body: FollowBody) -> dict[str, Any]:
    """Follow a report that somebody else made."""
    secret = new_secret()
    with transaction(request) as connection:
        following.add_follower(
            connection, office, number, body.contact.contact(), secret, consent=body.consent, lang=body.lang,
            now=datetime.now(UTC),
        )  # fmt: skip
    return {"link": f"{office.url}/follow/{secret}"}


@router.get("/follow/{secret}/case", dependencies=[open_to_all])
def case(
    office: InOffice, connection: Reader, response: Response, lang: Language, secret: str
) -> dict[str, Any]:
    """What the holder of a private link sees."""
    _keep_private(response)
    held = following.held_by(connection, secret)
    person = RESIDENT if held.reporter else following.FOLLOWER
    view = reporter_view(connection, office, held.incident, person, datetime.now(UTC), lang, secret)
    return plain({**view, "follower": not held.reporter})


@router.post("/follow/{secret}/{action}", dependencies=[open_to_all])
def act(
    request: Request,
    response: Response,
    office: InOffice,
    lang: Language,
    secret: str,
    action: str,
    step: Annotated[str, Form()] = "{}",
    photos: Files = None,
    key: Key = None,
) -> dict[str, Any]:
    """Answer, comment, withdraw, give feedback, confirm or ask to reopen, by the private link; once for each key."""
    _keep_private(response)
    body, own = parsed(StepBody, step, "step"), checked_key(key, required=False)
    cleaned = photos_of(photos)
    now = datetime.now(UTC)
    with transaction(request) as connection:
        held = following.held_by(connection, secret)
        person = RESIDENT if held.reporter else following.FOLLOWER

        def taken() -> int:
            following.check_steps(connection, held, now)
            evidence, number = body.evidence(None), held.incident.number
            return take_step(connection, office, number, action, evidence, cleaned, by=person, now=now).id

        stored = own and f"link {hashed(secret).hex()}:{own}"
        once.carry_out(connection, office.seal, stored, (action, step, digests(cleaned)), taken, now)
        found = store.read_incident(connection, held.incident.number)
        view = reporter_view(connection, office, found, person, now, lang, secret)
    return plain({**view, "follower": not held.reporter})


@router.get("/follow/{secret}/photos/{photo}", dependencies=[open_to_all])
def own_photo(connection: Reader, secret: str, photo: int) -> Response:
    """A photo that is public, or, for the reporter, one that they sent."""
    held = following.held_by(connection, secret)
    row = connection.execute(
        "SELECT p.content FROM incident_photo p LEFT JOIN incident_event e ON e.id = p.event_id"
        " WHERE p.id = %s AND p.incident_id = %s AND p.content IS NOT NULL"
        " AND (p.public OR (%s AND e.actor = 'reporter'))",
        [photo, held.incident.id, held.reporter],
    ).fetchone()
    if row is None:
        raise NotFoundError(f"There is no photo {photo} here.", f"没有照片 {photo}。")
    return Response(bytes(row[0]), media_type="image/jpeg", headers=SECRET_ADDRESS)


@router.get("/follow/{secret}/export", dependencies=[open_to_all])
def export(office: InOffice, connection: Reader, response: Response, secret: str) -> dict[str, Any]:
    """Everything that is kept about the reporter, as a file."""
    _keep_private(response)
    response.headers["Content-Disposition"] = 'attachment; filename="report.json"'
    return plain(following.exported(connection, office, secret))


@router.delete("/follow/{secret}", dependencies=[open_to_all], status_code=204)
def erase(request: Request, secret: str) -> Response:
    """Erase what is kept about the reporter."""
    with transaction(request) as connection:
        following.erase(connection, secret, datetime.now(UTC))
    return Response(status_code=204)


def _keep_private(response: Response) -> None:
    response.headers.update(SECRET_ADDRESS)
