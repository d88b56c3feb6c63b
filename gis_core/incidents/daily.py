"""What is done once a day: what was kept for its time is erased, and measures of periods that are over are frozen."""

from datetime import date, datetime, timedelta

import psycopg

from gis_core.config import Settings
from gis_core.incidents.measures_store import freeze
from gis_core.incidents.office import Office
from gis_core.incidents.retention import keep

_LAST = "SELECT max(at) FROM audit_entry WHERE action = 'incident.keep'"


def run_daily(connection: psycopg.Connection, office: Office, settings: Settings, now: datetime) -> bool:
    """Do it where it was last done a day ago or more; whether it was done. The connection commits by itself.

    Any number of processes may ask: one of them does it.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('wangge daily'))")
        row = connection.execute(_LAST).fetchone()
        if row is not None and row[0] is not None and now - row[0] < timedelta(days=1):
            return False
        keep(connection, now, settings)
        for period in ended_periods(now.astimezone(office.calendar.tz).date()):
            freeze(connection, period, now, office.calendar)
    return True


def ended_periods(today: date) -> list[str]:
    """The month, the quarter and the year that ended last."""
    month = today.replace(day=1) - timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return [f"{month:%Y-%m}", f"{quarter.year}Q{(quarter.month + 2) // 3}", str(today.year - 1)]
