"""Reading incidents: the queue, one case, its photos, who reported, the table of transitions."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.accounts import account_of, borrowed, open_to_all, signed_in
from api.deps import Language, Reader
from api.incident_bodies import plain
from api.incident_filters import AskedFilter
from api.incident_gates import IncidentNumber, InOffice, case_view, reads_incident, reads_reporter
from api.writing import transaction
from gis_core import audit
from gis_core.errors import NotFoundError
from gis_core.exchange.csv_text import csv_lines
from gis_core.incidents import store
from gis_core.incidents.cap_draft import draft_alert
from gis_core.incidents.catalogue import read_catalogue
from gis_core.incidents.life import life
from gis_core.incidents.queue import count_incidents, list_incidents, seen_by

router = APIRouter(tags=["incidents"])
CSV_COLUMNS = (
    "number", "category", "category_name", "kind", "level", "state", "open", "community", "community_name", "grid",
    "lon", "lat", "department", "department_name", "overdue", "supervised", "escalation", "stage_due_at", "due_at",
    "reported_at", "updated_at",
)  # fmt: skip
"""Of the export: no address, which people write freely, and no account."""
CSV_PAGE = 500
PhotoId = int


@router.get("/incidents/catalogue", dependencies=[open_to_all])
def catalogue(connection: Reader, lang: Language) -> dict[str, Any]:
    """What can be reported."""
    return {"categories": read_catalogue(connection, lang)}


@router.get("/incidents/transitions", dependencies=[signed_in])
def transitions(lang: Language) -> dict[str, Any]:
    """The table of states and transitions."""
    states = [
        {
            "name": one.name,
            "label": getattr(one, lang),
            "open": one.open,
            "stage": one.stage,
            "clock": one.clock,
        }
        for one in life().states.values()
    ]
    steps = [
        {
            "action": one.action, "label": getattr(one, lang), "from": one.sources, "to": one.to,
            "actors": sorted(one.actors), "kinds": sorted(one.kinds), "evidence": one.evidence, "guards": one.guards,
        }
        for one in life().transitions.values()
    ]  # fmt: skip
    return {"states": states, "transitions": steps}


@router.get("/incidents/departments", dependencies=[signed_in])
def departments(connection: Reader, lang: Language) -> dict[str, Any]:
    """Departments that incidents can be dispatched to; area: code of the one that they work in, null: everywhere."""
    rows = connection.execute(f"SELECT code, name_{lang}, area_code FROM department ORDER BY code")  # noqa: S608
    return {"departments": [{"code": code, "name": name, "area": area} for code, name, area in rows]}


@router.get("/incidents", dependencies=[signed_in])
def incidents(
    request: Request,
    asked: AskedFilter,
    connection: Reader,
    lang: Language,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """A page of the incidents that one sees: open ones by when their stage is due, others the newest first."""
    seen = seen_by(connection, account_of(request))
    rows, following = list_incidents(connection, seen, asked, after=after, limit=limit, lang=lang)
    states = life().states
    for row in rows:
        row["state_name"] = getattr(states[row["state"]], lang)
        del row["id"]
    return {"incidents": plain(rows), "next": following}


@router.get("/incidents.csv", dependencies=[signed_in])
def incidents_csv(request: Request, lang: Language, asked: AskedFilter) -> StreamingResponse:
    """All incidents of the queue's filters as CSV, page by page as they are read; nothing personal."""
    header = [*CSV_COLUMNS, "state_name"]

    def rows() -> Iterator[list[object]]:
        after: str | None = None
        while True:
            with borrowed(request) as connection:
                seen = seen_by(connection, account_of(request))
                page, after = list_incidents(connection, seen, asked, after=after, limit=CSV_PAGE, lang=lang)
            for row in page:
                yield [*(row[name] for name in CSV_COLUMNS), getattr(life().states[row["state"]], lang)]
            if after is None:
                return

    headers = {"Content-Disposition": 'attachment; filename="incidents.csv"'}
    return StreamingResponse(csv_lines(header, rows()), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/incidents/counts", dependencies=[signed_in])
def counts(request: Request, connection: Reader, asked: AskedFilter) -> dict[str, Any]:
    """How many incidents of the queue's filters one sees in each state, whichever states are asked for."""
    return count_incidents(connection, seen_by(connection, account_of(request)), replace(asked, states=()))


@router.get("/incidents/{number}", dependencies=[reads_incident])
def incident(
    request: Request,
    response: Response,
    office: InOffice,
    connection: Reader,
    lang: Language,
    number: IncidentNumber,
) -> dict[str, Any]:
    """One incident with its history, and what one may do with it."""
    found = store.read_incident(connection, number)
    response.headers["ETag"] = f'"r{found.revision}"'
    return case_view(connection, office, account_of(request), found, lang)


@router.get("/incidents/{number}/photos/{photo}", dependencies=[reads_incident])
def photo(connection: Reader, number: IncidentNumber, photo: PhotoId) -> Response:
    """A photo as JPEG."""
    row = connection.execute(
        "SELECT content FROM incident_photo p JOIN incident i ON i.id = p.incident_id WHERE i.number = %s AND p.id = %s"
        " AND content IS NOT NULL",
        [number, photo],
    ).fetchone()
    if row is None:
        raise NotFoundError(f"Incident {number} has no photo {photo}.", f"事件 {number} 没有照片 {photo}。")
    headers = {"Cache-Control": "private, max-age=3600"}
    return Response(bytes(row[0]), media_type="image/jpeg", headers=headers)


@router.get("/incidents/{number}/reporter", dependencies=[reads_reporter])
def reporter(
    request: Request,
    office: InOffice,
    number: IncidentNumber,
    purpose: Annotated[
        str, Query(min_length=2, max_length=200, pattern=r"^[^\x00]*$", description="what for")
    ],
) -> dict[str, Any]:
    """Who reported it, and where their program says that a photo lies. Each reading is logged with its purpose."""
    with transaction(request) as connection:
        found = store.read_incident(connection, number)
        row = connection.execute(
            "SELECT sealed, consent_at FROM incident_reporter WHERE incident_id = %s", [found.id]
        ).fetchone()
        by = account_of(request).name
        audit.record(
            connection, by, "reporter.read", f"incident {number}", community_id=found.community_id,
            details={"purpose": purpose},
        )  # fmt: skip
    told = office.seal.open(bytes(row[0])) if row is not None and row[0] is not None else {}
    shown = {name: told.get(name, "") for name in ("name", "phone", "email", "media_url")}
    return {**shown, "consent": row is not None and row[1] is not None}


@router.get("/incidents/{number}/cap", dependencies=[reads_incident])
def cap(request: Request, office: InOffice, connection: Reader, number: IncidentNumber) -> Response:
    """An emergency as a draft of a CAP 1.2 alert with the polygon of its grid."""
    found = store.read_incident(connection, number)
    sender = request.headers.get("host", "wangge")
    return Response(draft_alert(connection, office, found, sender), media_type="application/cap+xml")
