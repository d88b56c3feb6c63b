"""What is done by itself as days pass: what was kept for its time is erased, and measures of ended periods are frozen.

Each by itself: where one fails, the other is done all the same.
"""

from datetime import date, datetime, timedelta

import psycopg

from gis_core.config import Settings
from gis_core.incidents.evidence import REOPEN_WITHIN
from gis_core.incidents.measures_store import freeze
from gis_core.incidents.office import Office
from gis_core.incidents.retention import keep

_LAST = "SELECT max(at) FROM audit_entry WHERE action = 'incident.keep'"


def keep_daily(connection: psycopg.Connection, settings: Settings, now: datetime) -> bool:
    """Erase what has been kept for its time where that was last done a day ago or more; whether it was done.

    The connection commits by itself. Any number of processes may ask: one of them does it.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('wangge daily'))")
        row = connection.execute(_LAST).fetchone()
        if row is not None and row[0] is not None and now - row[0] < timedelta(days=1):
            return False
        keep(connection, now, settings)
    return True


def freeze_ended(connection: psycopg.Connection, office: Office, now: datetime) -> int:
    """Freeze the measures of the periods in which no case can be asked to be reopened any more; how many rows.

    The connection commits by itself. What is frozen stays as it is, whoever asks.
    """
    rows = 0
    for period in ended_periods((now - REOPEN_WITHIN).astimezone(office.calendar.tz).date()):
        with connection.transaction():
            rows += freeze(connection, period, now, office.calendar)
    return rows


def ended_periods(today: date) -> list[str]:
    """The month, the quarter and the year that ended last."""
    month = today.replace(day=1) - timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return [f"{month:%Y-%m}", f"{quarter.year}Q{(quarter.month + 2) // 3}", str(today.year - 1)]
