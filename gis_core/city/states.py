"""The states of communities, kept in `community_state`: readers compute again those that writers have made due."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from gis_core.city.rules import broken_rules_today
from gis_core.editing.ground import read_place
from gis_core.editing.standing import stand
from gis_core.editing.store import read_labels
from gis_core.exchange.load import raise_layer_version
from gis_core.places.store import PERSONS_SUM
from partitioning import Rules

STATE_LAYER = "states"
"""The layer whose version tells of new states."""

_TAKE_DUE = """
WITH taken AS (DELETE FROM community_due RETURNING community_id, ground)
SELECT community_id, bool_or(ground) FROM taken GROUP BY community_id
"""

# What is kept of the grids' pieces holds until the ground changes or another plan is adopted; that of a plan that
# splits buildings is the engine's own and is not checked.
_COMMUNITIES = f"""
SELECT c.id, p.id AS plan_id, p.rules, underway.status AS underway, t.buildings, t.households, t.persons,
       CASE WHEN s.plan_id = p.id THEN s.pieces ELSE '{{}}' END AS pieces,
       CASE WHEN p.id IS NULL OR split.yes THEN NULL
            WHEN due.ground THEN clock_timestamp()
            WHEN s.plan_id = p.id THEN s.ground_changed_at
            ELSE clock_timestamp() END AS ground_changed_at
FROM unnest(%(communities)s::bigint[], %(grounds)s::boolean[]) AS due (id, ground)
JOIN community c ON c.id = due.id
LEFT JOIN community_state s ON s.community_id = c.id
LEFT JOIN plan p ON p.community_id = c.id AND p.status = 'adopted'
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM building_part WHERE plan_id = p.id) AS yes) split
CROSS JOIN LATERAL (
    SELECT max(status) AS status FROM plan u WHERE u.community_id = c.id AND u.status IN ('draft', 'proposed')
) underway
LEFT JOIN LATERAL (
    SELECT count(*) AS buildings, coalesce(sum(b.households), 0)::bigint AS households, {PERSONS_SUM} AS persons
    FROM building b WHERE b.community_id = c.id
) t ON true
"""  # noqa: S608 (assembled from the constant alone)

# A building that the plan splits counts as its parts do, in proportion where its own counts have changed since.
_GRIDS = """
WITH part AS (
    SELECT *, nullif(sum(households) OVER building, 0) AS all_households,
           nullif(sum(persons) OVER building, 0) AS all_persons
    FROM building_part WHERE plan_id = ANY(%(plans)s)
    WINDOW building AS (PARTITION BY plan_id, building_id)
)
SELECT p.id AS plan, coalesce(part.grid_number, a.grid_number) AS number, count(*) AS buildings,
       sum(CASE WHEN part.plan_id IS NULL THEN b.households
                ELSE round(b.households * part.households / part.all_households) END)::bigint AS households,
       sum(CASE WHEN part.plan_id IS NULL THEN b.persons
                ELSE round(b.persons * part.persons / part.all_persons) END)::bigint AS persons
FROM plan p
JOIN building b ON b.community_id = p.community_id
LEFT JOIN assignment a ON a.plan_id = p.id AND a.building_id = b.id
LEFT JOIN part ON part.plan_id = p.id AND part.building_id = b.id
WHERE p.id = ANY(%(plans)s)
GROUP BY p.id, 2 ORDER BY p.id, 2
"""

_ESTATE_SPLITS = """
SELECT p.id, count(DISTINCT (b.estate_id, a.grid_number)) - count(DISTINCT b.estate_id)
FROM plan p JOIN assignment a ON a.plan_id = p.id JOIN building b ON b.id = a.building_id
WHERE p.id = ANY(%(plans)s) AND p.rules ->> 'estate_splits' IS NOT NULL AND b.estate_id IS NOT NULL
GROUP BY p.id
"""

_WRITE = """
INSERT INTO community_state (community_id, label, buildings, households, persons, plan_id, grids, underway, pieces,
                             ground_changed_at, broken)
SELECT c.id, ST_PointOnSurface(c.boundary), n.buildings, n.households, n.persons, n.plan_id, n.grids, n.underway,
       n.pieces, n.ground_changed_at, n.broken
FROM jsonb_to_recordset(%(rows)s) AS n (
    id bigint, buildings bigint, households bigint, persons bigint, plan_id bigint, grids bigint, underway text,
    pieces jsonb, ground_changed_at timestamptz, broken jsonb)
