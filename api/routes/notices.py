"""Notices to residents: sending them with a count beforehand, what was sent, and subscriptions by private link."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from psycopg import Connection
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StrictBool

from api.accounts import account_of, check_everywhere_or_in, open_to_all, permissions_at, signed_in
from api.deps import Lang, Language, Reader
from api.incident_bodies import checked_key, plain, wgs84_of
from api.incident_gates import InOffice
from api.security import SECRET_ADDRESS
from api.writing import transaction
from gis_core.accounts.rules import Permission, new_secret
from gis_core.datum import Datum
from gis_core.errors import InvalidInputError
from gis_core.incidents import notices, subscriptions
from gis_core.incidents.small_numbers import told, told_sum
from gis_core.incidents.subscriptions import Channel, Place

router = APIRouter(tags=["notices"])
_NO_NUL = r"^[^\x00]*$"
Code = Annotated[str, Query(max_length=64, pattern=_NO_NUL, description="a community's code")]
BuildingId = Annotated[int, Field(ge=1, lt=2**63)]


class NoticeBody(BaseModel):
    """A notice. One of grids (codes), buildings (ids), subscription and incident, or none of them for all."""

    model_config = ConfigDict(extra="forbid")
    community: str = Field(max_length=64, pattern=_NO_NUL)
    grids: Annotated[list[str], Field(max_length=500)] | None = None
    buildings: Annotated[list[BuildingId], Field(max_length=2000)] | None = None
    subscription: BuildingId | None = None
    incident: str | None = Field(None, max_length=64, pattern=_NO_NUL)
    text_zh: str = Field("", max_length=5000, pattern=_NO_NUL)
    text_en: str = Field("", max_length=5000, pattern=_NO_NUL)
    dry_run: StrictBool = True
    urgent: StrictBool = False

    def notice(self) -> notices.Notice:
        """As the rules have it."""
        return notices.Notice(
            self.community, self.text_zh, self.text_en, None if self.grids is None else tuple(self.grids),
            None if self.buildings is None else tuple(self.buildings), self.subscription, self.incident, self.urgent,
        )  # fmt: skip


class ReachBody(BaseModel):
    """How somebody wants to be reached."""

    model_config = ConfigDict(extra="forbid")
    channel: Channel
    contact: str = Field(max_length=300, pattern=_NO_NUL)
    lang: Literal["zh", "en"] = "zh"


class SubscriptionBody(ReachBody):
    """A consent to notices for a building: its id, or a place at it in `datum`."""

    building: BuildingId | None = None
    lon: FiniteFloat | None = Field(None, ge=-180, le=180)
    lat: FiniteFloat | None = Field(None, ge=-90, le=90)
    datum: Datum = "wgs84"
    consent: StrictBool = False


@router.post("/notices", dependencies=[signed_in])
def send(
    request: Request,
    office: InOffice,
    lang: Language,
    body: NoticeBody,
    key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> dict[str, Any]:
    """Send a notice, or count its receivers (`dry_run`, unless told otherwise); numbers below 5 are kept back."""
    account = account_of(request)
    with transaction(request) as connection:
        check_everywhere_or_in(request, connection, Permission.NOTICE_SEND, body.community)
        exact = Permission.REPORTER_READ in permissions_at(connection, account, body.community)
        own = checked_key(key, required=not body.dry_run) or ""
        sent = notices.send_notice(
            connection,
            office,
            body.notice(),
            by=account.name,
            key=own,
            dry_run=body.dry_run,
            now=datetime.now(UTC),
        )
        one = body.buildings[0] if exact and body.buildings and len(body.buildings) == 1 else None
        choices = [] if one is None else notices.choices(connection, body.community, one)
    parts = [group.receivers for group in sent.groups]
    return {
        "dry_run": body.dry_run,
        "repeated": sent.repeated,
        "groups": [
            {
                "grid": one.grid, "number": one.number, "channel": one.channel,
                **_number(told(one.receivers, exact=exact), lang),
            }
            for one in sent.groups
        ],
        "total": _number(told_sum(parts, exact=exact), lang),
        "unused": _number(told(sent.unused, exact=exact), lang),
        "subscriptions": [{"id": number, "label": f"#{number} · {channel}"} for number, channel in choices],
    }  # fmt: skip


@router.get("/notices", dependencies=[signed_in])
def sent(
    request: Request,
    connection: Reader,
    lang: Language,
    community: Code,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="notices before this id")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """What was sent in a community, newest first; `next` is the `before` of the next page, or null."""
    check_everywhere_or_in(request, connection, Permission.INCIDENT_READ, community)
    exact = Permission.REPORTER_READ in permissions_at(connection, account_of(request), community)
    rows = notices.sent_notices(connection, community, before, limit + 1)
    page = rows[:limit]
    shown = [{**row, "receivers": _number(told(row["receivers"], exact=exact), lang)} for row in page]
    return {"notices": plain(shown), "next": page[-1]["id"] if len(rows) > limit else None}


@router.get("/subscriptions/place", dependencies=[open_to_all])
def place(
    connection: Reader,
    building: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    lon: Annotated[FiniteFloat | None, Query(ge=-180, le=180)] = None,
    lat: Annotated[FiniteFloat | None, Query(ge=-90, le=90)] = None,
    datum: Datum = "wgs84",
) -> dict[str, Any]:
    """The building of an id, or at a place, that one can get notices for."""
    return _place(_found(connection, building, lon, lat, datum))


@router.post("/subscriptions", dependencies=[open_to_all], status_code=201)
def subscribe(
    request: Request, response: Response, office: InOffice, lang: Language, body: SubscriptionBody
) -> dict[str, Any]:
    """Agree to notices for a building. The link to see, change or end it is answered once and sent to the contact."""
    response.headers.update(SECRET_ADDRESS)
    secret = new_secret()
    with transaction(request) as connection:
        found = _found(connection, body.building, body.lon, body.lat, body.datum)
        subscriptions.subscribe(
            connection, office, found.building, body.channel, body.contact, secret, lang=body.lang,
            consent=body.consent, now=datetime.now(UTC),
        )  # fmt: skip
    return {**_place(found), "link": f"{office.url}/subscribe/{secret}", "lang": lang}


@router.get("/subscriptions/{secret}", dependencies=[open_to_all])
def subscription(office: InOffice, connection: Reader, response: Response, secret: str) -> dict[str, Any]:
    """What is kept for a private link."""
    response.headers.update(SECRET_ADDRESS)
    one = subscriptions.subscription_of(connection, office, secret)
    return plain({
        **_place(one.place), "channel": one.channel, "contact": one.contact, "lang": one.lang,
        "consent_at": one.consent_at, "works": one.works,
    })  # fmt: skip


@router.put("/subscriptions/{secret}", dependencies=[open_to_all])
def change(
    request: Request, response: Response, office: InOffice, secret: str, body: ReachBody
) -> dict[str, Any]:
    """Be reached in another way."""
    response.headers.update(SECRET_ADDRESS)
    with transaction(request) as connection:
        subscriptions.change(
            connection, office, secret, body.channel, body.contact, lang=body.lang, now=datetime.now(UTC)
        )
    return {"channel": body.channel, "lang": body.lang}


@router.delete("/subscriptions/{secret}", dependencies=[open_to_all], status_code=204)
def withdraw(request: Request, secret: str) -> Response:
    """Get no more notices; the contact is erased."""
    with transaction(request) as connection:
        subscriptions.withdraw(connection, secret)
    return Response(status_code=204)


def _found(
    connection: Connection, building: int | None, lon: float | None, lat: float | None, datum: Datum
) -> Place:
    if building is not None:
        return subscriptions.place_of(connection, building=building)
    if lon is None or lat is None:
        raise InvalidInputError(
            "Name the building: its id in `building`, or a place at it in `lon` and `lat`.",
            "请指明建筑：填写建筑编号（building），或其位置（lon、lat）。",
        )
    return subscriptions.place_of(connection, at=wgs84_of(lon, lat, datum))


def _place(one: Place) -> dict[str, Any]:
    return {
        "building": one.building,
        "address": one.address,
        "community": {"code": one.community, "name": one.community_name},
    }


def _number(one: Any, lang: Lang) -> dict[str, Any]:
    return {"receivers": one.number, "words": getattr(one, lang)}
