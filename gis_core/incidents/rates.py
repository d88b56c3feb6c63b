"""How often what needs no account may be done to one thing in a day. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gis_core.errors import RateError

DAY = timedelta(days=1)
MOST_A_DAY = 50
"""Confirmations to subscribers of a building, followers of a report, entries of a reporter: each may reach a contact of
somebody else, or fill a table."""


def check_rate(moments: Sequence[datetime], now: datetime, en: str, zh: str) -> None:
    """Raises RateError with these words where there were MOST_A_DAY or more. moments: within DAY, oldest first."""
    if len(moments) >= MOST_A_DAY:
        raise RateError(moments[-MOST_A_DAY] + DAY - now, en, zh)