JOIN community c ON c.id = n.id
ON CONFLICT (community_id) DO UPDATE SET
    (label, buildings, households, persons, plan_id, grids, underway, pieces, ground_changed_at, broken)
  = (excluded.label, excluded.buildings, excluded.households, excluded.persons, excluded.plan_id, excluded.grids,
     excluded.underway, excluded.pieces, excluded.ground_changed_at, excluded.broken)
"""

_UNCHECKED = """
SELECT s.community_id, c.code, s.plan_id, p.rules, s.ground_changed_at
FROM community_state s JOIN community c ON c.id = s.community_id JOIN plan p ON p.id = s.plan_id
WHERE s.ground_changed_at IS NOT NULL ORDER BY s.ground_changed_at, s.community_id LIMIT 1
"""

_CHECKED = """
WITH checked AS (
    UPDATE community_state SET pieces = %(pieces)s, ground_changed_at = NULL
    WHERE community_id = %(community)s AND ground_changed_at = %(changed)s AND plan_id = %(plan)s
    RETURNING community_id
)
INSERT INTO community_due (community_id, ground) SELECT community_id, false FROM checked
"""


def refresh_states(connection: psycopg.Connection) -> None:
    """Compute again the states of the communities that are due; nothing where none is. One reader at a time."""
    if connection.execute("SELECT EXISTS (SELECT FROM community_due)").fetchone() == (False,):
        return
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('wangge states'))")
        due = connection.execute(_TAKE_DUE).fetchall()
        if due:
            _write_states(connection, [row[0] for row in due], [row[1] for row in due])
            raise_layer_version(connection, STATE_LAYER)


def _write_states(connection: psycopg.Connection, communities: list[int], grounds: list[bool]) -> None:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_COMMUNITIES, {"communities": communities, "grounds": grounds}).fetchall()
        plans = {"plans": [row["plan_id"] for row in rows if row["plan_id"] is not None]}
        grids = defaultdict(list)
        for grid in cursor.execute(_GRIDS, plans).fetchall():
            grids[grid.pop("plan")].append(grid)
    splits = dict(connection.execute(_ESTATE_SPLITS, plans).fetchall())
    written = [_state(row, grids[row["plan_id"]], splits.get(row["plan_id"], 0)) for row in rows]
    connection.execute(_WRITE, {"rows": Jsonb(written)})


def _state(row: dict[str, Any], grids: Sequence[Mapping[str, Any]], splits: int) -> dict[str, Any]:
    """The row of `community_state`. row: of _COMMUNITIES. grids: the plan's, with number None for no grid."""
    changed, rules = row["ground_changed_at"], row.pop("rules")
    known = row["persons"] is not None
    inside = [
        grid | {"persons": grid["persons"] if known else None} for grid in grids if grid["number"] is not None
    ]
    broken = [] if rules is None else broken_rules_today(
        rules,
        inside,
        unassigned=sum(grid["buildings"] for grid in grids if grid["number"] is None),
        estate_splits=splits,
        pieces={int(number): pieces for number, pieces in row["pieces"].items()},
    )  # fmt: skip
    return row | {
        "ground_changed_at": changed and changed.isoformat(),
        "grids": len(inside),
        "broken": broken,
    }


def check_grounds(connection: psycopg.Connection, most: int) -> None:
    """See whether grids are still in one piece where buildings or barriers have changed, in `most` communities.

    Their ground is computed for it, some fifty milliseconds each. Nothing where another reader is at it.
    """
    for _ in range(most):
        with connection.transaction():
            free = connection.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext('wangge pieces'))"
            ).fetchone()
            row = connection.execute(_UNCHECKED).fetchone() if free == (True,) else None
            if row is None:
                return
            community, code, plan, rules, changed = row
            pieces = Jsonb(_pieces(connection, community, code, plan, Rules.from_dict(rules)))
            values = {"pieces": pieces, "community": community, "changed": changed, "plan": plan}
            connection.execute(_CHECKED, values)


def _pieces(
    connection: psycopg.Connection, community: int, code: str, plan: int, rules: Rules
) -> dict[int, int]:
    """{grid: number of pieces} of the plan's grids that are not in one piece on the ground of today."""
    labels = read_labels(connection, plan, community)
    if not labels.any():
        return {}
    scores = stand(read_place(connection, code), labels, rules).scores
    violations = scores.violations if scores else ()
    return {
        one.grid + 1: int(one.value)
        for one in violations
        if one.rule == "contiguity" and one.grid is not None
    }
