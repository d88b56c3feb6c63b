"""Plans as people read them: a list, a summary that says of each grid whether it keeps each rule, and GeoJSON."""

from typing import Any, Literal

from psycopg import Connection
from psycopg.rows import dict_row

from gis_core.errors import NotFoundError
from gis_core.places.store import PERSONS_SUM

Lang = Literal["zh", "en"]
GRID_RULES = ("households", "persons")
"""Rules that bind a single grid; the number of grids and the balance bind the plan as a whole."""

_PLANS = """
SELECT json_build_object('plans', coalesce((
    SELECT json_agg(json_build_object(
        'id', p.id, 'version', p.version, 'status', p.status, 'based_on', p.based_on, 'seed', p.seed,
        'engine_status', p.engine ->> 'status', 'created_at', p.created_at, 'created_by', p.created_by,
        'grids', (SELECT count(*) FROM grid g WHERE g.plan_id = p.id)
    ) ORDER BY p.version DESC)
    FROM plan p WHERE p.community_id = c.id
), '[]'::json))::text
FROM community c WHERE c.code = %(code)s
"""

_PLAN = f"""
SELECT p.id, c.code AS community, c.name AS community_name, p.version, p.status, p.based_on, p.rules, p.seed,
       p.engine, p.created_at, p.created_by, t.buildings, t.households, t.persons,
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
"""  # noqa: S608 (assembled from the constant alone)

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


def plans_json(connection: Connection, code: str) -> str | None:
    """A community's plans, newest version first; None where there is no such community."""
    return _text(connection, _PLANS, {"code": code})


def grids_json(connection: Connection, plan: int) -> str | None:
    """GeoJSON of a plan's grids, `label` being a point inside each; None where there is no such plan."""
    return _text(connection, _GRIDS, {"plan": plan})


def assignments_json(connection: Connection, plan: int) -> str | None:
    """{building id: grid number}; None where there is no such plan."""
    return _text(connection, _ASSIGNMENTS, {"plan": plan})


def plan_summary(connection: Connection, plan: int, lang: Lang) -> dict[str, Any]:
    """A plan in plain data: what was asked, what the engine answered, and each grid held against the rules.

    Keys: id, community, community_name, version, status, based_on, seed, created_at, created_by, rules,
    engine {status, objective, bound, gap, scores}, reasons [text in lang and the figures, notes among them],
    split {id of each building that is split: its number of grids}, checks (of the plan as
    a whole), grids (a row each with `rules`), totals, unassigned. Raises NotFoundError.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_PLAN, {"plan": plan}).fetchone()
        if found is None:
            raise no_plan(plan)
        grids = cursor.execute(_GRID_ROWS, {"plan": plan}).fetchall()
    engine, rules = found["engine"], found["rules"]
    parts = grid_parts(engine)
    deviation = (engine.get("scores") or {}).get("deviation")
    kept = ("id", "community", "community_name", "version", "status", "based_on", "seed", "created_by")
    counted = ("buildings", "households", "persons")
    return {
        **{name: found[name] for name in kept},
        "created_at": found["created_at"].isoformat(),
        "rules": rules,
        "engine": {name: engine.get(name) for name in ("status", "objective", "bound", "gap", "scores")},
        "reasons": [
            reason | {"text": reason_text(reason, lang)}
            for reason in [*(engine.get("reasons") or []), *(engine.get("notes") or [])]
        ],
        "split": engine.get("split") or {},
        "checks": plan_checks(rules, len(grids), deviation) | {"contiguity": apart_check(parts, grids)},
        "grids": [_grid_row(grid, rules, parts) for grid in grids],
        "totals": {name: found[name] for name in counted},
        "unassigned": {name: found[f"loose_{name}"] for name in counted},
    }


def no_plan(plan: int) -> NotFoundError:
    """The error that there is no such plan."""
    return NotFoundError(f"There is no plan with the id {plan}.", f"没有编号为 {plan} 的方案。")


def reason_text(reason: dict[str, Any], lang: Lang) -> str:
    """The reason's text in the language, or in the other one where only that is there."""
    text = reason.get("text") or {}
    return text.get(lang) or next(iter(text.values()), "")


def check_band(value: float | None, band: list[float] | None) -> dict[str, Any] | None:
    """How a value stands to [low, high], ends included: {value, low, high, held, by}; None without a band or a value.

    `by` is how far the value lies outside: negative below the band, positive above it, 0 inside.
    """
    if band is None or value is None:
        return None
    low, high = band
    by = min(value - low, 0) or max(value - high, 0)
    return {"value": value, "low": low, "high": high, "held": by == 0, "by": by}


def plan_checks(rules: dict[str, Any], grids: int, deviation: float | None) -> dict[str, Any]:
    """The rules of the plan as a whole: number of grids, and balance where a tolerance is set (shares of the mean).

    deviation: as the engine judged it, which leaves grids out that are one oversized building.
    """
    tolerance = rules.get("balance_tolerance")
    return {
        "grids": check_band(grids, rules.get("grids")) if grids else None,
        "balance_tolerance": None
        if deviation is None or tolerance is None
        else check_band(round(deviation, 9), [0.0, tolerance]),
    }


def grid_parts(engine: dict[str, Any]) -> dict[int, int] | None:
    """{grid number: pieces} of the grids that are not in one piece; None where the engine did not say."""
    violations = (engine.get("scores") or {}).get("violations")
    if violations is None:
        return None
    return {one["grid"]: int(one["value"]) for one in violations if one["rule"] == "contiguity"}


def apart_check(parts: dict[int, int] | None, grids: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The rule that each grid is in one piece: the value is the number of grids that are not."""
    return check_band(len(parts), [0, 0]) if parts is not None and grids else None


def _grid_row(grid: dict[str, Any], rules: dict[str, Any], parts: dict[int, int] | None) -> dict[str, Any]:
    dates = {name: grid[name] and grid[name].isoformat() for name in ("valid_from", "valid_to")}
    checks = {name: check_band(grid[name], rules.get(name)) for name in GRID_RULES}
    if rules.get("oversized") == "own_grid" and grid["buildings"] == 1:
        checks = excused(checks)
    checks["contiguity"] = None if parts is None else check_band(parts.get(grid["number"], 1), [1, 1])
    return grid | dates | {"rules": checks}


def excused(checks: dict[str, dict[str, Any] | None]) -> dict[str, dict[str, Any] | None]:
    """The checks of a grid of one building under `oversized = "own_grid"`: above one band it is bound by none."""
    if not any(check and check["by"] > 0 for check in checks.values()):
        return checks
    return {
        name: check | {"held": True, "excused": True} if check and check["by"] else check
        for name, check in checks.items()
    }


def _text(connection: Connection, query: str, values: dict[str, object]) -> str | None:
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]
