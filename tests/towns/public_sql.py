"""Incidents of the drawn town that the public sees, and others that it must not see."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PIL import Image
from psycopg import Connection

from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.stepping import take_step
from tests.towns.incident_sql import LAMP, PAPERS, RUBBISH, acting, office, place

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
QUARREL = "050"
REPORTER = Contact("张三", "13800138000")


def build_public(pg: Connection) -> dict[str, str]:
    """Insert and commit; name → number: lamp and rubbish open, closed, then old, withdrawn, papers and a quarrel."""
    now = datetime.now(UTC)
    numbers = {
        name: _report(pg, category, building, now - timedelta(days=days), words)
        for name, category, building, days, words in (
            ("lamp", LAMP, 1, 9, "灯不亮"), ("old", LAMP, 1, 120, "灯不亮"), ("closed", LAMP, 1, 8, "灯不亮"),
            ("withdrawn", LAMP, 2, 7, "灯不亮"), ("papers", PAPERS, 2, 6, "家门口"),
            ("quarrel", QUARREL, 2, 5, "离婚"),
            ("rubbish", RUBBISH, 7, 4, "家门口"),
        )
    }  # fmt: skip
    for name, days in (("old", 119), ("closed", 7)):
        _close(pg, numbers[name], now - timedelta(days=days))
    _step(pg, numbers["withdrawn"], "reporter", "cancel", now - timedelta(days=6))
    pg.commit()
    return numbers


def photo(pg: Connection, number: str, *, public: bool) -> int:
    """Id of a photo of an incident, checked and published or not; committed."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    row = pg.execute(
        "INSERT INTO incident_photo (incident_id, kind, content, at, public, moderated_at, moderated_by)"
        " SELECT id, 'near', %s, now(), %s, now(), 'she' FROM incident WHERE number = %s RETURNING id",
        [out.getvalue(), public, number],
    ).fetchone()
    pg.commit()
    assert row is not None
    return int(row[0])


def _report(pg: Connection, category: str, building: int, now: datetime, words: str) -> str:
    lon, lat = place(building)
    told = Report(lon + 0.00002, lat, category, words, address="家门口", contact=REPORTER)
    if category == LAMP:
        told = replace(told, attributes={"fault": "out"})
    return take_report(pg, office(), told, (), by=RESIDENT, now=now).number


def _close(pg: Connection, number: str, now: datetime) -> None:
    for who, action, evidence in (
        ("wang", "accept", {}), ("she", "dispatch", {"department": "power"}), ("dian", "start", {}),
        ("dian", "resolve", {"document": "单"}), ("wang", "verify", {}),
        ("she", "close", {"public_note": "修好了，问题请打 13800138000"}),
    ):  # fmt: skip
        _step(pg, number, who, action, now, **evidence)


def _step(pg: Connection, number: str, who: str, action: str, now: datetime, **evidence: object) -> None:
    by = RESIDENT if who == "reporter" else acting(pg, who, number)
    take_step(pg, office(), number, action, Evidence(**{"note": "好", **evidence}), (), by=by, now=now)
