"""Edited plans in the database: the row that edits lock, the journal, and what a move changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
from psycopg.types.json import Jsonb

from gis_core import audit
from gis_core.editing.rules import Edit, EditKind, Locks, Move
from gis_core.errors import NotFoundError
from gis_core.places.store import WAS_IN_FORCE
from gis_core.plans.drawing import Ints
from gis_core.plans.rules import PlanStatus

CHANNEL = "wangge_plan"
"""Channel on which each change of a plan is told when it is committed: {"plan", "event", ...} as JSON."""


@dataclass(frozen=True)
class PlanRow:
    """What an edit needs to know of a plan. split: whether the engine split buildings among its grids."""

    id: int
    community_id: int
    community: str
    version: int
    status: PlanStatus
    revision: int
    rules: dict[str, Any]
    locks: Locks
    name: str
    engine: dict[str, Any]
    was_in_force: bool

    @property
    def split(self) -> bool:
        """Whether buildings are split among its grids."""
        return bool(self.engine.get("split"))

    def __str__(self) -> str:
        return f"{self.community}@{self.version}"


def no_plan(plan: int) -> NotFoundError:
    """The error that there is no such plan."""
    return NotFoundError(f"There is no plan with the id {plan}.", f"没有编号为 {plan} 的方案。")


_PLAN = f"""
SELECT p.id, p.community_id, c.code, p.version, p.status, p.revision, p.rules, p.locks, p.name, p.engine, {WAS_IN_FORCE}
FROM plan p JOIN community c ON c.id = p.community_id WHERE p.id = %s
"""  # noqa: S608 (assembled from the constant alone)


def plan_row(connection: psycopg.Connection, plan: int, *, lock: bool = False) -> PlanRow:
    """The plan; lock: let nobody else change it until the transaction ends.

    Raises:
        NotFoundError: there is no such plan.
    """
    row = connection.execute(f"{_PLAN} FOR UPDATE OF p" if lock else _PLAN, [plan]).fetchone()
    if row is None:
        raise no_plan(plan)
    return PlanRow(*row[:4], PlanStatus(row[4]), row[5], row[6], Locks.from_dict(row[7]), *row[8:])


def read_labels(connection: psycopg.Connection, plan: int, community_id: int) -> Ints:
    """(n,) grid number of each building of the community in the order of their ids, 0 for none."""
    row = connection.execute(
        "SELECT array_agg(coalesce(a.grid_number, 0) ORDER BY b.id) FROM building b"
        " LEFT JOIN assignment a ON a.building_id = b.id AND a.plan_id = %s WHERE b.community_id = %s",
        [plan, community_id],
        binary=True,
    ).fetchone()
    return np.array(row[0] or [] if row else [], dtype=np.int64)


def grid_codes(connection: psycopg.Connection, plan: int) -> dict[int, str]:
    """{grid number: code} of a plan."""
    return dict(connection.execute("SELECT number, code FROM grid WHERE plan_id = %s", [plan]).fetchall())


def write_moves(
    connection: psycopg.Connection,
    row: PlanRow,
    moves: Sequence[Move],
    counts: Mapping[int, tuple[int, int | None, int]],
    codes: Mapping[int, str],
) -> None:
    """Carry out moves: grids that are new are made, those that are empty go, the areas of all touched are void.

    counts: {grid number: (households, persons, buildings)} of the touched grids after the moves; a grid that is not
    among them has no building left. codes: of the grids.
    """
    touched = sorted({number for m in moves for number in (m.source, m.target) if number is not None})
    held = [number for number in touched if number in counts]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO grid (plan_id, community_id, number, code, households, persons, buildings)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (plan_id, number) DO UPDATE SET"
            " households = excluded.households, persons = excluded.persons, buildings = excluded.buildings,"
            " area = NULL, area_m2 = NULL",
            [(row.id, row.community_id, number, codes[number], *counts[number]) for number in held],
        )
    placed = [move for move in moves if move.target is not None]
    loosed = [move.building for move in moves if move.target is None]
    if placed:
        connection.execute(
            "INSERT INTO assignment (plan_id, building_id, grid_number)"
            " SELECT %s, moved.building, moved.grid FROM unnest(%s::bigint[], %s::bigint[]) AS moved (building, grid)"
            " ON CONFLICT (plan_id, building_id) DO UPDATE SET grid_number = excluded.grid_number",
            [row.id, [move.building for move in placed], [move.target for move in placed]],
        )
    if loosed:
        connection.execute(
            "DELETE FROM assignment WHERE plan_id = %s AND building_id = ANY(%s)", [row.id, loosed]
        )
    emptied = [number for number in touched if number not in counts]
    if emptied:
        connection.execute("DELETE FROM grid WHERE plan_id = %s AND number = ANY(%s)", [row.id, emptied])


def write_edit(
    connection: psycopg.Connection, plan: int, edit: Edit, request: tuple[str, str] | None
) -> None:
    """Append to the journal, raise the plan's revision and tell those who listen.

    request: its idempotency key, and the hash of its body.
    """
    key, body = request or (None, None)
    connection.execute(
        "INSERT INTO plan_edit (plan_id, revision, kind, by, at, moves, details, undoes, request_key, request_hash)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [plan, edit.revision, edit.kind, edit.by, edit.at, Jsonb([move.to_list() for move in edit.moves]),
         Jsonb(dict(edit.details)), edit.undoes, key, body],
    )  # fmt: skip
    row = connection.execute(
        "UPDATE plan SET revision = %s WHERE id = %s RETURNING community_id", [edit.revision, plan]
    ).fetchone()
    audit.record(
        connection, edit.by, f"plan.{edit.kind}", f"plan {plan}", community_id=row and row[0],
        details={"revision": edit.revision, "moves": len(edit.moves)},
    )  # fmt: skip
    tell(connection, plan, "edit")


def tell(connection: psycopg.Connection, plan: int, event: str) -> None:
    """Tell those who listen that something of a plan changed, once this transaction is committed."""
    connection.execute(
        "SELECT pg_notify(%s, json_build_object('plan', %s::bigint, 'event', %s::text)::text)",
        [CHANNEL, plan, event],
    )


def name_of(connection: psycopg.Connection, account: str) -> str:
    """What an account is called, empty where it is not known."""
    row = connection.execute("SELECT display_name FROM account WHERE name = %s", [account]).fetchone()
    return row[0] if row else ""


_NAME = "coalesce((SELECT display_name FROM account WHERE account.name = plan_edit.by), '')"
_FIELDS = f"revision, kind, by, at, moves, details, undoes, {_NAME}"
_EDIT = f"SELECT {_FIELDS} FROM plan_edit WHERE plan_id = %(plan)s"  # noqa: S608


def edits_since(
    connection: psycopg.Connection, plan: int, revision: int, limit: int | None = None
) -> list[Edit]:
    """The edits after a revision, oldest first."""
    query = f"{_EDIT} AND revision > %(revision)s ORDER BY revision LIMIT %(limit)s"
    rows = connection.execute(query, {"plan": plan, "revision": revision, "limit": limit}).fetchall()
    return [_edit(row) for row in rows]


def edits_before(connection: psycopg.Connection, plan: int, before: int | None, limit: int) -> list[Edit]:
    """A page of the journal, newest first: those before a revision, or the last ones."""
    query = f"{_EDIT} AND (%(before)s::bigint IS NULL OR revision < %(before)s) ORDER BY revision DESC LIMIT %(limit)s"
    rows = connection.execute(query, {"plan": plan, "before": before, "limit": limit}).fetchall()
    return [_edit(row) for row in rows]


def edits_of(connection: psycopg.Connection, plan: int, by: str) -> list[Edit]:
    """A person's edits, oldest first, without their moves and details: enough to find what undo takes back."""
    rows = connection.execute(
        "SELECT revision, kind, by, at, '[]'::jsonb, '{}'::jsonb, undoes, '' FROM plan_edit"
        " WHERE plan_id = %s AND by = %s ORDER BY revision",
        [plan, by],
    ).fetchall()
    return [_edit(row) for row in rows]


