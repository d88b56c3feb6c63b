"""The queue of incidents: what somebody may see, filtered, page by page."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from gis_core.accounts.rules import PERMISSIONS, Account, Permission, Role
from gis_core.accounts.store import communities_within
from gis_core.errors import InvalidInputError
from gis_core.incidents.people import departments_of

View = Literal["open", "closed", "all"]
_END = "infinity"


@dataclass(frozen=True)
class Seen:
    """What somebody sees: all of these communities (None: of all), and in others what is with their departments."""

    communities: Sequence[int] | None
    departments: frozenset[str] = frozenset()
    department_communities: Sequence[int] | None = ()

    def covers(self, community_id: int, department: str | None, dispatched: bool) -> bool:
        """Whether an incident is among it."""
        if self.communities is None or community_id in self.communities:
            return True
        mine = dispatched and department in self.departments
        return mine and (self.department_communities is None or community_id in self.department_communities)


@dataclass(frozen=True)
class Mine:
    """What is somebody's own: assigned to the account, in the grids that it answers for, with its departments."""

    account: int
    grids: Sequence[str] = ()
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Filter:
    """What is asked for; None: whatever it is. bbox: west, south, east, north, degrees."""

    view: View = "open"
    states: Sequence[str] = ()
    kind: str | None = None
    category: str | None = None
    community: str | None = None
    grid: str | None = None
    department: str | None = None
    overdue: bool | None = None
    supervised: bool | None = None
    mine: Mine | None = None
    q: str | None = None
    bbox: tuple[float, float, float, float] | None = None


def seen_by(connection: psycopg.Connection, account: Account) -> Seen:
    """What an account sees: departments what was dispatched to them, the others all of their area."""
    others = tuple(grant for grant in account.grants if grant.role is not Role.DEPARTMENT)
    plain = Account(account.id, account.name, account.display_name, others)
    wide = any(Permission.INCIDENT_READ in PERMISSIONS[one.role] for one in others)
    communities = communities_within(connection, plain, Permission.INCIDENT_READ) if wide else []
    if len(others) == len(account.grants):
        return Seen(communities)
    own = tuple(grant for grant in account.grants if grant.role is Role.DEPARTMENT)
    within = communities_within(
        connection, Account(account.id, account.name, "", own), Permission.INCIDENT_READ
    )
    return Seen(communities, departments_of(connection, account.id), within)


def own_of(connection: psycopg.Connection, account: int) -> Mine:
    """What is the account's own."""
    grids = connection.execute("SELECT grid_code FROM grid_duty WHERE account_id = %s", [account])
    return Mine(account, [row[0] for row in grids], departments_of(connection, account))


def list_incidents(
    connection: psycopg.Connection, seen: Seen, asked: Filter, *, after: str | None, limit: int, lang: str
) -> tuple[list[dict[str, Any]], str | None]:
    """(rows, cursor of the next page or None): open ones by when their stage is due, others the newest first.

    Raises:
        InvalidInputError: `after` is no cursor of such a list.
    """
    language = "zh" if lang == "zh" else "en"
    conditions, values = _conditions(seen, asked)
    by_due = asked.view == "open"
    if after is not None:
        conditions.append(
            "(coalesce(i.stage_due_at, 'infinity'::timestamptz), i.id) > (%(after_at)s::timestamptz, %(after_id)s)"
            if by_due
            else "i.id < %(after_id)s"
        )
        values |= _cursor(after)
    order = "coalesce(i.stage_due_at, 'infinity'::timestamptz), i.id" if by_due else "i.id DESC"
    query = f"""
        SELECT i.id, i.number, i.category_code AS category, k.name_{language} AS category_name, i.kind, i.level,
               i.state, i.open, c.code AS community, c.name AS community_name, i.grid_code AS grid,
               ST_X(i.place) AS lon,
               ST_Y(i.place) AS lat, i.address, i.department_code AS department, d.name_{language} AS department_name,
               a.name AS assignee, i.overdue, i.supervised, i.escalation, i.stage, i.stage_due_at, i.due_at,
               i.reported_at, i.updated_at, i.asked, i.revision
        FROM (SELECT * FROM incident i WHERE {" AND ".join(conditions)} ORDER BY {order} LIMIT %(limit)s) i
        JOIN community c ON c.id = i.community_id
        JOIN incident_category k ON k.code = i.category_code
        LEFT JOIN department d ON d.code = i.department_code
        LEFT JOIN account a ON a.id = i.assignee_id
        ORDER BY {order}
    """  # noqa: S608
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query, {**values, "limit": limit + 1}).fetchall()
    page = rows[:limit]
    return page, _cursor_of(page[-1]) if len(rows) > limit else None


