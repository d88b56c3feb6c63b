"""Administrative areas in the database. Every function takes a connection (psycopg 3) first and leaves the transaction
to its caller."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from gis_core import audit
from gis_core.areas.rules import Area, nearest, parse_areas
from gis_core.errors import NotFoundError

_NAMED = 10
"""Areas that are named where another one is asked for."""


@dataclass(frozen=True)
class Loaded:
    """What a file did: areas written, communities put into the area that their code tells, rows left out."""

    areas: int
    placed: int
    communities: int
    """Rows of communities, which come with their buildings."""


def list_areas(connection: psycopg.Connection) -> list[Area]:
    """All areas in the order of their codes."""
    with connection.cursor(row_factory=class_row(Area)) as cursor:
        return cursor.execute(
            "SELECT code, level, name, parent_code AS parent FROM admin_area ORDER BY code"
        ).fetchall()


def load_areas(connection: psycopg.Connection, text: str, *, by: str) -> Loaded:
    """Add the areas of a CSV file, or renew those that there are; others stay.

    Raises:
        InvalidInputError: with all faults of the file; nothing is changed then.
    """
    connection.execute("LOCK TABLE admin_area IN SHARE ROW EXCLUSIVE MODE")
    areas, communities = parse_areas(text, {area.code: area for area in list_areas(connection)})
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO admin_area (code, level, name, parent_code) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (code) DO UPDATE SET (level, name, parent_code)"
            " = (excluded.level, excluded.name, excluded.parent_code)",
            [(area.code, area.level, area.name, area.parent) for area in areas],
        )
    placed = place_by_code(connection)
    audit.record(connection, by, "areas.load", details={"areas": len(areas), "placed": placed})
    return Loaded(len(areas), placed, communities)


def place_by_code(connection: psycopg.Connection) -> int:
    """Put communities that lie in no area, and whose codes have 12 digits, into the nearest that their code tells; how
    many.
    """
    rows = connection.execute(
        "SELECT id, code FROM community WHERE area_code IS NULL AND code ~ '^[0-9]{12}$'"
    ).fetchall()
    if not rows:
        return 0
    known = {code for (code,) in connection.execute("SELECT code FROM admin_area")}
    placed = [(area, key) for key, code in rows if (area := nearest(code, known))]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE community SET area_code = %s WHERE id = %s", placed)
    return len(placed)


def place_community(connection: psycopg.Connection, community: str, area: str | None, *, by: str) -> None:
    """Put a community into an area, or into none.

    Raises:
        NotFoundError: there is no such community or area.
    """
    if area is not None:
        check_area(connection, area)
    found = connection.execute(
        "UPDATE community SET area_code = %s WHERE code = %s RETURNING id", [area, community]
    ).fetchone()
    if found is None:
        raise NotFoundError(
            f"There is no community with the code {community}. Import it with `wangge import FILE`.",
            f"没有代码为 {community} 的社区。请用 `wangge import 文件` 导入。",
        )
    audit.record(connection, by, "areas.place", f"area {area or '-'}", community_id=found[0])


def is_area(connection: psycopg.Connection, code: str) -> bool:
    """Whether there is an area with this code."""
    return connection.execute("SELECT FROM admin_area WHERE code = %s", [code]).fetchone() is not None


def check_area(connection: psycopg.Connection, code: str) -> None:
    """Raises NotFoundError, with the way out, where there is no such area."""
    if is_area(connection, code):
        return
    codes = [
        row[0] for row in connection.execute("SELECT code FROM admin_area ORDER BY 1 LIMIT %s", [_NAMED + 1])
    ]
    some = ", ".join(codes[:_NAMED]) + (", …" if len(codes) > _NAMED else "")
    en = f"there are {some}" if some else "none are loaded yet"
    zh = f"现有：{some}" if some else "尚未载入任何区域"
    raise NotFoundError(
        f"There is no admin area with the code {code}; {en}. Load areas with `wangge area load FILE.csv`.",
        f"没有代码为 {code} 的行政区域；{zh}。请用 `wangge area load 文件.csv` 载入。",
    )
