"""Reports and updates of other people's programs, taken as those of the page are: routed, timed, acknowledged once.

The caller owns the transaction.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from gis_core.errors import ForbiddenError, InvalidInputError, NotFoundError, WanggeError
from gis_core.incidents import once
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.office import Office
from gis_core.incidents.reporting import Photos, take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.stepping import take_step
from gis_core.incidents.store import spot_of
from gis_core.open311 import store
from gis_core.open311.keys import ServiceKey, communities_of
from gis_core.open311.model import Acknowledgement, ServiceDefinition
from gis_core.open311.parsing import NewRequest, NewUpdate, answers_faults
from gis_core.open311.reading import Fault

LONGEST_KEY = 200


class FaultsError(InvalidInputError):
    """A program's request has these faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(one.en for one in faults), "".join(one.zh for one in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Caller:
    """Who calls. within: ids of the communities of the jurisdiction that is asked for, None for all."""

    key: ServiceKey
    within: Sequence[int] | None
    lang: store.Lang
    idempotency_key: str | None = None

    @property
    def person(self) -> Person:
        """As the history names it."""
        return Person(f"open311 {self.key.name}", frozenset({Actor.PROGRAM}))


def post_request(
    connection: psycopg.Connection,
    office: Office,
    caller: Caller,
    asked: NewRequest,
    photos: Photos,
    *,
    consent: bool,
    base_url: str,
    now: datetime,
) -> Acknowledgement:
    """Take a report. Its notice holds the reporter's private link, which the program hands on.

    base_url: of this service, as the program reached it.
    consent: whether the program says that its user agreed to be written to. What has no words is told by the name of
    its service, since the specification demands none.

    Raises:
        FaultsError: all faults of the request.
        NotFoundError: there is no such service.
        ForbiddenError: the place lies outside of the key's jurisdiction.
        RepeatedKeyError: the idempotency key belongs to another request.
    """
    definition = store.read_definition(connection, asked.service_code, caller.lang)
    if definition is None:
        raise NotFoundError(
            f"service_code {asked.service_code} was not found; GET services lists them.",
            f"没有 service_code {asked.service_code}；GET services 可列出全部服务。",
        )
    faults = answers_faults(definition.attributes, asked.attributes)
    if faults:
        raise FaultsError(faults)
    lon, lat, address = _place(connection, asked, caller.within)
    _check_place(connection, caller, lon, lat)
    report = Report(
        lon=lon,
        lat=lat,
        category=asked.service_code,
        description=asked.description or store.service_name(connection, asked.service_code, caller.lang),
        address=address,
        attributes=_attributes(definition, asked),
        contact=Contact(
            name=" ".join(filter(None, (asked.first_name, asked.last_name))), phone=asked.phone, email=asked.email,
            device=asked.device_id, account=asked.account_id,
        ),
        consent=consent,
        lang=caller.lang,
        source="open311",
        media_url=asked.media_url or None,
    )  # fmt: skip
    receipt = take_report(
        connection, office, report, photos, by=caller.person, now=now,
        key=_storage_key(caller), within=caller.within,
    )  # fmt: skip
    link = f"{base_url}/follow/{receipt.link}"
    notice = f"可在 {link} 查看进展并评价。" if caller.lang == "zh" else f"Follow it and answer at {link}"
    return Acknowledgement(
        service_request_id=receipt.number, service_notice=notice, account_id=asked.account_id
    )


def post_update(
    connection: psycopg.Connection,
    office: Office,
    caller: Caller,
    asked: NewUpdate,
    photos: Photos,
    *,
    now: datetime,
) -> str:
    """Add a program's words to a request, as a comment that everybody reads; the id that the update has here.

    An update that comes again with its `update_id` is taken once. Nothing is closed by it: that is for those who
    verify.

    Raises:
        NotFoundError: Open311 shows no such request in the jurisdiction.
        ForbiddenError: it lies outside of the key's jurisdiction.
        ConflictError: nothing is said any more about a request in its state.
        RepeatedKeyError: the `update_id` belongs to another update.
    """
    allowed = None if caller.key.jurisdiction is None else communities_of(connection, caller.key.jurisdiction)
    if not store.is_public(connection, asked.service_request_id, caller.within):
        raise no_request(asked.service_request_id)
    if not store.is_public(connection, asked.service_request_id, allowed):
        raise _outside(caller.key)
    key = f"open311 update {caller.key.id} {asked.update_id}"
    digest = hashlib.sha256(repr(asked).encode()).digest()
    before = once.given_before(connection, office.seal, key, digest)
    if before is not None:
        return str(before["update"])
    incident = take_step(
        connection, office, asked.service_request_id, "comment", Evidence(note=_words(asked)),
        photos, by=caller.person, now=now,
    )  # fmt: skip
    update = store.keep_media(connection, incident.id, asked.media_url, now)
    once.remember(connection, office.seal, key, digest, incident.id, {"update": update}, now)
    return update


