"""Commenting a plan. The entry point owns the transaction."""

from datetime import datetime

import psycopg

from gis_core.comments import store
from gis_core.comments.store import Comment, no_comment
from gis_core.editing.store import plan_row, tell
from gis_core.errors import InvalidInputError

LENGTH = 2000
"""Characters of a comment."""
NEAR_M = 1000.0
"""A comment lies in the community of its plan, or so near to it, metres."""


def add_comment(
    connection: psycopg.Connection,
    plan: int,
    place: tuple[float, float],
    text: str,
    *,
    by: str,
    now: datetime,
) -> Comment:
    """Pin a remark to a place (longitude, latitude, degrees).

    Raises:
        NotFoundError: there is no such plan.
        InvalidInputError: the text is empty or too long, or the place is far from the community.
    """
    row = plan_row(connection, plan)
    words = text.strip()
    if not 0 < len(words) <= LENGTH or "\x00" in words:
        raise InvalidInputError(
            f"A comment has 1-{LENGTH} characters; this one has {len(words)}.",
            f"评论应有 1–{LENGTH} 个字符，现在有 {len(words)} 个。",
        )
    inside = -180 <= place[0] <= 180 and -90 <= place[1] <= 90
    if not inside or not store.is_near(connection, row.community_id, place, NEAR_M):
        raise InvalidInputError(
            f"place = [{place[0]}, {place[1]}] is not within {NEAR_M:.0f} m of community {row.community}; "
            "give longitude and latitude in degrees (WGS 84).",
            f"位置 [{place[0]}, {place[1]}] 不在社区 {row.community} 周围 {NEAR_M:.0f} 米以内；"
            "请给出经度和纬度（度，WGS 84）。",
        )
    comment = store.insert_comment(connection, plan, place, words, by, now)
    tell(connection, plan, "comment")
    return comment


def resolve(
    connection: psycopg.Connection, comment: int, *, resolved: bool, by: str, now: datetime
) -> Comment:
    """Resolve a comment, or open it again; one that is so already stays as it is.

    Raises:
        NotFoundError: there is no such comment.
    """
    found = store.find_comment(connection, comment)
    if found is None:
        raise no_comment(comment)
    if (found.resolved_at is not None) == resolved:
        return found
    changed = store.resolve_comment(connection, comment, by if resolved else None, now if resolved else None)
    tell(connection, found.plan, "comment")
    return changed
