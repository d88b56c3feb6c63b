"""Notices to residents: to all, some or one of those who agreed, in one action, counted before they are sent.

Whoever sends one sees numbers of receivers, never contacts.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from gis_core import audit
from gis_core.errors import InvalidInputError, NotFoundError, RepeatedKeyError
from gis_core.incidents import outbox, store
from gis_core.incidents.office import Office
from gis_core.incidents.quiet import QuietHours
from gis_core.incidents.subscriptions import FAILED, MOST_FAILURES, link_of

LONGEST_NOTICE = 500
"""Characters of a notice."""

_RECEIVERS = f"""
SELECT s.id, s.channel, s.lang, s.sealed, s.building_id, g.code AS grid, g.number AS grid_number,
       {FAILED} >= {MOST_FAILURES} AS fails
FROM notice_subscription s JOIN building b ON b.id = s.building_id JOIN community c ON c.id = b.community_id
LEFT JOIN plan p ON p.community_id = c.id AND p.status = 'adopted'
LEFT JOIN assignment a ON a.plan_id = p.id AND a.building_id = b.id
LEFT JOIN grid g ON g.plan_id = p.id AND g.number = a.grid_number
WHERE c.code = %(community)s AND (%(grids)s::text[] IS NULL OR g.code = ANY(%(grids)s))
  AND (%(buildings)s::bigint[] IS NULL OR b.id = ANY(%(buildings)s))
  AND (%(subscription)s::bigint IS NULL OR s.id = %(subscription)s)
ORDER BY g.number, s.id
"""  # noqa: S608


@dataclass(frozen=True)
class Notice:
    """What is to be told to whom: all of a community, or those of grids (codes), of buildings (ids), or one.

    subscription: the number of one; incident: the number of one whose reporter agreed to messages.
    """

    community: str
    text_zh: str
    text_en: str = ""
    grids: tuple[str, ...] | None = None
    buildings: tuple[int, ...] | None = None
    subscription: int | None = None
    incident: str | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Group:
    """Receivers of one grid (None: of no grid) by one channel; number: the grid's."""

    grid: str | None
    number: int | None
    channel: str
    receivers: int


@dataclass(frozen=True)
class Sent:
    """Whom a notice went to, or would go to. unused: subscriptions that are left out, for messages to them failed."""

    groups: tuple[Group, ...]
    unused: int = 0
    repeated: bool = False

    @property
    def receivers(self) -> int:
        """How many there are."""
        return sum(one.receivers for one in self.groups)


@dataclass(frozen=True)
class _Receiver:
    key: str
    channel: str
    lang: str
    contact: str
    link: Mapping[str, str]
    grid: str | None
    number: int | None
    incident: int | None = None


def receivers(connection: psycopg.Connection, office: Office, notice: Notice) -> Sent:
    """Whom a notice would go to. Raises as `send_notice` does."""
    found, unused = _receivers(connection, office, checked(connection, notice))
    return _counted(found, unused)