def _words(asked: NewUpdate) -> str:
    """What is kept of an update: its words, and the status that the program's side gives it where it is not open."""
    return asked.description if asked.status == "open" else f"{asked.description} [{asked.status}]"


def no_request(number: str) -> NotFoundError:
    """The error that there is no such request."""
    return NotFoundError(f"service_request_id {number} was not found.", f"没有 service_request_id {number}。")


def _place(
    connection: psycopg.Connection, asked: NewRequest, within: Sequence[int] | None
) -> tuple[float, float, str]:
    """(lon, lat, address) of what is asked: coordinates count before a building's id, this before an address."""
    if asked.lat is not None and asked.long is not None:
        return asked.long, asked.lat, asked.address_string
    if asked.address_id:
        known = asked.address_id.isascii() and asked.address_id.isdigit() and len(asked.address_id) <= 18
        found = store.place_of_building(connection, int(asked.address_id)) if known else None
        if found is None:
            raise _no_place(
                f"address_id {asked.address_id} is no building of this service",
                f"address_id {asked.address_id} 不是本系统的楼栋",
            )
        return found[0], found[1], asked.address_string or found[2] or ""
    places = store.places_of_address(connection, asked.address_string, within)
    if len(places) != 1:
        raise _no_place(
            f"address_string = {asked.address_string} is the address of {'several' if places else 'no'} buildings",
            f"address_string = {asked.address_string}：{'有多栋楼' if places else '没有楼栋'}使用此地址",
        )
    return places[0][0], places[0][1], asked.address_string


def _no_place(en: str, zh: str) -> FaultsError:
    return FaultsError([Fault(400, f"{en}; send lat and long.", f"{zh}；请给出 lat 和 long。")])


def _check_place(connection: psycopg.Connection, caller: Caller, lon: float, lat: float) -> None:
    """Refuse a place outside of what the key is for, or of the jurisdiction that was named."""
    spot = spot_of(connection, lon, lat)
    if spot is None:
        return  # the report is refused with its own words
    if caller.key.jurisdiction is not None and spot.community_id not in (
        communities_of(connection, caller.key.jurisdiction) or []
    ):
        raise _outside(caller.key)
    if caller.within is not None and spot.community_id not in caller.within:
        raise InvalidInputError(
            f"The place ({lon:.6f}, {lat:.6f}) lies in the community {spot.community}, outside of jurisdiction_id.",
            f"位置（{lon:.6f}，{lat:.6f}）位于社区 {spot.community}，不在 jurisdiction_id 范围内。",
        )


def _outside(key: ServiceKey) -> ForbiddenError:
    return ForbiddenError(
        f"This api_key is for the jurisdiction {key.jurisdiction}, and the place lies outside of it.",
        f"该 api_key 仅限辖区 {key.jurisdiction}，位置在辖区之外。",
    )


def _attributes(definition: ServiceDefinition, asked: NewRequest) -> dict[str, str | list[str]]:
    kinds = {one.code: one.datatype for one in definition.attributes}
    return {
        code: list(values) if kinds[code] == "multivaluelist" else values[0]
        for code, values in asked.attributes.items()
    }


def _storage_key(caller: Caller) -> str | None:
    told = caller.idempotency_key
    if told is None:
        return None
    if not (0 < len(told) <= LONGEST_KEY and told.isprintable()):
        raise InvalidInputError(
            f"Idempotency-Key has {len(told)} characters; send 1-{LONGEST_KEY} printable ones, such as a UUID.",
            f"Idempotency-Key 有 {len(told)} 个字符；请发送 1–{LONGEST_KEY} 个可见字符，例如 UUID。",
        )
    return f"open311 {caller.key.id} {told}"


def faults_of(error: WanggeError) -> list[tuple[str, str]]:
    """(English, Chinese) of each fault that an error tells."""
    if isinstance(error, FaultsError):
        return [(one.en, one.zh) for one in error.faults]
    told = error.more.get("faults") or []
    found = [(one["en"], one["zh"]) for one in told if isinstance(one, dict) and {"en", "zh"} <= one.keys()]
    return found or [(error.text("en"), error.text("zh"))]
