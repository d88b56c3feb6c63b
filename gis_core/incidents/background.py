"""What goes on by itself while the service runs: timers fire, messages leave, old data go, ended periods are frozen."""

import contextlib
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg

from gis_core.config import Settings
from gis_core.db import connect
from gis_core.errors import WanggeError
from gis_core.incidents.daily import freeze_ended, keep_daily
from gis_core.incidents.firing import fire_due
from gis_core.incidents.office import Office, open_office
from gis_core.incidents.outbox import send_due
from gis_core.incidents.quiet import QuietHours
from gis_core.incidents.senders import senders_from
from gis_core.repeating import repeating

EVERY_S = 5.0
"""Seconds between two looks at what is due."""
DAILY_S = 300.0
"""Seconds between two looks whether a day has passed, or a period is to be frozen."""

_log = logging.getLogger("wangge.incidents")


@contextlib.contextmanager
def in_background(
    settings: Settings, database_url: str, every_s: float = EVERY_S, daily_s: float = DAILY_S
) -> Iterator[None]:
    """For the time of the block fire timers, send messages, erase old data, freeze measures, each in its own thread.

    Any number of processes may do so on one database. The end of the block waits for the message that is on its way.
    """
    ended = threading.Event()

    def fire(connection: psycopg.Connection, office: Office) -> None:
        fire_due(connection, office, datetime.now(UTC))

    def send(connection: psycopg.Connection, office: Office) -> None:
        quiet = QuietHours(zone=office.calendar.tz)
        senders = senders_from(settings)
        send_due(connection, office.seal, senders, datetime.now(UTC), quiet=quiet, ended=ended)

    def erase(connection: psycopg.Connection, _office: Office) -> None:
        keep_daily(connection, settings, datetime.now(UTC))

    def freeze(connection: psycopg.Connection, office: Office) -> None:
        freeze_ended(connection, office, datetime.now(UTC))

    timers, messages, old, ended_periods = (
        _Look(settings, database_url, act) for act in (fire, send, erase, freeze)
    )
    with (
        repeating(timers, every_s, "fires timers"),
        repeating(messages, every_s, "sends messages"),
        repeating(old, daily_s, "erases old data"),
        repeating(ended_periods, daily_s, "freezes measures"),
    ):
        try:
            yield
        finally:
            ended.set()


class _Look:
    """One look at what is due. What goes wrong is logged, once as long as it stays the same, and tried again."""

    def __init__(
        self, settings: Settings, database_url: str, act: Callable[[psycopg.Connection, Office], None]
    ) -> None:
        self._settings = settings
        self._database_url = database_url
        self._act = act
        self._fault: str | None = None

    def __call__(self) -> None:
        try:
            with connect(self._database_url) as connection:
                office = open_office(connection, self._settings)
                connection.rollback()
                connection.autocommit = True
                self._act(connection, office)
            self._fault = None
        except Exception as error:  # nothing that goes wrong with one incident ends the thread
            fault = _told(error)
            if fault != self._fault:
                _log.error("%s: %s", threading.current_thread().name, fault)
            self._fault = fault


def _told(error: Exception) -> str:
    """The error without what it may quote of a row: only our own errors are known to name nobody."""
    if isinstance(error, WanggeError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return f"{type(error).__name__} in {last.name}, line {last.lineno}{(primary and f': {primary}') or ''}"