def send_notice(
    connection: psycopg.Connection,
    office: Office,
    notice: Notice,
    *,
    by: str,
    key: str,
    dry_run: bool,
    now: datetime,
) -> Sent:
    """Put a notice into the outbox for each of its receivers, each in their language; log it with their number.

    A request that comes again with its key sends nothing anew. dry_run: only count.

    Raises:
        InvalidInputError: all faults of the notice.
        NotFoundError: there is no such community or incident.
        RepeatedKeyError: the key belongs to another notice.
    """
    notice = checked(connection, notice)
    found, unused = _receivers(connection, office, notice)
    sent = _counted(found, unused)
    if dry_run:
        return sent
    digest = hashlib.sha256(f"{by}:{key}".encode()).hexdigest()[:24]
    body = hashlib.sha256(repr(notice).encode()).hexdigest()[:24]
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [digest])
    before = connection.execute(
        "SELECT details->>'body' FROM audit_entry WHERE action = 'notice.send' AND details->>'key' = %s",
        [digest],
    ).fetchone()
    if before is not None:
        if before[0] != body:
            raise RepeatedKeyError()
        return replace(sent, repeated=True)
    community_id, name = _community(connection, notice.community)
    text = {"zh": notice.text_zh, "en": notice.text_en}
    for one in found:
        outbox.queue(
            connection, office.seal, key=f"notice:{one.key}:{digest}", channel=one.channel, template="notice",
            lang=one.lang, now=now, receiver=one.contact, incident_id=one.incident,
            values={"community": name, "text": text, **one.link}, urgent=notice.urgent,
            quiet=QuietHours(zone=office.calendar.tz),
        )  # fmt: skip
    details = {
        "key": digest, "body": body, "text_zh": notice.text_zh, "text_en": notice.text_en, "urgent": notice.urgent,
        "grids": notice.grids and list(notice.grids), "buildings": notice.buildings and list(notice.buildings),
        "subscription": notice.subscription, "incident": notice.incident, "receivers": sent.receivers,
    }  # fmt: skip
    subject = f"community {notice.community}"
    audit.record(connection, by, "notice.send", subject, community_id=community_id, details=details)
    return sent


