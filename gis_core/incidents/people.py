"""Whom an incident concerns: who acts as what there, who answers for a grid, who leads above."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from gis_core.accounts.rules import Account, Role
from gis_core.incidents.case import Person
from gis_core.incidents.reports import Category
from gis_core.incidents.routing import Matter
from gis_core.incidents.rules import actors_of
from gis_core.incidents.store import Incident, Spot

_AREAS = """
WITH RECURSIVE above AS (
    SELECT a.code, a.level, a.parent_code, 1 AS far FROM community c JOIN admin_area a ON a.code = c.area_code
    WHERE c.id = %s
    UNION ALL
    SELECT a.code, a.level, a.parent_code, far + 1 FROM admin_area a JOIN above ON a.code = above.parent_code
    WHERE far < 10
)
SELECT code, level FROM above ORDER BY far
"""


@dataclass(frozen=True)
class Rung:
    """A place on the ladder of escalation: the community (area is None) or an admin area above it."""

    area: str | None
    level: str


def areas_above(connection: psycopg.Connection, community_id: int) -> list[tuple[str, str]]:
    """(code, level) of the admin areas above a community, the nearest first."""
    return [(code, level) for code, level in connection.execute(_AREAS, [community_id])]


def matter_at(
    connection: psycopg.Connection, category: Category, condition: str | None, spot: Spot
) -> Matter:
    """What routing looks at, of a report that lies there."""
    areas = frozenset(code for code, _ in areas_above(connection, spot.community_id))
    return Matter(category.code, category.group, condition, spot.community, spot.grid_code, areas)


def ladder(connection: psycopg.Connection, community_id: int) -> list[Rung]:
    """The rungs above a grid, from the community up; as many as the tree of areas has."""
    above = areas_above(connection, community_id)
    return [Rung(None, "community"), *(Rung(code, level) for code, level in above)]


def person_of(connection: psycopg.Connection, account: Account, incident: Incident) -> Person:
    """Somebody with what they may do with an incident."""
    levels = dict(areas_above(connection, incident.community_id))
    grants = [
        one
        for one in account.grants
        if one.everywhere or one.community == incident.community or one.area in levels
    ]
    departments = departments_of(connection, account.id)
    actors = actors_of(grants, levels, member=incident.department in departments)
    return Person(account.name, actors, account.id)


def departments_of(connection: psycopg.Connection, account: int) -> frozenset[str]:
    """Codes of the departments that an account acts for."""
    rows = connection.execute(
        "SELECT department_code FROM department_member WHERE account_id = %s", [account]
    )
    return frozenset(row[0] for row in rows)


def on_duty(connection: psycopg.Connection, grid_code: str | None) -> list[int]:
    """Accounts that answer for a grid."""
    rows = connection.execute(
        "SELECT account_id FROM grid_duty d JOIN account a ON a.id = d.account_id"
        " WHERE grid_code = %s AND a.disabled_at IS NULL ORDER BY account_id",
        [grid_code],
    )
    return [row[0] for row in rows]


def answering(connection: psycopg.Connection, community_id: int, grid_code: str | None) -> list[int]:
    """Who is told first of what is new in a grid: who answers for it, else the desk."""
    return on_duty(connection, grid_code) or nearest_above(
        connection, community_id, ladder(connection, community_id), 0
    )


def leading(connection: psycopg.Connection, community_id: int, level: str) -> list[int]:
    """Who leads at a level of areas; where the tree lacks it, at its top."""
    rungs = ladder(connection, community_id)
    at = next((place for place, rung in enumerate(rungs) if rung.level == level), len(rungs) - 1)
    return nearest_above(connection, community_id, rungs, at)


def grids_of(connection: psycopg.Connection, account: int, community: str) -> list[int]:
    """Numbers of the grids of a community's plan in force that an account answers for."""
    rows = connection.execute(
        "SELECT g.number FROM grid_duty d JOIN grid g ON g.code = d.grid_code JOIN plan p ON p.id = g.plan_id"
        " JOIN community c ON c.id = p.community_id"
        " WHERE d.account_id = %s AND c.code = %s AND p.status = 'adopted' ORDER BY g.number",
        [account, community],
    )
    return [row[0] for row in rows]


def workers_of(connection: psycopg.Connection, incident: Incident) -> list[tuple[int, str, bool]]:
    """(id, name, whether they answer for the grid) of the grid workers of a place, those who answer first."""
    areas = [code for code, _ in areas_above(connection, incident.community_id)]
    return connection.execute(
        "SELECT a.id, a.name,"
        " EXISTS (SELECT FROM grid_duty d WHERE d.account_id = a.id AND d.grid_code = %(grid)s) AS own"
        " FROM account a WHERE a.disabled_at IS NULL AND EXISTS (SELECT FROM account_grant g WHERE g.account_id = a.id"
        " AND g.role = 'grid_worker' AND (g.community_id = %(community)s OR g.area_code = ANY(%(areas)s)"
        " OR (g.community_id IS NULL AND g.area_code IS NULL))) ORDER BY own DESC, a.name",
        {"grid": incident.grid_code, "community": incident.community_id, "areas": areas},
    ).fetchall()


def members_of(connection: psycopg.Connection, department: str | None) -> list[int]:
    """Accounts that act for a department."""
    rows = connection.execute(
        "SELECT account_id FROM department_member m JOIN account a ON a.id = m.account_id"
        " WHERE department_code = %s AND a.disabled_at IS NULL ORDER BY account_id",
        [department],
    )
    return [row[0] for row in rows]


def holders(
    connection: psycopg.Connection, roles: Sequence[Role], community_id: int, rung: Rung
) -> list[int]:
    """Accounts that have one of the roles at exactly this rung."""
    place = "g.community_id = %(place)s" if rung.area is None else "g.area_code = %(place)s"
    rows = connection.execute(
        "SELECT DISTINCT g.account_id FROM account_grant g JOIN account a ON a.id = g.account_id"  # noqa: S608
        f" WHERE g.role = ANY(%(roles)s) AND {place} AND a.disabled_at IS NULL ORDER BY 1",
        {"roles": [str(role) for role in roles], "place": rung.area or community_id},
    )
    return [row[0] for row in rows]


def everywhere(connection: psycopg.Connection, roles: Sequence[Role]) -> list[int]:
    """Accounts that have one of the roles everywhere."""
    rows = connection.execute(
        "SELECT DISTINCT g.account_id FROM account_grant g JOIN account a ON a.id = g.account_id"
        " WHERE g.role = ANY(%s) AND g.area_code IS NULL AND g.community_id IS NULL AND a.disabled_at IS NULL"
        " ORDER BY 1",
        [[str(role) for role in roles]],
    )
    return [row[0] for row in rows]


def nearest_above(
    connection: psycopg.Connection, community_id: int, rungs: Sequence[Rung], at: int
) -> list[int]:
    """Who leads at a rung, counted from 0 (the community); where nobody does, at the next above, else everywhere."""
    for number, rung in enumerate(rungs[min(at, len(rungs) - 1) :], min(at, len(rungs) - 1)):
        roles = (Role.COMMUNITY_DESK, Role.LEADER) if number == 0 else (Role.LEADER,)
        found = holders(connection, roles, community_id, rung)
        if found:
            return found
    return everywhere(connection, (Role.LEADER, Role.ADMINISTRATOR))
