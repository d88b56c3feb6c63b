"""Taking a report: checked, placed, routed, its clocks started, whom it concerns told; acknowledged once only.

The caller owns the transaction; what is acknowledged is stored when it is committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from gis_core.accounts.rules import hashed, new_secret
from gis_core.errors import InvalidInputError
from gis_core.incidents import once, store, telling, timing
from gis_core.incidents.case import Person
from gis_core.incidents.catalogue import category_of, conditions_of, read_routes
from gis_core.incidents.life import Actor, Kind
from gis_core.incidents.office import Office
from gis_core.incidents.people import matter_at
from gis_core.incidents.photos import CleanPhoto, digests
from gis_core.incidents.reports import Category, Report, check_report
from gis_core.incidents.routing import route_for
from gis_core.incidents.store import Event, Spot

Photos = Sequence[tuple[str, CleanPhoto]]


@dataclass(frozen=True)
class Receipt:
    """The answer to a report. link: the secret of the private link. repeated: whether it was acknowledged before."""

    number: str
    community: str
    community_name: str
    grid_code: str | None
    grid_number: int | None
    kind: str
    category: str
    due_at: str | None
    link: str
    repeated: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As it is sealed for a repeated request."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "repeated"}


def take_report(
    connection: psycopg.Connection,
    office: Office,
    report: Report,
    photos: Photos,
    *,
    by: Person,
    now: datetime,
    key: str | None = None,
    within: Sequence[int] | None = None,
) -> Receipt:
    """Take a report. A request that comes again with its key gets the first answer and changes nothing.

    Args:
        by: who reports: somebody of the staff with an id, or a resident or a program without.
        within: ids of the communities that reports may come from, None for all.

    Raises:
        InvalidInputError: all faults of the report, or its place lies outside of every community.
        RepeatedKeyError: the key belongs to another report.
    """
    digest = once.digest_of(report, digests(photos))
    if key is not None:
        before = once.given_before(connection, office.seal, key, digest)
        if before is not None:
            return Receipt(**before, repeated=True)
    category = category_of(connection, report.category)
    check_report(report, category, len(photos))
    assert category is not None
    if report.condition is not None and report.condition not in conditions_of(connection, category.code):
        raise InvalidInputError(
            f"{category.code} has no condition {report.condition!r}; leave it out, or take one of the catalogue.",
            f"类别 {category.code} 没有立案条件“{report.condition}”；请去掉或从目录中选择。",
        )
    store.begin_report(connection)
    spot = _spot(connection, report, within)
    incident, receipt = _store(connection, office, report, photos, category, spot, by, now)
    if key is not None:
        once.remember(connection, office.seal, key, digest, incident, receipt.to_dict(), now)
    return receipt


def _spot(connection: psycopg.Connection, report: Report, within: Sequence[int] | None) -> Spot:
    spot = store.spot_of(connection, report.lon, report.lat)
    if spot is None or (within is not None and spot.community_id not in within):
        raise InvalidInputError(
            f"The place ({report.lon:.6f}, {report.lat:.6f}) lies in no community that is served here: move the point, "
            "or report it to the service of that place.",
            f"位置（{report.lon:.6f}，{report.lat:.6f}）不在本系统服务的社区内：请移动位置，或向当地的服务上报。",
        )
    return spot


def _store(
    connection: psycopg.Connection,
    office: Office,
    report: Report,
    photos: Photos,
    category: Category,
    spot: Spot,
    by: Person,
    now: datetime,
) -> tuple[int, Receipt]:
    matter = matter_at(connection, category, report.condition, spot)
    route = route_for(read_routes(connection), matter)
    condition = report.condition or (route.then_condition if route else None)
    clocks, timers = timing.first_columns(connection, office, category.code, condition, now)
    incident, number = store.insert_incident(connection, {
        **clocks, "day": now.astimezone(office.calendar.tz).strftime("%y%m%d"), "community_id": spot.community_id,
        "grid_code": spot.grid_code, "lon": report.lon, "lat": report.lat, "accuracy_m": report.accuracy_m,
        "address": report.address.strip(), "category": category.code, "condition": condition,
        "attributes": Jsonb(dict(report.attributes)), "kind": category.kind, "level": route.level if route else 2,
        "source": report.source, "description": report.description.strip(),
        "department": route.department if route else None, "reported_by": by.id, "now": now,
    })  # fmt: skip
    actor = next((one for one in Actor if one in by.actors), Actor.REPORTER)
    # A device whose clock is wrong must not lose its report: what it saw later than now, it saw now.
    seen = {"seen_at": min(report.seen_at, now).isoformat()} if report.seen_at else {}
    event = store.append_event(
        connection, incident, Event(now, by.name, actor, "report", "draft", "reported", True, seen)
    )
    store.insert_photos(connection, incident, event, photos, now)
    link = new_secret()
    _keep_reporter(connection, office, incident, report, link, now)
    timing.set_timers(connection, incident, timers, anew=True)
    found = store.incident_of_id(connection, incident)
    telling.reported(connection, office, found, now)
    due = found.due_at.isoformat() if found.due_at else None
    return incident, Receipt(
        number, spot.community, spot.community_name, spot.grid_code, spot.grid_number, Kind(category.kind),
        category.code, due, link,
    )  # fmt: skip


def _keep_reporter(
    connection: psycopg.Connection,
    office: Office,
    incident: int,
    report: Report,
    link: str,
    now: datetime,
) -> None:
    contact = report.contact.to_dict()
    media = {"media_url": report.media_url} if report.media_url else {}
    sealed = office.seal.seal({**contact, **media, "link": link})
    connection.execute(
        "INSERT INTO incident_reporter (incident_id, link_hash, sealed, lang, consent_at) VALUES (%s, %s, %s, %s, %s)",
        [incident, hashed(link), sealed, report.lang, now if report.consent and contact else None],
    )
