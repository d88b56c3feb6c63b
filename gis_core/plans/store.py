"""Plans in the database: the town they are drawn from, and what is kept of them. Every function takes a connection
(psycopg 3) first and leaves the transaction to its caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from psycopg.types.json import Jsonb
from pyproj import CRS

from gis_core.crs import STORAGE_EPSG
from gis_core.errors import NotFoundError
from gis_core.exchange.geometries import as_multi
from gis_core.exchange.georeference import transform
from gis_core.plans.drawing import Drawing, Town, engine_record
from gis_core.plans.part_store import insert_parts
from gis_core.plans.rules import PlanStatus
from partitioning.barriers import Barriers

_LISTED = 10
"""Communities that are named where another one is asked for."""

BARRIER_MARGIN_DEGREES = 0.003
"""Barriers this close to a boundary are loaded too: a bridge just outside of it still joins two banks."""


@dataclass(frozen=True)
class PlanKey:
    """A plan as users name it: `community@version`."""

    id: int
    community: str
    version: int
    status: PlanStatus

    def __str__(self) -> str:
        return f"{self.community}@{self.version}"


@dataclass(frozen=True)
class StoredGrid:
    """A grid of a stored plan; persons None where the plan knows nothing of persons, the area until it is derived."""

    number: int
    code: str
    households: int
    persons: int | None
    buildings: int
    area_m2: float | None


EDITED = (
    "(p.engine ->> 'status' = 'edited' OR EXISTS ("
    "SELECT FROM plan_edit e WHERE e.plan_id = p.id AND (e.moves <> '[]' OR e.kind = 'rules')))"
)
"""Whether buildings or rules of plan p were changed by hand since the engine's answer."""

RESULT = f"(CASE WHEN {EDITED} THEN 'edited' ELSE p.engine ->> 'status' END)"
"""What came of plan p: the engine's status, or "edited"."""


@dataclass(frozen=True)
class StoredPlan:
    """A plan with the rules used, the engine's record and its grids."""

    key: PlanKey
    rules: dict[str, Any]
    engine: dict[str, Any]
    grids: tuple[StoredGrid, ...]
    edited: bool
    """Whether buildings or rules were changed by hand since the engine's answer."""

    @property
    def patches(self) -> dict[int, int]:
        """Patch of each grid by its number, as the engine grouped them; none of a plan that was edited since."""
        return {} if self.edited else patches_of(self.engine)


def patches_of(engine: Mapping[str, Any]) -> dict[int, int]:
    """Patch of each grid by its number, of an engine's record; empty where grids are not grouped."""
    patches = enumerate(engine.get("patches") or (), 1)
    return {number: patch for number, patch in patches if patch is not None}


@dataclass(frozen=True, eq=False)
class StoredTown:
    """A town with the database's keys: of the community, of each building and of the plan in force; the metric CRS
    (EPSG code), and what people call each building: its name, address or source id."""

    community_id: int
    metric_srid: int
    in_force: int | None
    building_keys: tuple[int, ...]
    names: tuple[str, ...]
    town: Town


def load_town(connection: psycopg.Connection, code: str) -> StoredTown:
    """Read a community to draw it.

    Raises:
        NotFoundError: there is no such community, or it has no buildings.
    """
    row = connection.execute(
        "SELECT id, metric_srid, ST_AsBinary(ST_Transform(boundary, metric_srid::int)),"
        " (SELECT id FROM plan WHERE community_id = community.id AND status = 'adopted')"
        " FROM community WHERE code = %s",
        [code],
    ).fetchone()
    if row is None:
        raise _no_community(connection, code)
    community_id, metric_srid, boundary, in_force = row
    rows = connection.execute(
        "SELECT id, source_id, ST_AsBinary(ST_Transform(footprint, %s)), households, persons,"
        " persons_kind <> 'none', coalesce(estate_id, -1), coalesce(grid_number, -1),"
        " coalesce(building.name, address, source_id) FROM building"
        " LEFT JOIN assignment ON building_id = building.id AND plan_id = %s"
        " WHERE community_id = %s ORDER BY id",
        [metric_srid, in_force, community_id],
    ).fetchall()
    if not rows:
        raise NotFoundError(
            f"Community {code} has no buildings. Import some with `wangge import FILE`.",
            f"社区 {code} 没有楼栋。请用 `wangge import 文件` 导入。",
        )
    keys, ids, footprints, households, persons, known, estates, grids, names = zip(*rows, strict=True)
    town = Town(
        code=code,
        building_ids=ids if len(set(ids)) == len(ids) else tuple(map(str, keys)),
        footprints=shapely.from_wkb(np.array(footprints, dtype=object)),
        households=np.array(households, dtype=np.int64),
        persons=np.array(persons, dtype=np.int64) if any(known) else None,
        estates=np.array(estates, dtype=np.int64),
        boundary=shapely.from_wkb(boundary),
        barriers=_barriers_around(connection, community_id, metric_srid),
        current=None if in_force is None else np.array(grids, dtype=np.int64),
    )
    return StoredTown(community_id, metric_srid, in_force, keys, names, town)


