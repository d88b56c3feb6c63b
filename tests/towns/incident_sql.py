"""The drawn town with its plan adopted, in a street of a district, people who work there, and the catalogue.

leader of the district  qu · of the street  jie · desk  she · grid worker of grid 1  wang · of grid 2  li
departments: power with dian, urban_management with guan
"""

from datetime import UTC, datetime, timedelta

from psycopg import Connection

from gis_core.accounts.rules import Role
from gis_core.accounts.store import account_of_name
from gis_core.incidents.calendar import Calendar
from gis_core.incidents.case import Person
from gis_core.incidents.catalogue import load_shipped
from gis_core.incidents.office import Office
from gis_core.incidents.people import person_of
from gis_core.incidents.store import read_incident
from gis_core.sealing import Seal
from tests.people import person
from tests.towns.town_sql import CODE, build, centre

STREET, DISTRICT = "360302001000", "360302000000"
KEY = b"c2l4dGVlbiBieXRlcyBvZiBhIHRlc3RzIGtleSAyMzQ="
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
"""A Wednesday, 10:00 in China."""
LAMP, RUBBISH, PIPE, PAPERS = "010", "001", "030", "060"
STAFF = {
    "qu": (Role.LEADER, {"area": DISTRICT}),
    "jie": (Role.LEADER, {"area": STREET}),
    "she": (Role.COMMUNITY_DESK, {"community": CODE}),
    "she2": (Role.COMMUNITY_DESK, {"community": CODE}),
    "wang": (Role.GRID_WORKER, {"community": CODE}),
    "li": (Role.GRID_WORKER, {"community": CODE}),
    "dian": (Role.DEPARTMENT, {"area": DISTRICT}),
    "guan": (Role.DEPARTMENT, {"area": DISTRICT}),
}


def office() -> Office:
    """The office of the tests."""
    return Office(Calendar(), Seal([KEY]), "zh", "http://127.0.0.1")


def build_incident_town(pg: Connection) -> int:
    """Insert all of it and commit. Returns the id of the plan, which is in force."""
    plan = build(pg)
    pg.execute("UPDATE plan SET status = 'adopted' WHERE id = %s", [plan])
    pg.execute("UPDATE grid SET valid_from = %s WHERE plan_id = %s", [NOW - timedelta(days=300), plan])
    for code, level, parent in ((DISTRICT, "district", None), (STREET, "subdistrict", DISTRICT)):
        pg.execute("INSERT INTO admin_area VALUES (%s, %s, %s, %s)", [code, level, level, parent])
    pg.execute("UPDATE community SET area_code = %s", [STREET])
    load_shipped(pg, by="test")
    for name, (role, place) in STAFF.items():
        person(pg, name, role, **place)
    for name, department in (("dian", "power"), ("guan", "urban_management")):
        pg.execute(
            "INSERT INTO department_member SELECT %s, id FROM account WHERE name = %s", [department, name]
        )
    for name, grid in (("wang", 1), ("li", 2)):
        pg.execute(
            "INSERT INTO grid_duty (grid_code, account_id, community_id)"
            " SELECT g.code, a.id, g.community_id FROM grid g, account a"
            " WHERE g.plan_id = %s AND g.number = %s AND a.name = %s",
            [plan, grid, name],
        )
    pg.commit()
    return plan


def acting(pg: Connection, name: str, number: str) -> Person:
    """One of the staff, as what they may do with the incident."""
    account = account_of_name(pg, name)
    assert account is not None
    return person_of(pg, account, read_incident(pg, number))


def place(building: int = 1) -> tuple[float, float]:
    """(longitude, latitude) of a building: 1, 2, 7, 8 lie in grid 1."""
    return centre(building)
