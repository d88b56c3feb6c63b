"""What Open311 shows, out of the database: services, requests and updates, never who reported.

Categories that need the reporter's contact are matters of persons, such as an application or a quarrel: they are not
offered to other people's programs, and incidents of them are not shown. Of texts, what looks personal is masked; of
the history, only what the staff and programs wrote for the public is shown.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from gis_core.incidents.catalogue import read_catalogue
from gis_core.incidents.life import life
from gis_core.incidents.redaction import public_text
from gis_core.incidents.store import settled_id
from gis_core.open311.model import (
    Answer,
    Attribute,
    Extended,
    Note,
    Request,
    Service,
    ServiceDefinition,
    Status,
    Update,
    Value,
)
from gis_core.open311.parsing import RequestsQuery, UpdatesQuery

Lang = Literal["zh", "en"]
PhotoUrl = Callable[[int], str]
"""From the id of a public photo to its address."""

_PUBLIC = "k.contact <> 'required' AND 'approval' NOT IN (k.kind, i.kind) AND i.state <> 'draft'"
_FROM = "FROM incident i JOIN incident_category k ON k.code = i.category_code JOIN community c ON c.id = i.community_id"
_SHOWN = f"{_PUBLIC} AND (%(within)s::bigint[] IS NULL OR i.community_id = ANY(%(within)s))"
_BY_NUMBER = f"SELECT i.id {_FROM} WHERE {_SHOWN} AND i.number = ANY(%(numbers)s)"
_BY_PERIOD = f"""
SELECT i.id {_FROM} WHERE {_SHOWN} AND i.reported_at BETWEEN %(start)s AND %(end)s
  AND (%(codes)s::text[] IS NULL OR i.category_code = ANY(%(codes)s))
  AND (%(open)s::boolean IS NULL OR i.open = %(open)s) AND i.id <= %(settled)s
ORDER BY i.id LIMIT %(limit)s OFFSET %(offset)s
"""
_REQUESTS = f"""
SELECT i.id, i.number, i.state, i.open, i.public_note, i.category_code, k.name_zh, k.name_en, i.description,
       i.attributes, d.name_zh AS department_zh, d.name_en AS department_en, i.reported_at, i.updated_at, i.closed_at,
       coalesce(i.due_at, i.stage_due_at) AS expected_at, i.address, ST_Y(i.place) AS lat, ST_X(i.place) AS long,
       i.kind, i.level, i.grid_code, c.code AS community, c.name AS community_name, p.id AS photo
{_FROM} LEFT JOIN department d ON d.code = i.department_code
LEFT JOIN LATERAL (
    SELECT id FROM incident_photo WHERE incident_id = i.id AND public AND moderated_at IS NOT NULL
      AND content IS NOT NULL ORDER BY id LIMIT 1
) p ON true
WHERE i.id = ANY(%(ids)s) ORDER BY i.id
"""  # noqa: S608
_TEXT = (
    "e.public AND e.actor <> 'reporter' AND e.details @> '{\"shown\": true}'"
    " AND coalesce(e.details ->> 'of', e.action) NOT IN ('ask', 'answer')"
)
"""Questions to a reporter, and answers that somebody took down, are no public updates."""
_NOTES = f"""
SELECT e.incident_id, e.at, e.action, t.text FROM incident_event e JOIN incident_text t ON t.event_id = e.id
WHERE {_TEXT} AND e.incident_id = ANY(%s) ORDER BY e.at, e.id
"""  # noqa: S608
_UPDATES = f"""
SELECT e.id, i.number, e.at, e.after, t.text, p.id AS photo
FROM incident_event e JOIN incident i ON i.id = e.incident_id
JOIN incident_category k ON k.code = i.category_code LEFT JOIN incident_text t ON t.event_id = e.id AND {_TEXT}
LEFT JOIN LATERAL (
    SELECT id FROM incident_photo WHERE event_id = e.id AND public AND moderated_at IS NOT NULL
      AND content IS NOT NULL ORDER BY id LIMIT 1
) p ON true
WHERE {_PUBLIC} AND e.public AND e.action <> 'report'
  AND (t.text <> '' OR e.before IS DISTINCT FROM e.after)
  AND e.at BETWEEN %(start)s AND %(end)s
  AND (%(within)s::bigint[] IS NULL OR i.community_id = ANY(%(within)s))
  AND (%(numbers)s::text[] IS NULL OR i.number = ANY(%(numbers)s))
