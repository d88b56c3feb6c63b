"""Open311 GeoReport v2: what programs with a key report and add, and the answer to addresses that there are not."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException, Request, Response
from psycopg import Connection

from api.accounts import borrowed, open_to_all, program_with_key
from api.deps import request_language
from api.incident_bodies import photos_of
from api.incident_gates import InOffice
from api.open311_errors import Open311Route, document
from api.open311_forms import Form, SentForm
from api.routes.open311 import PREFIX, checked, jurisdiction, known_format
from api.writing import transaction
from gis_core.errors import ForbiddenError
from gis_core.open311.keys import ServiceKey, key_of
from gis_core.open311.model import UpdateAcknowledgement
from gis_core.open311.parsing import new_request, new_update
from gis_core.open311.service import Caller, post_request, post_update

LEAST_METHODS = {"requests": "GET, POST", "servicerequestupdates": "GET, POST"}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
RESOURCES = ("discovery", "services", "tokens", "requests", "servicerequestupdates", "media")

router = APIRouter(prefix=PREFIX, tags=["open311"], route_class=Open311Route)


@router.post("/requests.{form}", dependencies=[program_with_key])
def report(request: Request, office: InOffice, form: str, sent: Form) -> Response:
    """Report something."""
    known, key = known_format(form), _key(request, sent)
    asked = checked(new_request(sent.pairs))
    photos = photos_of(sent.photos)
    with transaction(request) as connection:
        caller = _caller(request, connection, key, asked.jurisdiction_id)
        answer = post_request(
            connection, office, caller, asked, photos, consent=sent.first("consent").lower() == "true",
            base_url=office.url or str(request.base_url).rstrip("/"), now=datetime.now(UTC),
        )  # fmt: skip
    return document(known, "service_requests", [answer])


@router.post("/servicerequestupdates.{form}", dependencies=[program_with_key])
def update(request: Request, office: InOffice, form: str, sent: Form) -> Response:
    """Add something to a request."""
    known, key = known_format(form), _key(request, sent)
    asked = checked(new_update(sent.pairs))
    photos = photos_of(sent.photos)
    with transaction(request) as connection:
        caller = _caller(request, connection, key, asked.jurisdiction_id)
        number = post_update(connection, office, caller, asked, photos, now=datetime.now(UTC))
    return document(known, "service_request_updates", [UpdateAcknowledgement(number)])


@router.api_route("/{rest:path}", methods=METHODS, dependencies=[open_to_all], include_in_schema=False)
def no_such_address(request: Request, rest: str) -> Response:
    """What no route answers: 405 where another method would be answered, else 404."""
    zh = request_language(request) == "zh"
    resource = rest.partition("/")[0].partition(".")[0]
    allowed = LEAST_METHODS.get(rest.rpartition(".")[0], "GET")
    if request.method != "GET" and resource in RESOURCES:
        words = (
            f"{request.method} 不可用；可用 {allowed}。"
            if zh
            else f"{request.method} is not allowed; {allowed} is."
        )
        raise HTTPException(405, words, {"Allow": allowed})
    raise HTTPException(
        404, f"没有地址 {request.url.path}。" if zh else f"There is nothing at {request.url.path}."
    )


def _key(request: Request, sent: SentForm) -> ServiceKey:
    """The key of a form. Raises ForbiddenError where it is missing or void."""
    secret = sent.first("api_key")
    if not secret:
        raise ForbiddenError(
            "api_key was not provided: send it as a field of the form (application/x-www-form-urlencoded or "
            "multipart/form-data).",
            "缺少 api_key：请作为表单字段发送（application/x-www-form-urlencoded 或 multipart/form-data）。",
        )
    with borrowed(request) as connection:
        key = key_of(connection, secret)
    if key is None:
        raise ForbiddenError(
            "The api_key is not valid, or was revoked. Ask the operator for another.",
            "api_key 无效或已撤销。请向运营单位重新申请。",
        )
    return key


def _caller(request: Request, connection: Connection, key: ServiceKey, code: str) -> Caller:
    within: Sequence[int] | None = jurisdiction(connection, code)
    return Caller(key, within, request_language(request), request.headers.get("idempotency-key"))
