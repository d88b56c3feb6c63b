"""Plans as people read them: a list, a summary that says of each grid whether it keeps each rule, and GeoJSON."""

from typing import Any, Literal

from psycopg import Connection
from psycopg.rows import dict_row

from gis_core.editing.ground import Places, refresh_areas
from gis_core.editing.judged import record_now
from gis_core.editing.rules import Locks
from gis_core.editing.store import no_plan
from gis_core.places.store import PERSONS_SUM, SHOWN_PLANS
from gis_core.plans.checks import grid_checks, grid_parts, plan_checks
from gis_core.plans.store import EDITED, RESULT, patches_of

Lang = Literal["zh", "en"]

_PLANS = f"""
SELECT json_build_object('plans', coalesce((
    SELECT json_agg(json_build_object(
        'id', p.id, 'version', p.version, 'name', p.name, 'status', p.status, 'revision', p.revision,
        'based_on', p.based_on, 'seed', p.seed,
        'engine_status', {RESULT}, 'created_at', p.created_at, 'created_by', p.created_by,
        'grids', (SELECT count(*) FROM grid g WHERE g.plan_id = p.id)
    ) ORDER BY p.version DESC)
    FROM plan p WHERE p.community_id = c.id AND {SHOWN_PLANS}
), '[]'::json))::text
FROM community c WHERE c.code = %(code)s
"""  # noqa: S608 (assembled from constants alone)

_PLAN = f"""
SELECT p.id, c.code AS community, c.name AS community_name, p.version, p.status, p.based_on, p.rules, p.seed,
       p.name, p.revision, p.locks, p.engine,
       {EDITED} AS edited,
       p.created_at, p.created_by, t.buildings, t.households, t.persons,
       u.buildings AS loose_buildings, u.households AS loose_households, u.persons AS loose_persons
FROM plan p
JOIN community c ON c.id = p.community_id
CROSS JOIN LATERAL (
    SELECT count(*) AS buildings, coalesce(sum(b.households), 0)::bigint AS households,
           {PERSONS_SUM} AS persons
    FROM building b WHERE b.community_id = p.community_id
) t
CROSS JOIN LATERAL (
    SELECT count(*) AS buildings, coalesce(sum(b.households), 0)::bigint AS households,
           {PERSONS_SUM} AS persons
    FROM building b
    WHERE b.community_id = p.community_id
      AND NOT EXISTS (SELECT FROM assignment a WHERE a.plan_id = p.id AND a.building_id = b.id)
) u
WHERE p.id = %(plan)s
"""  # noqa: S608 (assembled from constants alone)

_GRID_ROWS = """
SELECT number, code, households, persons, buildings, area_m2, valid_from, valid_to
FROM grid WHERE plan_id = %(plan)s ORDER BY number
"""

_GRIDS = """
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce((
    SELECT json_agg(json_build_object(
        'type', 'Feature', 'id', g.number, 'geometry', ST_AsGeoJSON(g.area, 7)::json,
        'properties', json_build_object(
            'number', g.number, 'code', g.code, 'households', g.households, 'persons', g.persons,
            'buildings', g.buildings, 'area_m2', g.area_m2,
            'label', ST_AsGeoJSON(ST_PointOnSurface(g.area), 7)::json -> 'coordinates')
    ) ORDER BY g.number)
    FROM grid g WHERE g.plan_id = p.id
), '[]'::json))::text
FROM plan p WHERE p.id = %(plan)s
"""

_ASSIGNMENTS = """
SELECT coalesce((
    SELECT json_object_agg(a.building_id, a.grid_number ORDER BY a.building_id)
    FROM assignment a WHERE a.plan_id = p.id
), '{}'::json)::text
FROM plan p WHERE p.id = %(plan)s
"""


def plans_json(connection: Connection, code: str, drafts: list[int] | None = None) -> str | None:
    """A community's plans, newest version first; None where there is no such community.

    drafts: ids of the communities whose drafts and proposals are listed too; None: all.
    """
    return _text(connection, _PLANS, {"code": code, "drafts": drafts})


def grids_json(connection: Connection, plan: int) -> str | None:
    """GeoJSON of a plan's grids, `label` being a point inside each; None where there is no such plan."""
    return _text(connection, _GRIDS, {"plan": plan})


def assignments_json(connection: Connection, plan: int) -> str | None:
    """{building id: grid number}; None where there is no such plan."""
    return _text(connection, _ASSIGNMENTS, {"plan": plan})


def plan_summary(connection: Connection, plan: int, lang: Lang, places: Places) -> dict[str, Any]:
    """A plan in plain data: what was asked, what the engine answered, and each grid held against the rules.

    Keys: id, community, community_name, version, name, status, revision, locks, based_on, seed, created_at, created_by,
    rules, engine {status, objective, bound, gap, scores}, reasons [text in lang and the figures, notes among them],
    split {id of each building that is split: its number of grids}, checks (of the plan as
    a whole), grids (a row each with `rules`, and its `patch` where grids are grouped), totals, unassigned. Of a plan
    that was edited, status is "edited", no grid has a patch, and figures and reasons are of now. Raises NotFoundError.
    """
    refresh_areas(connection, plan, places)
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_PLAN, {"plan": plan}).fetchone()
        if found is None:
            raise no_plan(plan)
        grids = cursor.execute(_GRID_ROWS, {"plan": plan}).fetchall()
    rules = found["rules"]
    engine = (
        record_now(connection, plan, found["community"], rules, places)
        if found["edited"]
        else found["engine"]
    )
    scores = engine.get("scores")
    parts, patches = grid_parts(scores), patches_of(engine)
    kept = ("id", "community", "community_name", "version", "name", "status", "revision", "based_on", "seed",
            "created_by")  # fmt: skip
    counted = ("buildings", "households", "persons")
    return {
        **{name: found[name] for name in kept},
        "created_at": found["created_at"].isoformat(),
        "locks": Locks.from_dict(found["locks"]).to_dict(),
        "rules": rules,
        "engine": {name: engine.get(name) for name in ("status", "objective", "bound", "gap", "scores")},
        "reasons": [
            reason | {"text": reason_text(reason, lang)}
            for reason in [*(engine.get("reasons") or []), *(engine.get("notes") or [])]
        ],
        "split": engine.get("split") or {},
        "checks": plan_checks(rules, len(grids), scores),
        "grids": [_grid_row(grid, rules, parts) | {"patch": patches.get(grid["number"])} for grid in grids],
        "totals": {name: found[name] for name in counted},
        "unassigned": {name: found[f"loose_{name}"] for name in counted},
    }


def reason_text(reason: dict[str, Any], lang: Lang) -> str:
    """The reason's text in the language, or in the other one where only that is there."""
    text = reason.get("text") or {}
    return text.get(lang) or next(iter(text.values()), "")


def _grid_row(grid: dict[str, Any], rules: dict[str, Any], parts: dict[int, int] | None) -> dict[str, Any]:
    dates = {name: grid[name] and grid[name].isoformat() for name in ("valid_from", "valid_to")}
    return grid | dates | {"rules": grid_checks(grid, rules, parts)}


def _text(connection: Connection, query: str, values: dict[str, object]) -> str | None:
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]