ORDER BY e.at, e.id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608
_DATATYPES: dict[str, tuple[str, str]] = {
    "string": ("one line of text", "单行文本"),
    "number": ("a number", "数字"),
    "datetime": ("a time with its zone, as 2026-01-31T08:15:30Z", "带时区的时间，如 2026-01-31T08:15:30Z"),
    "text": ("text", "文本"),
    "singlevaluelist": ("one of the list", "单选"),
    "multivaluelist": ("any of the list", "多选"),
}


def read_services(connection: psycopg.Connection, lang: Lang) -> list[Service]:
    """What can be reported, in the order of the catalogue."""
    return [
        Service(
            service_code=row["code"],
            service_name=row["name"],
            description=row["description"],
            metadata=bool(row["attributes"]),
            type="realtime",
            keywords=", ".join(row["keywords"].split()),
            group=row["group_name"],
        )
        for row in _offered(connection, lang)
    ]


def read_definition(connection: psycopg.Connection, code: str, lang: Lang) -> ServiceDefinition | None:
    """The questions of a service, also where it has none; None where there is no such service."""
    row = next((one for one in _offered(connection, lang) if one["code"] == code), None)
    if row is None:
        return None
    questions = (
        Attribute(
            variable=True,
            code=one["code"],
            datatype=one["datatype"],
            required=one["required"],
            datatype_description=_DATATYPES[one["datatype"]][lang == "zh"],
            order=order,
            description=one["description"],
            values=tuple(Value(value["key"], value["name"]) for value in one["values"]),
        )
        for order, one in enumerate(row["attributes"], 1)
    )
    return ServiceDefinition(code, tuple(questions))


def service_name(connection: psycopg.Connection, code: str, lang: Lang) -> str:
    """The name of a service that is offered."""
    return next(row["name"] for row in _offered(connection, lang) if row["code"] == code)


def _offered(connection: psycopg.Connection, lang: Lang) -> list[dict[str, Any]]:
    rows = read_catalogue(connection, lang)
    return [row for row in rows if row["contact"] != "required" and row["kind"] != "approval"]


def read_requests(
    connection: psycopg.Connection,
    asked: RequestsQuery,
    within: Sequence[int] | None,
    lang: Lang,
    photo_url: PhotoUrl,
) -> list[Request]:
    """Requests in the order in which they were stored, so that what comes in meanwhile is on the last page.

    within: ids of communities, None for all. Those asked for by id are in the order of their storing too.
    """
    if asked.service_request_ids:
        values = {"within": within, "numbers": list(asked.service_request_ids)}
        found = connection.execute(_BY_NUMBER, values)
    else:
        found = connection.execute(_BY_PERIOD, {
            "within": within, "start": asked.start, "end": asked.end, "codes": list(asked.service_codes) or None,
            "open": None if len(set(asked.statuses)) != 1 else asked.statuses[0] == "open",
            "limit": asked.page_size, "offset": (asked.page - 1) * asked.page_size, "settled": settled_id(connection),
        })  # fmt: skip
    rows = _rows(connection, _REQUESTS, {"ids": [row[0] for row in found]})
    more = _extensions(connection, rows, lang) if asked.extensions else {}
    return [_request(row, lang, photo_url, more.get(row["id"], {})) for row in rows]


def read_updates(
    connection: psycopg.Connection,
    asked: UpdatesQuery,
    within: Sequence[int] | None,
    lang: Lang,
    photo_url: PhotoUrl,
) -> list[Update]:
    """What was made public of requests since they were made, oldest first."""
    rows = _rows(connection, _UPDATES, {
        "within": within, "numbers": list(asked.service_request_ids) or None, "start": asked.start, "end": asked.end,
        "limit": asked.page_size, "offset": (asked.page - 1) * asked.page_size,
    })  # fmt: skip
    return [
        Update(
            update_id=str(row["id"]),
            service_request_id=row["number"],
            status=_status(row["after"]),
            updated_datetime=row["at"],
            description=public_text(row["text"] or "") or _state_name(row["after"], lang),
            media_url=photo_url(row["photo"]) if row["photo"] else "",
        )
        for row in rows
    ]


def read_public_photo(connection: psycopg.Connection, photo: int) -> bytes | None:
    """A JPEG that was looked at and published; None for any other."""
    row = connection.execute(
        f"SELECT f.content {_FROM} JOIN incident_photo f ON f.incident_id = i.id"
        f" WHERE f.id = %s AND f.public AND f.moderated_at IS NOT NULL AND f.content IS NOT NULL AND {_PUBLIC}",
        [photo],
    ).fetchone()
    return None if row is None else bytes(row[0])


def is_public(connection: psycopg.Connection, number: str, within: Sequence[int] | None) -> bool:
    """Whether there is a request of this id that Open311 shows."""
    query = f"SELECT {_FROM} WHERE {_PUBLIC} AND i.number = %s AND (%s::bigint[] IS NULL OR c.id = ANY(%s))"
    return connection.execute(query, [number, within, within]).fetchone() is not None