def one_edit(connection: psycopg.Connection, plan: int, revision: int) -> Edit:
    """An entry of the journal that is known to be there."""
    query = f"{_EDIT} AND revision = %(revision)s"
    row = connection.execute(query, {"plan": plan, "revision": revision}).fetchone()
    assert row is not None
    return _edit(row)


def find_request(connection: psycopg.Connection, plan: int, by: str, key: str) -> tuple[Edit, str] | None:
    """The edit that a request of this key made, and the hash of its body."""
    row = connection.execute(
        f"SELECT {_FIELDS}, request_hash FROM plan_edit WHERE plan_id = %s AND by = %s AND request_key = %s",  # noqa: S608
        [plan, by, key],
    ).fetchone()
    return None if row is None else (_edit(row[:-1]), row[-1])


def _edit(row: Sequence[Any]) -> Edit:
    revision, kind, by, at, moves, details, *rest = row
    return Edit(revision, EditKind(kind), by, at, tuple(Move(*move) for move in moves), details, *rest)


def set_locks(connection: psycopg.Connection, plan: int, locks: Locks) -> None:
    """Replace the plan's locks."""
    connection.execute("UPDATE plan SET locks = %s WHERE id = %s", [Jsonb(locks.to_dict()), plan])


def set_rules(connection: psycopg.Connection, plan: int, rules: Mapping[str, Any]) -> None:
    """Replace the plan's rules."""
    connection.execute("UPDATE plan SET rules = %s WHERE id = %s", [Jsonb(dict(rules)), plan])


