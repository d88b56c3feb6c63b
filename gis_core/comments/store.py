"""Comments in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from gis_core.errors import NotFoundError


@dataclass(frozen=True)
class Comment:
    """A remark at a place (longitude, latitude, degrees); resolved_by and resolved_at are None while it is open.

    by, resolved_by: accounts. by_name, resolved_by_name: what they are called.
    """

    id: int
    plan: int
    place: tuple[float, float]
    text: str
    by: str
    at: datetime
    resolved_by: str | None
    resolved_at: datetime | None
    by_name: str
    resolved_by_name: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as the API answers it."""
        done = None if self.resolved_at is None else self.resolved_at.isoformat()
        return {"id": self.id, "plan": self.plan, "place": list(self.place), "text": self.text, "by": self.by,
                "by_name": self.by_name, "at": self.at.isoformat(), "resolved_by": self.resolved_by,
                "resolved_by_name": self.resolved_by_name, "resolved_at": done}  # fmt: skip


_NAME = "coalesce((SELECT nullif(display_name, '') FROM account WHERE account.name = {0}), {0})"
_COLUMNS = (
    "id, plan_id, ST_X(place), ST_Y(place), text, by, at, resolved_by, resolved_at, "
    f"{_NAME.format('plan_comment.by')}, {_NAME.format('plan_comment.resolved_by')}"
)


def comments_of(connection: psycopg.Connection, plan: int) -> list[Comment]:
    """A plan's comments, oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM plan_comment WHERE plan_id = %s ORDER BY id", [plan])  # noqa: S608
    return [_comment(row) for row in rows]


def find_comment(connection: psycopg.Connection, comment: int) -> Comment | None:
    """The comment of this id, locked until the transaction ends."""
    query = f"SELECT {_COLUMNS} FROM plan_comment WHERE id = %s FOR UPDATE"  # noqa: S608
    row = connection.execute(query, [comment]).fetchone()
    return None if row is None else _comment(row)


def plan_of_comment(connection: psycopg.Connection, comment: int) -> int:
    """Id of the plan that a comment is pinned to.

    Raises:
        NotFoundError: there is no such comment.
    """
    row = connection.execute("SELECT plan_id FROM plan_comment WHERE id = %s", [comment]).fetchone()
    if row is None:
        raise no_comment(comment)
    return int(row[0])


def no_comment(comment: int) -> NotFoundError:
    """The error that there is no such comment."""
    return NotFoundError(f"There is no comment with the id {comment}.", f"没有编号为 {comment} 的批注。")


def insert_comment(
    connection: psycopg.Connection, plan: int, place: tuple[float, float], text: str, by: str, now: datetime
) -> Comment:
    """Save a comment."""
    row = connection.execute(
        "INSERT INTO plan_comment (plan_id, place, text, by, at)"  # noqa: S608
        f" VALUES (%s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s, %s, %s) RETURNING {_COLUMNS}",
        [plan, *place, text, by, now],
    ).fetchone()
    assert row is not None
    return _comment(row)


def resolve_comment(
    connection: psycopg.Connection, comment: int, by: str | None, now: datetime | None
) -> Comment:
    """Mark a comment as resolved, or open it again with None."""
    row = connection.execute(
        f"UPDATE plan_comment SET resolved_by = %s, resolved_at = %s WHERE id = %s RETURNING {_COLUMNS}",  # noqa: S608
        [by, now, comment],
    ).fetchone()
    assert row is not None
    return _comment(row)


def is_near(
    connection: psycopg.Connection, community_id: int, place: tuple[float, float], metres: float
) -> bool:
    """Whether a place lies in a community or at most so far from it."""
    row = connection.execute(
        "SELECT ST_DWithin(boundary::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography, %s)"
        " FROM community WHERE id = %s",
        [*place, metres, community_id],
    ).fetchone()
    return row == (True,)


def _comment(row: Sequence[Any]) -> Comment:
    comment, plan, x, y, *rest = row
    return Comment(comment, plan, (x, y), *rest)