def sent_notices(
    connection: psycopg.Connection, community: str, before: int | None, limit: int
) -> list[dict[str, Any]]:
    """{id, at, by, text_zh, text_en, urgent, grids, buildings, receivers} of what was sent, newest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT a.id, a.at, a.by, a.details FROM audit_entry a JOIN community c ON c.id = a.community_id"
            " WHERE a.action = 'notice.send' AND c.code = %(community)s AND a.id < coalesce(%(before)s, a.id + 1)"
            " ORDER BY a.id DESC LIMIT %(limit)s",
            {"community": community, "before": before, "limit": limit},
        ).fetchall()
    shown = ("text_zh", "text_en", "urgent", "grids", "buildings", "receivers")
    return [
        {
            "id": row["id"],
            "at": row["at"],
            "by": row["by"],
            **{name: row["details"].get(name) for name in shown},
        }
        for row in rows
    ]


def choices(connection: psycopg.Connection, community: str, building: int) -> list[tuple[int, str]]:
    """(number, channel) of the subscriptions of a building; nothing else is told of them."""
    return connection.execute(
        "SELECT s.id, s.channel FROM notice_subscription s JOIN building b ON b.id = s.building_id"
        " JOIN community c ON c.id = b.community_id WHERE c.code = %s AND b.id = %s ORDER BY s.id",
        [community, building],
    ).fetchall()


def checked(connection: psycopg.Connection, notice: Notice) -> Notice:
    """The notice with its texts trimmed, the Chinese one in both languages where there is no other.

    Raises:
        InvalidInputError: all faults.
        NotFoundError: there is no such community.
    """
    community_id, _ = _community(connection, notice.community)
    zh, en = notice.text_zh.strip(), notice.text_en.strip()
    faults = _text_faults(zh, en)
    told = [
        one
        for one in (notice.grids, notice.buildings, notice.subscription, notice.incident)
        if one is not None
    ]
    if len(told) > 1:
        faults.append(("Name grids, buildings, a subscription or an incident: one of them.",
                       "网格、建筑、订阅编号、事件编号只能填写一项。"))  # fmt: skip
    known = connection.execute(
        "SELECT array(SELECT g.code FROM grid g JOIN plan p ON p.id = g.plan_id WHERE p.community_id = %(id)s"
        " AND p.status = 'adopted' AND g.code = ANY(%(grids)s)),"
        " array(SELECT id FROM building WHERE community_id = %(id)s AND id = ANY(%(buildings)s))",
        {"id": community_id, "grids": list(notice.grids or ()), "buildings": list(notice.buildings or ())},
    ).fetchone()
    assert known is not None
    for names, found, en_word, zh_word in (
        (notice.grids, known[0], "grids in force", "现行网格"),
        (notice.buildings, known[1], "buildings", "建筑"),
    ):
        missing = ", ".join(str(one) for one in names or () if one not in found)
        if missing or names == ():
            faults.append((f"The community {notice.community} has no {en_word} {missing or '(none named)'}.",
                           f"社区 {notice.community} 没有{zh_word} {missing or '（未填写）'}。"))  # fmt: skip
    if faults:
        raise InvalidInputError(" ".join(en for en, _ in faults), "".join(zh for _, zh in faults))
    return replace(notice, text_zh=zh, text_en=en or zh)


def _text_faults(zh: str, en: str) -> list[tuple[str, str]]:
    faults = []
    if not zh:
        faults.append(("Write the notice in Chinese; English may be left out.",
                       "请填写中文通知内容，英文可不填。"))  # fmt: skip
    faults += [
        (f"The {en_name} text has {len(text)} characters; {LONGEST_NOTICE} are allowed.",
         f"{zh_name}内容有 {len(text)} 个字符，最多 {LONGEST_NOTICE} 个。")
        for en_name, zh_name, text in (("Chinese", "中文", zh), ("English", "英文", en)) if len(text) > LONGEST_NOTICE
    ]  # fmt: skip
    return faults


def _community(connection: psycopg.Connection, code: str) -> tuple[int, str]:
    row = connection.execute("SELECT id, name FROM community WHERE code = %s", [code]).fetchone()
    if row is None:
        raise NotFoundError(f"There is no community with the code {code}.", f"没有代码为 {code} 的社区。")
    return row


def _receivers(connection: psycopg.Connection, office: Office, notice: Notice) -> tuple[list[_Receiver], int]:
    """(receivers, how many subscriptions are left out)."""
    if notice.incident is not None:
        return _reporter(connection, office, notice.community, notice.incident), 0
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_RECEIVERS, {
            "community": notice.community, "grids": None if notice.grids is None else list(notice.grids),
            "buildings": None if notice.buildings is None else list(notice.buildings),
            "subscription": notice.subscription,
        }).fetchall()  # fmt: skip
    found = []
    for row in rows:
        if row["fails"]:
            continue
        told = office.seal.open(bytes(row["sealed"]))
        found.append(_Receiver(
            str(row["id"]), row["channel"], row["lang"], told["contact"], link_of(office, told["link"]), row["grid"],
            row["grid_number"],
        ))  # fmt: skip
    return found, len(rows) - len(found)


def _reporter(connection: psycopg.Connection, office: Office, community: str, number: str) -> list[_Receiver]:
    """The reporter of an incident of the community, if they agreed to messages and left a contact."""
    incident = store.read_incident(connection, number)
    if incident.community != community:
        raise store.no_incident(number)
    row = connection.execute(
        "SELECT r.sealed, r.lang, g.number FROM incident_reporter r LEFT JOIN grid g ON g.code = %s"
        " AND g.valid_from IS NOT NULL"
        " WHERE r.incident_id = %s AND r.sealed IS NOT NULL AND r.consent_at IS NOT NULL",
        [incident.grid_code, incident.id],
    ).fetchone()
    if row is None:
        return []
    told = office.seal.open(bytes(row[0]))
    contact = told.get("email") or told.get("phone")
    channel = "email" if told.get("email") else "sms"
    if not contact:
        return []
    return [
        _Receiver(f"incident {number}", channel, row[1], contact, {}, incident.grid_code, row[2], incident.id)
    ]


def _counted(found: Sequence[_Receiver], unused: int) -> Sent:
    counts: dict[tuple[str | None, int | None, str], int] = {}
    for one in found:
        place = (one.grid, one.number, one.channel)
        counts[place] = counts.get(place, 0) + 1
    ordered = sorted(counts, key=lambda place: (place[1] is None, place[1] or 0, place[2]))
    return Sent(tuple(Group(*place, counts[place]) for place in ordered), unused)
