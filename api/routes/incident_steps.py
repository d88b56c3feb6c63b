"""Working on incidents: steps one by one and many at a time, reports of the staff, photos published."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Header, Request, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from psycopg import Connection
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from api.accounts import account_of, check_everywhere_or_in, signed_in
from api.deps import Lang, Language
from api.incident_bodies import ReportBody, StepBody, checked_key, parsed, photos_of
from api.incident_gates import (
    IncidentNumber,
    InOffice,
    case_view,
    check_incident,
    moderates_photos,
    works_on_incident,
)
from api.routes.reports import receipt_view
from api.writing import transaction
from gis_core import audit
from gis_core.accounts.rules import Account, Permission
from gis_core.accounts.store import communities_within
from gis_core.errors import InvalidInputError, NotFoundError, PreconditionError, WanggeError
from gis_core.incidents import once, store
from gis_core.incidents.case import Person
from gis_core.incidents.life import Actor
from gis_core.incidents.office import Office
from gis_core.incidents.people import person_of
from gis_core.incidents.photos import digests, redact_photo
from gis_core.incidents.reporting import take_report
from gis_core.incidents.stepping import Photos, take_step

router = APIRouter(tags=["incidents"])
Key = Annotated[str | None, Header(alias="Idempotency-Key")]
IfMatch = Annotated[str | None, Header(description='the ETag of the incident, such as "r3"')]
Files = Annotated[list[UploadFile] | None, File()]
_STAFF = {"grid_worker": Actor.GRID_WORKER, "community_desk": Actor.DESK, "department": Actor.DEPARTMENT}
_REVISION = re.compile(r"r[0-9]{1,9}")
_DISTANCE = (
    "SELECT ST_Distance(place::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography)"
    " FROM incident WHERE number = %s"
)


class BulkBody(BaseModel):
    """One action for several incidents. revisions: number → the one that it was decided on; left out: as it is."""

    model_config = ConfigDict(extra="forbid")
    numbers: Annotated[list[str], Field(min_length=1, max_length=200)]
    action: str
    step: StepBody = StepBody()
    revisions: Annotated[dict[str, StrictInt], Field(max_length=200)] = {}


class PhotoBody(BaseModel):
    """public: whether everybody may see it. boxes: [x, y, width, height] to be blackened, px."""

    model_config = ConfigDict(extra="forbid")
    public: StrictBool
    boxes: Annotated[list[tuple[int, int, int, int]], Field(max_length=50)] = []


@router.post("/incidents", dependencies=[signed_in], status_code=201)
def report_by_staff(
    request: Request,
    response: Response,
    office: InOffice,
    lang: Language,
    report: Annotated[str, Form()],
    key: Key = None,
    photos: Files = None,
    kinds: Annotated[list[str] | None, Form()] = None,
) -> dict[str, Any]:
    """A report by the staff: found on patrol, taken by telephone, registered afterwards."""
    told = parsed(ReportBody, report, "report").report(staff=True)
    account = account_of(request)
    own = checked_key(key, required=True)
    cleaned = photos_of(photos, kinds)
    with transaction(request) as connection:
        if not account.granting(Permission.INCIDENT_WORK):
            check_everywhere_or_in(request, connection, Permission.INCIDENT_WORK, None)
        receipt = take_report(
            connection, office, told, cleaned, by=_reporting(account), now=datetime.now(UTC),
            key=f"account {account.name}:{own}",
            within=communities_within(connection, account, Permission.INCIDENT_WORK),
        )  # fmt: skip
    if receipt.repeated:
        response.status_code = 200
    return receipt_view(receipt, office, lang)


@router.post("/incidents/bulk", dependencies=[signed_in])
def bulk(request: Request, office: InOffice, lang: Language, body: BulkBody) -> dict[str, Any]:
    """One action for several incidents; each stands or falls by itself."""
    done, refused = [], []
    for number in dict.fromkeys(body.numbers):
        try:
            with transaction(request) as connection:
                check_incident(
                    request, connection, store.read_incident(connection, number), Permission.INCIDENT_WORK
                )
                revision = body.revisions.get(number)
                _step(request, connection, office, number, body.action, body.step, [], revision=revision)
            done.append(number)
        except WanggeError as error:
            refused.append({"number": number, "detail": error.text(lang)})
    return {"done": done, "refused": refused}


@router.post("/incidents/{number}/{action}", dependencies=[works_on_incident], response_model=None)
async def step(
    request: Request,
    response: Response,
    office: InOffice,
    lang: Language,
    number: IncidentNumber,
    action: str,
    key: Key = None,
    if_match: IfMatch = None,
) -> Any:
    """Take a step: JSON, or multipart with the JSON in `step`, and `photos` with their `kinds`."""
    kind = request.headers.get("content-type", "")
    files: list[UploadFile] = []
    kinds: list[str] | None = None
    if kind.startswith("multipart/form-data"):
        form = await request.form(max_files=20, max_fields=40)
        told = str(form.get("step") or "{}")
        files = [one for one in form.getlist("photos") if not isinstance(one, str)]  # type: ignore[misc]
        kinds = [str(one) for one in form.getlist("kinds")] or None
    else:
        told = (await request.body()).decode("utf-8", "replace") or "{}"
    return await run_in_threadpool(
        _one_step, request, response, office, lang, number, action, key, if_match, told, files, kinds
    )


def _one_step(
    request: Request,
    response: Response,
    office: Office,
    lang: Lang,
    number: str,
    action: str,
    key: str | None,
    if_match: str | None,
    told: str,
    files: list[UploadFile],
    kinds: list[str] | None,
) -> Any:
    body = parsed(StepBody, told, "step")
    photos = photos_of(files, kinds)
    revision = revision_of(if_match)
    own = checked_key(key, required=False)
    account = account_of(request)
    with transaction(request) as connection:
        once.carry_out(
            connection,
            office.seal,
            own and f"account {account.name}:{own}",
            (number, action, told, digests(photos)),
            lambda: _step(request, connection, office, number, action, body, photos, revision=revision).id,
            datetime.now(UTC),
        )
        found = store.read_incident(connection, number)
        view = case_view(connection, office, account, found, lang)
    response.headers["ETag"] = f'"r{found.revision}"'
    return view


def _step(
    request: Request,
    connection: Connection,
    office: Office,
    number: str,
    action: str,
    body: StepBody,
    photos: Photos,
    *,
    revision: int | None,
) -> store.Incident:
    incident = store.read_incident(connection, number)
    near_m = None
    if body.lon is not None and body.lat is not None:
        row = connection.execute(_DISTANCE, [body.lon, body.lat, number]).fetchone()
        near_m = None if row is None else float(row[0])
    person = person_of(connection, account_of(request), incident)
    return take_step(
        connection, office, number, action, body.evidence(near_m), photos, by=person, now=datetime.now(UTC),
        revision=revision,
    )  # fmt: skip


def revision_of(if_match: str | None) -> int:
    """The revision that a step was decided on.

    Raises:
        PreconditionError, InvalidInputError: it is missing, or malformed.
    """
    if if_match is None:
        raise PreconditionError(
            'The request must say which state of the incident it goes by: send If-Match with its ETag, such as "r3".',
            '请求须说明所依据的事件版本：请在 If-Match 中发送其 ETag，如 "r3"。',
        )
    told = if_match.strip().removeprefix("W/").strip('"')
    if not _REVISION.fullmatch(told):
        raise InvalidInputError(
            f'If-Match = {if_match[:40]} is no ETag of an incident, such as "r3".',
            f'If-Match = {if_match[:40]} 不是事件的 ETag，应如 "r3"。',
        )
    return int(told[1:])


@router.patch("/incidents/{number}/photos/{photo}", dependencies=[moderates_photos])
def moderate(request: Request, number: IncidentNumber, photo: int, body: PhotoBody) -> dict[str, Any]:
    """Publish a photo or keep it for the staff, with what must not be seen blackened for good."""
    by = account_of(request).name
    with transaction(request) as connection:
        row = connection.execute(
            "SELECT p.content, i.community_id FROM incident_photo p JOIN incident i ON i.id = p.incident_id"
            " WHERE i.number = %s AND p.id = %s AND content IS NOT NULL FOR UPDATE OF p",
            [number, photo],
        ).fetchone()
        if row is None:
            raise NotFoundError(
                f"Incident {number} has no photo {photo}.", f"事件 {number} 没有照片 {photo}。"
            )
        content = redact_photo(bytes(row[0]), body.boxes) if body.boxes else bytes(row[0])
        connection.execute(
            "UPDATE incident_photo SET content = %s, public = %s, moderated_at = now(), moderated_by = %s"
            " WHERE id = %s",
            [content, body.public, by, photo],
        )
        details: Mapping[str, Any] = {"photo": photo, "public": body.public, "boxes": len(body.boxes)}
        audit.record(
            connection, by, "photo.moderate", f"incident {number}", community_id=row[1], details=details
        )
    return {"id": photo, "public": body.public, "moderated": True}


def _reporting(account: Account) -> Person:
    actors = {_STAFF[grant.role] for grant in account.grants if grant.role in _STAFF}
    return Person(account.name, frozenset(actors or {Actor.LEADER}), account.id)