def count_incidents(connection: psycopg.Connection, seen: Seen, asked: Filter) -> dict[str, Any]:
    """{states: {state: n}, overdue, supervised} of what the filter lets through."""
    conditions, values = _conditions(seen, asked)
    rows = connection.execute(
        "SELECT i.state, count(*), count(*) FILTER (WHERE i.overdue), count(*) FILTER (WHERE i.supervised)"  # noqa: S608
        f" FROM incident i WHERE {' AND '.join(conditions)} GROUP BY i.state ORDER BY i.state",
        values,
    ).fetchall()
    return {
        "states": {row[0]: row[1] for row in rows},
        "overdue": sum(row[2] for row in rows),
        "supervised": sum(row[3] for row in rows),
    }


def _conditions(seen: Seen, asked: Filter) -> tuple[list[str], dict[str, Any]]:
    told = {
        "i.state = ANY(%(states)s)": list(asked.states) or None,
        "i.kind = %(kind)s": asked.kind,
        "i.category_code = %(category)s": asked.category,
        "i.community_id = (SELECT id FROM community WHERE code = %(community)s)": asked.community,
        "i.grid_code = %(grid)s": asked.grid,
        "i.department_code = %(department)s": asked.department,
        "i.overdue = %(overdue)s": asked.overdue,
        "i.supervised = %(supervised)s": asked.supervised,
        "(i.number LIKE %(q)s || '%%' OR i.address ILIKE '%%' || %(q)s || '%%')": asked.q,
        "ST_Intersects(i.place, ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, 4326))": asked.bbox,
        _MINE: asked.mine,
    }
    conditions = [condition for condition, value in told.items() if value is not None]
    if asked.view == "open":
        conditions.append("i.open")
    elif asked.view == "closed":
        conditions.append("NOT i.open")
    if seen.communities is not None:
        conditions.append(_SEEN)
    west, south, east, north = asked.bbox or (0, 0, 0, 0)
    values = {
        "states": list(asked.states), "kind": asked.kind, "category": asked.category, "community": asked.community,
        "grid": asked.grid, "department": asked.department, "overdue": asked.overdue,
        "supervised": asked.supervised, "q": asked.q, "mine": asked.mine and asked.mine.account,
        "my_grids": list(asked.mine.grids) if asked.mine else [],
        "my_departments": list(asked.mine.departments) if asked.mine else [], "w": west, "s": south, "e": east,
        "n": north, "communities": None if seen.communities is None else list(seen.communities),
        "departments": list(seen.departments),
        "theirs": None if seen.department_communities is None else list(seen.department_communities),
    }  # fmt: skip
    return conditions or ["true"], values


_SEEN = """(i.community_id = ANY(%(communities)s) OR (
    i.department_code = ANY(%(departments)s) AND i.dispatched_at IS NOT NULL
    AND (%(theirs)s::bigint[] IS NULL OR i.community_id = ANY(%(theirs)s))))"""
_MINE = """(i.assignee_id = %(mine)s OR i.grid_code = ANY(%(my_grids)s)
    OR (i.dispatched_at IS NOT NULL AND i.department_code = ANY(%(my_departments)s)))"""


def _cursor_of(row: dict[str, Any]) -> str:
    due: datetime | None = row["stage_due_at"]
    return base64.urlsafe_b64encode(
        json.dumps([due.isoformat() if due else _END, row["id"]]).encode()
    ).decode()


def _cursor(told: str) -> dict[str, Any]:
    try:
        due, last = json.loads(base64.urlsafe_b64decode(told.encode()))
        if due != _END:
            datetime.fromisoformat(due)
        return {"after_at": due, "after_id": int(last)}
    except (ValueError, TypeError) as error:
        raise InvalidInputError(
            f"after = {told[:80]!r} is no cursor of this list: take `next` of the page before.",
            f"after = “{told[:80]}”无效：请使用上一页返回的 next。",
        ) from error
