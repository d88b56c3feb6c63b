"""Residents who wish to get notices: a building, a way to reach them, their consent, and a private link to end it.

Contacts are sealed, and only the holder of the link reads one; nothing lists them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import psycopg

from gis_core.accounts.rules import hashed
from gis_core.errors import InvalidInputError, NotFoundError
from gis_core.incidents import outbox
from gis_core.incidents.office import Office
from gis_core.incidents.quiet import QuietHours
from gis_core.incidents.rates import DAY, MOST_A_DAY, check_rate
from gis_core.incidents.reports import Contact, Report, check_contact

Channel = Literal["email", "sms"]
MOST_FAILURES = 3
"""Messages that failed for good since the consent, from which on a subscription is not used."""
NEAR_M = 50.0
"""A place this near to a building is taken for it, metres."""

_KEYS = "key ~>~ ('notice:' || {0} || ':') AND key ~<~ ('notice:' || {0} || ';')"
"""Messages to a subscription: keys by their bytes, of which ";" follows ":"."""
FAILED = f"""
(SELECT count(*) FROM message WHERE template = 'notice' AND status = 'failed' AND {_KEYS.format("s.id")}
 AND made_at >= s.consent_at)
"""  # noqa: S608
"""How many messages to subscription s failed for good."""


@dataclass(frozen=True)
class Place:
    """A building that notices can be about, with its community."""

    building: int
    address: str
    community: str
    community_name: str


@dataclass(frozen=True)
class Subscription:
    """What the holder of a private link sees. works: whether messages arrive, as far as is known."""

    place: Place
    channel: Channel
    contact: str
    lang: str
    consent_at: datetime
    works: bool


def place_of(
    connection: psycopg.Connection, *, building: int | None = None, at: tuple[float, float] | None = None
) -> Place:
    """The building of an id, or the nearest to (lon, lat), WGS 84, degrees.

    Raises:
        NotFoundError: there is none such, or none within NEAR_M.
    """
    if building is not None:
        where, order, values = "b.id = %(building)s", "", {"building": building}
    else:
        lon, lat = at or (0.0, 0.0)
        point = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)"
        where = (
            f"b.footprint && ST_Expand({point}, 0.002)"
            f" AND ST_DWithin(b.footprint::geography, {point}::geography, {NEAR_M})"
        )
        order, values = f"ORDER BY b.footprint <-> {point}, b.id", {"lon": lon, "lat": lat}
    row = connection.execute(
        "SELECT b.id, coalesce(nullif(b.address, ''), b.name, ''), c.code, c.name"  # noqa: S608
        f" FROM building b JOIN community c ON c.id = b.community_id WHERE {where} {order} LIMIT 1",
        values,
    ).fetchone()
    if row is None:
        raise NotFoundError(
            "There is no such building here: check its number, or stand nearer to it.",
            "找不到这栋建筑：请核对建筑编号，或靠近建筑后再试。",
        )
    return Place(*row)


def subscribe(
    connection: psycopg.Connection,
    office: Office,
    building: int,
    channel: Channel,
    contact: str,
    secret: str,
    *,
    lang: str,
    consent: bool,
    now: datetime,
) -> None:
    """Record a consent to notices for a building; the private link with this secret is sent to the contact.

    Raises:
        InvalidInputError: there is no consent, or the contact is none.
        NotFoundError: there is no such building.
        RateError: MOST_A_DAY subscriptions of the building were made or changed within a day.
    """
    if not consent:
        raise InvalidInputError(
            "Notices are sent to whoever agrees to them only: agree to them.",
            "须经本人同意才能发送通知：请勾选同意。",
        )
    checked = _checked(channel, contact)
    place_of(connection, building=building)
    _check_rate(connection, building, now)
    row = connection.execute(
        "INSERT INTO notice_subscription (building_id, link_hash, sealed, channel, lang, consent_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
        [
            building,
            hashed(secret),
            office.seal.seal({"contact": checked, "link": secret}),
            channel,
            lang,
            now,
        ],
    ).fetchone()
    assert row is not None
    _confirm(connection, office, int(row[0]), secret, now)


def subscription_of(connection: psycopg.Connection, office: Office, secret: str) -> Subscription:
    """What a private link opens. Raises NotFoundError where it opens nothing, or no more."""
    row = connection.execute(
        f"SELECT building_id, channel, sealed, lang, consent_at, {FAILED} FROM notice_subscription s"  # noqa: S608
        " WHERE link_hash = %s",
        [hashed(secret)],
    ).fetchone()
    if row is None:
        raise no_subscription()
    building, channel, sealed, lang, consent_at, failed = row
    contact = str(office.seal.open(bytes(sealed))["contact"])
    place = place_of(connection, building=building)
    return Subscription(place, channel, contact, lang, consent_at, failed < MOST_FAILURES)


def change(
    connection: psycopg.Connection,
    office: Office,
    secret: str,
    channel: Channel,
    contact: str,
    *,
    lang: str,
    now: datetime,
) -> None:
    """Another way to be reached; the consent counts from now. Raises as `subscribe` and `subscription_of` do."""
    checked = _checked(channel, contact)
    row = connection.execute(
        "SELECT id, building_id FROM notice_subscription WHERE link_hash = %s FOR UPDATE", [hashed(secret)]
    ).fetchone()
    if row is None:
        raise no_subscription()
    subscription, building = row
    _check_rate(connection, building, now)
    connection.execute(
        "UPDATE notice_subscription SET channel = %s, sealed = %s, lang = %s, consent_at = %s WHERE id = %s",
        [channel, office.seal.seal({"contact": checked, "link": secret}), lang, now, subscription],
    )
    forget_messages(connection, subscription)
    _confirm(connection, office, subscription, secret, now)


def withdraw(connection: psycopg.Connection, secret: str) -> None:
    """End a subscription: the contact is erased, and what still waits for it is not sent. Raises NotFoundError."""
    row = connection.execute(
        "DELETE FROM notice_subscription WHERE link_hash = %s RETURNING id", [hashed(secret)]
    ).fetchone()
    if row is None:
        raise no_subscription()
    forget_messages(connection, int(row[0]))


def forget_messages(connection: psycopg.Connection, subscription: int) -> None:
    """Take back what waits for a subscription, and erase the receivers of all of its messages."""
    connection.execute(
        "UPDATE message SET receiver = NULL,"  # noqa: S608
        " status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END"
        f" WHERE template IN ('notice', 'subscribed') AND {_KEYS.format('%(id)s')}",
        {"id": subscription},
    )


def no_subscription() -> NotFoundError:
    """The error that a link opens no subscription."""
    return NotFoundError(
        "This link opens no subscription: it is incomplete, or the subscription was withdrawn.",
        "此链接无效：链接不完整，或订阅已取消。",
    )


def link_of(office: Office, secret: str) -> dict[str, str]:
    """{link} to see, change or end a subscription; nothing where the service does not know its own address."""
    return {"link": f"{office.url}/subscribe/{secret}"} if office.url else {}


def _check_rate(connection: psycopg.Connection, building: int, now: datetime) -> None:
    """Each consent sends a message to a contact that nobody has proved to be theirs; one that ended counts too."""
    rows = connection.execute(
        "SELECT made_at FROM message WHERE template = 'subscribed' AND values ->> 'building' = %s AND made_at > %s"
        " ORDER BY made_at",
        [str(building), now - DAY],
    ).fetchall()
    check_rate(
        [at for (at,) in rows], now,
        f"{MOST_A_DAY} subscriptions to notices of this building were made or changed within a day; try again "
        "tomorrow.",
        f"该楼栋一天内已有 {MOST_A_DAY} 次订阅或更改，请明天再试。",
    )  # fmt: skip


def _checked(channel: Channel, contact: str) -> str:
    told = contact.strip()
    if not told:
        raise InvalidInputError(
            "Give the e-mail address or the telephone number that notices go to.",
            "请填写接收通知的邮箱或手机号。",
        )
    given = Contact(email=told) if channel == "email" else Contact(phone=told)
    check_contact(Report(0, 0, "", contact=given))
    return told


def _confirm(
    connection: psycopg.Connection, office: Office, subscription: int, secret: str, now: datetime
) -> None:
    """Tell the contact of the subscription, so that whoever it is can end it."""
    row = connection.execute(
        "SELECT s.channel, s.lang, s.sealed, b.id, c.name"
        " FROM notice_subscription s JOIN building b ON b.id = s.building_id"
        " JOIN community c ON c.id = b.community_id WHERE s.id = %s",
        [subscription],
    ).fetchone()
    assert row is not None
    channel, lang, sealed, building, community = row
    outbox.queue(
        connection, office.seal, key=f"notice:{subscription}:subscribed:{now.isoformat()}", channel=channel,
        template="subscribed", lang=lang, now=now, receiver=office.seal.open(bytes(sealed))["contact"],
        values={"building": building, "community": community, **link_of(office, secret)},
        quiet=QuietHours(zone=office.calendar.tz),
    )  # fmt: skip
