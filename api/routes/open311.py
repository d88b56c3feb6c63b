"""Open311 GeoReport v2: what there is, and what everybody may read. Writing is in `open311_writing`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar, cast

from fastapi import APIRouter, Request, Response
from psycopg import Connection

from api.accounts import open_to_all
from api.deps import Reader, request_language, settings_of
from api.open311_errors import Open311Route, document
from gis_core.errors import InvalidInputError, NotFoundError
from gis_core.open311 import keys, store
from gis_core.open311.characters import holdable
from gis_core.open311.formats import CONTENT_TYPES, Format
from gis_core.open311.model import Discovery, Endpoint, Token
from gis_core.open311.parsing import Pairs, requests_query, updates_query
from gis_core.open311.reading import Fault
from gis_core.open311.service import FaultsError, no_request

PREFIX = "/open311/v2"
CHANGESET = datetime(2026, 11, 28, tzinfo=UTC)
"""When this interface last changed for its clients."""
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
LONGEST_ID = 18
"""Digits of a database id."""
Asked = TypeVar("Asked")

router = APIRouter(prefix=PREFIX, tags=["open311"], route_class=Open311Route)


@router.get("/discovery.{form}", dependencies=[open_to_all])
def discovery(request: Request, form: str) -> Response:
    """What there is on this server."""
    told = settings_of(request).open311
    zh = request_language(request) == "zh"
    endpoint = Endpoint(
        SPECIFICATION, base_url(request), CHANGESET, told.type, ("text/xml", "application/json")
    )
    content = Discovery(
        CHANGESET,
        told.contact or ("请联系本服务的运营单位" if zh else "the operator of this service"),
        told.key_service or ("请向运营单位申请 api_key" if zh else "ask the operator for an api_key"),
        (endpoint,),
    )
    return document(known_format(form), "discovery", content)


@router.get("/services.{form}", dependencies=[open_to_all])
def services(request: Request, connection: Reader, form: str) -> Response:
    """What can be reported."""
    known = known_format(form)
    jurisdiction(connection, request.query_params.get("jurisdiction_id", ""))
    return document(known, "services", store.read_services(connection, request_language(request)))


@router.get("/services/{service}.{form}", dependencies=[open_to_all])
def service_definition(request: Request, connection: Reader, service: str, form: str) -> Response:
    """What a service asks."""
    known = known_format(form)
    jurisdiction(connection, request.query_params.get("jurisdiction_id", ""))
    definition = store.read_definition(connection, service, request_language(request))
    if definition is None:
        raise NotFoundError(f"service_code {service} was not found.", f"没有 service_code {service}。")
    return document(known, "service_definition", definition)


@router.get("/tokens/{token}.{form}", dependencies=[open_to_all])
def token(request: Request, connection: Reader, token: str, form: str) -> Response:
    """Which request a token stands for. Ids are given at once here, so that an id is its own token."""
    known = known_format(form)
    within = jurisdiction(connection, request.query_params.get("jurisdiction_id", ""))
    if not store.is_public(connection, holdable(token), within):
        raise NotFoundError(f"The token {token} was not found.", f"没有令牌 {token}。")
    return document(known, "service_requests", [Token(token, token)])


@router.get("/requests.{form}", dependencies=[open_to_all])
def requests(request: Request, connection: Reader, form: str) -> Response:
    """Requests that were asked for, as everybody may see them."""
    known = known_format(form)
    asked = checked(requests_query(pairs(request), datetime.now(UTC)))
    within = jurisdiction(connection, asked.jurisdiction_id)
    found = store.read_requests(connection, asked, within, request_language(request), photo_url(request))
    return document(known, "service_requests", found)


@router.get("/requests/{number}.{form}", dependencies=[open_to_all])
def one_request(request: Request, connection: Reader, number: str, form: str) -> Response:
    """One request, or several whose ids are separated by commas."""
    known = known_format(form)
    told = [(name, value) for name, value in pairs(request) if name in ("jurisdiction_id", "extensions")]
    asked = checked(requests_query([*told, ("service_request_id", number)], datetime.now(UTC)))
    within = jurisdiction(connection, asked.jurisdiction_id)
    found = store.read_requests(connection, asked, within, request_language(request), photo_url(request))
    missing = set(asked.service_request_ids) - {one.service_request_id for one in found}
    if missing or not found:
        raise no_request(", ".join(sorted(missing)) or number)
    return document(known, "service_requests", found)


@router.get("/servicerequestupdates.{form}", dependencies=[open_to_all])
def updates(request: Request, connection: Reader, form: str) -> Response:
    """What was made public of requests since they were made."""
    known = known_format(form)
    asked = checked(updates_query(pairs(request), datetime.now(UTC)))
    within = jurisdiction(connection, asked.jurisdiction_id)
    found = store.read_updates(connection, asked, within, request_language(request), photo_url(request))
    return document(known, "service_request_updates", found)


@router.get("/media/{photo}.jpg", dependencies=[open_to_all])
def media(connection: Reader, photo: str) -> Response:
    """A photograph that was looked at and published."""
    known = photo.isascii() and photo.isdigit() and len(photo) <= LONGEST_ID
    content = store.read_public_photo(connection, int(photo)) if known else None
    if content is None:
        raise NotFoundError(f"There is no public photo {photo}.", f"没有公开照片 {photo}。")
    return Response(content, media_type="image/jpeg")


def known_format(form: str) -> Format:
    """The format of an address. Raises NotFoundError for any that there is not."""
    if form not in CONTENT_TYPES:
        raise NotFoundError(
            f"The format {form} is unknown; there are xml and json.", f"没有格式 {form}；可用 xml 和 json。"
        )
    return cast(Format, form)


def jurisdiction(connection: Connection, code: str) -> list[int] | None:
    """Ids of the communities of a jurisdiction that is named; None, for all, where none is and none need be.

    Raises:
        InvalidInputError: none is named, and the endpoint serves several.
        NotFoundError: there is none of this name.
    """
    clean = holdable(code).strip()
    if clean:
        found = keys.communities_of(connection, clean)
        if found is None:
            raise NotFoundError(f"jurisdiction_id {clean} was not found.", f"没有 jurisdiction_id {clean}。")
        return found
    if keys.serves_several(connection):
        raise InvalidInputError(
            "jurisdiction_id was not provided; this endpoint serves several jurisdictions.",
            "缺少 jurisdiction_id：本接口服务于多个辖区。",
        )
    return None


def checked(found: Asked | list[Fault]) -> Asked:
    """What was asked for. Raises FaultsError where it is wrong."""
    if isinstance(found, list):
        raise FaultsError(found)
    return found


def pairs(request: Request) -> Pairs:
    """Names and values of the query."""
    return request.query_params.multi_items()


def base_url(request: Request) -> str:
    """Address of this interface, as the client reached it."""
    return str(request.base_url).rstrip("/") + PREFIX


def photo_url(request: Request) -> Callable[[int], str]:
    """From the id of a public photo to its address."""
    base = base_url(request)
    return lambda photo: f"{base}/media/{photo}.jpg"
