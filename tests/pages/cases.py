"""Incidents of the drawn town for tests of pages: reported and worked on without a browser, at a given time."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from PIL import Image
from pydantic import SecretStr

from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.photos import clean_photo
from gis_core.incidents.reporting import Receipt, take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.stepping import take_step
from tests.serving import serving
from tests.towns.incident_sql import KEY, LAMP, acting, office, place

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))


@contextmanager
def serving_incidents(database_url: str) -> Iterator[str]:
    """The application's address; personal data are sealed as in `office`."""
    with serving(database_url, secret_keys=SecretStr(KEY.decode())) as address:
        yield address


def picture(colour: str = "seagreen", size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG photo of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def reported(
    pg: psycopg.Connection,
    category: str = LAMP,
    building: int = 1,
    *,
    now: datetime | None = None,
    photos: tuple[str, ...] = (),
    **more: Any,
) -> Receipt:
    """A resident's report at a building, committed."""
    lon, lat = place(building)
    own: dict[str, Any] = {"description": "楼前路灯不亮", "address": f"{building}号楼前"}
    if category == LAMP:
        own["attributes"] = {"fault": "out"}
    told = Report(lon, lat, category, **(own | more))
    shots = [(kind, clean_photo(picture())) for kind in photos]
    receipt = take_report(pg, office(), told, shots, by=RESIDENT, now=now or datetime.now(UTC))
    pg.commit()
    return receipt


def stepped(
    pg: psycopg.Connection,
    who: str,
    number: str,
    action: str,
    *,
    now: datetime | None = None,
    **evidence: Any,
) -> None:
    """A step by one of the staff or by the reporter, committed."""
    by = RESIDENT if who == "reporter" else acting(pg, who, number)
    take_step(pg, office(), number, action, Evidence(**evidence), (), by=by, now=now or datetime.now(UTC))
    pg.commit()


def phone_of(number: str = "13800138000") -> Contact:
    """How to reach a resident."""
    return Contact("张女士", number, "")