def set_name(connection: psycopg.Connection, plan: int, name: str) -> None:
    """Rename the plan."""
    connection.execute("UPDATE plan SET name = %s WHERE id = %s", [name, plan])


def insert_draft(
    connection: psycopg.Connection,
    *,
    community_id: int,
    version: int,
    based_on: int | None,
    rules: Mapping[str, Any],
    seed: int,
    engine: Mapping[str, Any],
    name: str,
    by: str,
    now: datetime,
) -> int:
    """Save a plan without grids, a draft; its id."""
    row = connection.execute(
        "INSERT INTO plan (community_id, version, based_on, rules, seed, engine, name, created_at, created_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [community_id, version, based_on, Jsonb(dict(rules)), seed, Jsonb(dict(engine)), name, now, by],
    ).fetchone()
    assert row is not None
    return int(row[0])


def copy_grids(connection: psycopg.Connection, source: int, target: int, codes: Mapping[int, str]) -> None:
    """Give a plan without grids those of another, and its assignments."""
    connection.execute(
        "INSERT INTO grid (plan_id, community_id, number, code, area, area_m2, households, persons, buildings)"
        " SELECT %s, community_id, grid.number, named.code, area, area_m2, households, persons, buildings FROM grid"
        " JOIN unnest(%s::bigint[], %s::text[]) AS named (number, code) ON named.number = grid.number"
        " WHERE plan_id = %s",
        [target, list(codes), list(codes.values()), source],
    )
    connection.execute(
        "INSERT INTO assignment (plan_id, building_id, grid_number)"
        " SELECT %s, building_id, grid_number FROM assignment WHERE plan_id = %s",
        [target, source],
    )


def recount(
    connection: psycopg.Connection, plan: int, counts: Mapping[int, tuple[int, int | None, int]]
) -> None:
    """Replace the counts of a plan's grids, {number: (households, persons, buildings)}, and void their areas."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE grid SET households = %s, persons = %s, buildings = %s, area = NULL, area_m2 = NULL"
            " WHERE plan_id = %s AND number = %s",
            [(*values, plan, number) for number, values in counts.items()],
        )