def _no_community(connection: psycopg.Connection, code: str) -> NotFoundError:
    known = [
        row[0]
        for row in connection.execute("SELECT code FROM community ORDER BY code LIMIT %s", [_LISTED + 1])
    ]
    more = "…" if len(known) > _LISTED else ""
    known = known[:_LISTED]
    listed = f"The database holds: {', '.join(known)}{more}." if known else "The database holds none yet."
    held = f"数据库中有：{'、'.join(known)}{more}。" if known else "数据库中还没有社区。"
    return NotFoundError(
        f"There is no community {code!r}. {listed} Import one with `wangge import FILE`.",
        f"没有社区“{code}”。{held}请用 `wangge import 文件` 导入。",
    )


def _barriers_around(connection: psycopg.Connection, community_id: int, metric_srid: int) -> Barriers:
    rows = connection.execute(
        "SELECT ST_AsBinary(ST_Transform(barrier.geometry, %s)), kind, coalesce(class, ''), bridge"
        " FROM barrier JOIN community ON barrier.geometry && ST_Expand(community.boundary, %s)"
        " WHERE community.id = %s ORDER BY barrier.id",
        [metric_srid, BARRIER_MARGIN_DEGREES, community_id],
    ).fetchall()
    if not rows:
        return Barriers.none()
    geometry, kind, class_, bridge = zip(*rows, strict=True)
    return Barriers(
        shapely.from_wkb(np.array(geometry, dtype=object)),
        np.array(kind, dtype=str),
        np.array(class_, dtype=str),
        np.array(bridge, dtype=bool),
    )


def find_plan(connection: psycopg.Connection, name: str) -> PlanKey:
    """The plan of this id, of `community@version`, or a community's adopted, else newest plan.

    Raises:
        NotFoundError: there is none.
    """
    community, _, version = name.rpartition("@") if "@" in name else (name, "", "")
    row = connection.execute(
        "SELECT plan.id, community.code, plan.version, plan.status FROM plan JOIN community"
        " ON community.id = plan.community_id"
        " WHERE (community.code = %(community)s AND (%(version)s = '' OR plan.version::text = %(version)s))"
        " OR plan.id::text = %(name)s"
        " ORDER BY plan.id::text = %(name)s, plan.status = 'adopted' DESC, plan.version DESC LIMIT 1",
        {"community": community, "version": version, "name": name},
    ).fetchone()
    if row is None:
        raise NotFoundError(
            f"There is no plan {name!r}. Name it by its id, as community@version, or by its community; "
            "draw one with `wangge draw COMMUNITY`.",
            f"没有方案“{name}”。可用方案编号、“社区@版本”或社区代码指定；用 `wangge draw 社区` 划分一个。",
        )
    return PlanKey(row[0], row[1], row[2], PlanStatus(row[3]))


def lock_community(connection: psycopg.Connection, community_id: int) -> None:
    """Let the community's plans be written by this transaction only, until it ends: versions and codes follow."""
    connection.execute("SELECT id FROM community WHERE id = %s FOR UPDATE", [community_id])


def next_version(connection: psycopg.Connection, community_id: int) -> int:
    """The version of the community's next plan; locks the community until the transaction ends."""
    lock_community(connection, community_id)
    row = connection.execute(
        "SELECT coalesce(max(version), 0) + 1 FROM plan WHERE community_id = %s", [community_id]
    ).fetchone()
    assert row is not None
    return int(row[0])


def issued_codes(connection: psycopg.Connection, community_id: int) -> list[str]:
    """Every grid code of the community that was ever in force."""
    query = "SELECT code FROM grid WHERE community_id = %s AND valid_from IS NOT NULL"
    return [row[0] for row in connection.execute(query, [community_id])]


def insert_plan(
    connection: psycopg.Connection,
    stored: StoredTown,
    drawing: Drawing,
    *,
    version: int,
    codes: Sequence[str],
    seed: int,
    by: str,
    now: datetime,
) -> PlanKey:
    """Save a drawn plan as a draft, with its grids and assignments where the engine has any."""
    row = connection.execute(
        "INSERT INTO plan (community_id, version, based_on, rules, seed, engine, created_at, created_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [stored.community_id, version, stored.in_force, Jsonb(drawing.rules.to_dict()), seed,
         Jsonb(engine_record(drawing)), now, by],
    ).fetchone()  # fmt: skip
    assert row is not None
    key = PlanKey(int(row[0]), drawing.town.code, version, PlanStatus.DRAFT)
    if drawing.labels is not None:
        _insert_grids(connection, key.id, stored, drawing, codes)
        _insert_assignments(connection, key.id, stored.building_keys, drawing.labels)
        insert_parts(connection, key.id, stored.building_keys, stored.metric_srid, drawing)
    return key


