"""Who may see and work on an incident, and the office that every route of incidents works in."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from psycopg import Connection

from api.accounts import Gate, account_of, borrowed, check_in, enter, permissions_at
from api.deps import Lang, settings_of
from api.incident_bodies import plain
from gis_core.accounts.rules import Account, Permission
from gis_core.errors import ForbiddenError
from gis_core.incidents.office import Office, open_office
from gis_core.incidents.people import person_of
from gis_core.incidents.queue import seen_by
from gis_core.incidents.store import Incident, read_incident
from gis_core.incidents.views import staff_view

IncidentNumber = Annotated[
    str, Path(max_length=64, pattern=r"^[^\x00]*$", description="number of an incident")
]
_OFFICE_S = 60.0
"""How long the loaded calendar is taken as it is."""


class Offices:
    """The office of this process, opened anew after a while: a calendar may have been loaded since."""

    def __init__(self) -> None:
        self._lock, self._office, self._until = threading.Lock(), None, 0.0
        self._office: Office | None

    def get(self, request: Request) -> Office:
        """The office."""
        with self._lock:
            if self._office is None or time.monotonic() > self._until:
                with borrowed(request) as connection:
                    self._office = open_office(connection, settings_of(request))
                self._until = time.monotonic() + _OFFICE_S
            return self._office


def office_of(request: Request) -> Office:
    """The office that the application works in."""
    offices: Offices = request.app.state.offices
    return offices.get(request)


InOffice = Annotated[Office, Depends(office_of)]
"""Stands before `Reader` in a route: whoever opens the office borrows a connection, and holds none meanwhile."""


@dataclass(frozen=True)
class NeedsIncident(Gate):
    """A permission in the community of the address's incident; departments only for what was dispatched to them."""

    permission: Permission

    def __call__(self, request: Request, number: IncidentNumber) -> None:
        """Let in or raise ForbiddenError, NotFoundError."""
        with borrowed(request) as connection:
            enter(request, connection)
            check_incident(request, connection, read_incident(connection, number), self.permission)


def check_incident(
    request: Request, connection: Connection, incident: Incident, permission: Permission
) -> None:
    """Raises ForbiddenError where whoever was let in may not do it with the incident."""
    account = account_of(request)
    check_in(connection, account, permission, incident.community)
    dispatched = incident.dispatched_at is not None
    if not seen_by(connection, account).covers(incident.community_id, incident.department, dispatched):
        raise ForbiddenError(
            f"Incident {incident.number} is not with your department.",
            f"事件 {incident.number} 不由您单位办理。",
        )


def case_view(
    connection: Connection, office: Office, account: Account, incident: Incident, lang: Lang
) -> dict[str, Any]:
    """The incident as a member of the staff sees it, and whether they may look at who reported it."""
    person = person_of(connection, account, incident)
    view = staff_view(connection, office, incident, person, datetime.now(UTC), lang)
    may = permissions_at(connection, account, incident.community)
    return plain({**view, "reads_reporter": Permission.REPORTER_READ in may})


reads_incident = Depends(NeedsIncident(Permission.INCIDENT_READ))
works_on_incident = Depends(NeedsIncident(Permission.INCIDENT_WORK))
reads_reporter = Depends(NeedsIncident(Permission.REPORTER_READ))
moderates_photos = Depends(NeedsIncident(Permission.PHOTO_MODERATE))