def keep_media(connection: psycopg.Connection, incident: int, media_url: str, now: datetime) -> str:
    """Id of the last entry of an incident's history, whose row is locked, which an update is; its picture is kept."""
    row = connection.execute(
        "SELECT id FROM incident_event WHERE incident_id = %s ORDER BY seq DESC LIMIT 1", [incident]
    ).fetchone()
    assert row is not None
    if media_url:
        connection.execute(
            "INSERT INTO incident_photo (incident_id, event_id, kind, url, at) VALUES (%s, %s, 'other', %s, %s)",
            [incident, row[0], media_url, now],
        )
    return str(row[0])


def place_of_building(connection: psycopg.Connection, building: int) -> tuple[float, float, str] | None:
    """(lon, lat, address) of a point in a building, degrees."""
    return connection.execute(
        "SELECT ST_X(p), ST_Y(p), address FROM building, ST_PointOnSurface(footprint) p WHERE id = %s",
        [building],
    ).fetchone()


def places_of_address(
    connection: psycopg.Connection, address: str, within: Sequence[int] | None
) -> list[tuple[float, float]]:
    """(lon, lat) of points in the first two buildings with exactly this address, degrees."""
    return connection.execute(
        "SELECT ST_X(p), ST_Y(p) FROM building, ST_PointOnSurface(footprint) p WHERE address = %s"
        " AND (%s::bigint[] IS NULL OR community_id = ANY(%s)) LIMIT 2",
        [address, within, within],
    ).fetchall()


def _rows(connection: psycopg.Connection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, values).fetchall()


def _request(row: dict[str, Any], lang: Lang, photo_url: PhotoUrl, more: dict[str, Any]) -> Request:
    return Request(
        service_request_id=row["number"],
        status="open" if row["open"] else "closed",
        status_notes=public_text(row["public_note"]) or _state_name(row["state"], lang),
        service_name=row[f"name_{lang}"],
        service_code=row["category_code"],
        description=public_text(row["description"]),
        agency_responsible=row[f"department_{lang}"] or "",
        service_notice="",
        requested_datetime=row["reported_at"],
        updated_datetime=row["updated_at"] if row["open"] else row["closed_at"] or row["updated_at"],
        expected_datetime=row["expected_at"],
        address=public_text(row["address"]),
        address_id="",
        zipcode="",
        lat=row["lat"],
        long=row["long"],
        media_url=photo_url(row["photo"]) if row["photo"] else "",
        **more,
    )


def _extensions(
    connection: psycopg.Connection, rows: list[dict[str, Any]], lang: Lang
) -> dict[int, dict[str, Any]]:
    """{id of incident: the fields of `extensions=true`}."""
    notes: dict[int, list[Note]] = {row["id"]: [] for row in rows}
    for incident, at, action, text in connection.execute(_NOTES, [list(notes)]):
        notes[incident].append(Note(at, public_text(text), action))
    questions = _questions(connection, lang)
    return {
        row["id"]: {
            "extended_attributes": Extended(
                row["state"], _state_name(row["state"], lang), row["kind"], row["level"], row["grid_code"] or "",
                row["community"], row["community_name"],
            ),
            "attributes": _answers(row["attributes"], questions.get(row["category_code"], {})),
            "notes": tuple(notes[row["id"]]),
        }
        for row in rows
    }  # fmt: skip


def _questions(connection: psycopg.Connection, lang: Lang) -> dict[str, dict[str, str]]:
    """{category: {code: description}} of every attribute, in the order in which they are asked."""
    found: dict[str, dict[str, str]] = {}
    for category, code, zh, en in connection.execute(
        "SELECT category_code, code, description_zh, description_en FROM category_attribute ORDER BY position"
    ):
        found.setdefault(category, {})[code] = zh if lang == "zh" else en
    return found


def _answers(told: Mapping[str, Any], questions: Mapping[str, str]) -> tuple[Answer, ...]:
    """In the order of the questions; answers to what is asked no longer come last."""
    codes = [*(code for code in questions if code in told), *(code for code in told if code not in questions)]
    return tuple(Answer(code, questions.get(code, ""), _values(told[code])) for code in codes)


def _values(value: Any) -> tuple[str, ...]:
    told = value if isinstance(value, list) else [value]
    return tuple(public_text(str(one)) for one in told)


def _state_name(state: str, lang: Lang) -> str:
    return life().states[state].zh if lang == "zh" else life().states[state].en


def _status(state: str) -> Status:
    return "open" if life().states[state].open else "closed"