def _insert_grids(
    connection: psycopg.Connection,
    plan_id: int,
    stored: StoredTown,
    drawing: Drawing,
    codes: Sequence[str],
) -> None:
    assert drawing.outcome.plan is not None
    scores = drawing.outcome.plan.scores.grids
    degrees = transform(as_multi(drawing.areas), CRS.from_epsg(stored.metric_srid), STORAGE_EPSG)
    blobs = shapely.to_wkb(shapely.set_srid(degrees, STORAGE_EPSG), include_srid=True)
    rows: list[tuple[Any, ...]] = [
        (plan_id, stored.community_id, score.grid + 1, code, blob, float(area), score.households,
         score.persons, score.buildings)
        for score, code, blob, area in zip(scores, codes, blobs, shapely.area(drawing.areas), strict=True)
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO grid (plan_id, community_id, number, code, area, area_m2, households, persons,"
            " buildings) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            rows,
        )


def _insert_assignments(
    connection: psycopg.Connection, plan_id: int, building_keys: Sequence[int], labels: NDArray[np.int64]
) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY assignment (plan_id, building_id, grid_number) FROM STDIN") as copy,
    ):
        for building, grid in zip(building_keys, labels.tolist(), strict=True):
            copy.write_row((plan_id, building, grid))


def set_status(connection: psycopg.Connection, plan_id: int, after: PlanStatus) -> None:
    """Change the state of a plan that this transaction has locked."""
    connection.execute("UPDATE plan SET status = %s WHERE id = %s", [after, plan_id])


def adopted_plan(connection: psycopg.Connection, community: str) -> PlanKey | None:
    """The community's plan in force."""
    row = connection.execute(
        "SELECT plan.id, plan.version FROM plan JOIN community ON community.id = community_id"
        " WHERE code = %s AND status = 'adopted'",
        [community],
    ).fetchone()
    return None if row is None else PlanKey(row[0], community, row[1], PlanStatus.ADOPTED)


def issue_codes(connection: psycopg.Connection, plan_id: int, codes: Sequence[str], now: datetime) -> None:
    """Put the grids of a plan in force, under these codes in the order of their numbers."""
    connection.execute(
        "UPDATE grid SET code = issued.code, valid_from = %(now)s FROM ("
        " SELECT number, row_number() OVER (ORDER BY number) AS place FROM grid WHERE plan_id = %(plan)s) AS own"
        " JOIN unnest(%(codes)s::text[]) WITH ORDINALITY AS issued (code, place) USING (place)"
        " WHERE plan_id = %(plan)s AND grid.number = own.number",
        {"plan": plan_id, "codes": list(codes), "now": now},
    )


def end_grids(connection: psycopg.Connection, plan_id: int, now: datetime) -> None:
    """End the validity of a plan's grids."""
    connection.execute(
        "UPDATE grid SET valid_to = %s WHERE plan_id = %s AND valid_from IS NOT NULL", [now, plan_id]
    )


def grid_codes(connection: psycopg.Connection, plan_id: int) -> list[str]:
    """Codes of a plan's grids in the order of their numbers."""
    query = "SELECT code FROM grid WHERE plan_id = %s ORDER BY number"
    return [row[0] for row in connection.execute(query, [plan_id])]


def list_plans(connection: psycopg.Connection) -> list[tuple[PlanKey, str, int]]:
    """All plans with what came of them (the engine's status, or "edited") and the number of grids, newest first."""
    rows = connection.execute(
        f"SELECT p.id, code, version, p.status, {RESULT}, (SELECT count(*) FROM grid"  # noqa: S608 (a constant)
        " WHERE plan_id = p.id) FROM plan p JOIN community ON community.id = community_id ORDER BY p.id DESC"
    ).fetchall()
    return [(PlanKey(row[0], row[1], row[2], PlanStatus(row[3])), row[4], row[5]) for row in rows]


def read_plan(connection: psycopg.Connection, key: PlanKey) -> StoredPlan:
    """A plan with its grids in the order of their numbers."""
    row = connection.execute(
        f"SELECT p.rules, p.engine, {EDITED} FROM plan p WHERE p.id = %s",  # noqa: S608 (a constant)
        [key.id],
    ).fetchone()
    assert row is not None
    rules, engine, edited = row
    grids = connection.execute(
        "SELECT number, code, households, persons, buildings, area_m2 FROM grid WHERE plan_id = %s ORDER BY number",
        [key.id],
    ).fetchall()
    return StoredPlan(key, rules, engine, tuple(StoredGrid(*grid) for grid in grids), edited)


def communities_without_plan(connection: psycopg.Connection) -> list[str]:
    """Codes of communities that have buildings and no plan yet."""
    rows = connection.execute(
        "SELECT code FROM community WHERE EXISTS (SELECT FROM building WHERE community_id = community.id)"
        " AND NOT EXISTS (SELECT FROM plan WHERE community_id = community.id) ORDER BY code"
    )
    return [row[0] for row in rows]
