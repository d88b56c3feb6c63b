"""What an installation's incidents go by: how time counts, how personal data are sealed, what the public is told."""

from dataclasses import dataclass

import psycopg

from gis_core.config import Settings
from gis_core.incidents.calendar import Calendar
from gis_core.incidents.life import Life, life
from gis_core.sealing import Seal, load_seal


@dataclass(frozen=True)
class Office:
    """calendar: of working time. seal: of personal data. lang: of messages to staff. url: of this service.

    webhook: whether what staff are told goes to the deployment's webhook as well.
    """

    calendar: Calendar
    seal: Seal
    lang: str = "zh"
    url: str = ""
    webhook: bool = False

    @property
    def life(self) -> Life:
        """The states and transitions."""
        return life()


def open_office(connection: psycopg.Connection, settings: Settings) -> Office:
    """The office of these settings, with the days that were loaded into the calendar."""
    days: dict[object, bool] = dict(connection.execute("SELECT day, working FROM calendar_day").fetchall())
    told = settings.calendar
    calendar = Calendar(zone=told.zone, hours=told.spans, exceptions=days, holidays=told.holidays)
    return Office(
        calendar,
        load_seal(settings),
        settings.page_language,
        settings.url.rstrip("/"),
        webhook=settings.messages.webhook_url is not None,
    )
