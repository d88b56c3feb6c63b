"""Communities with their states as JSON text, made in the database from `community_state` (EPSG:4326)."""

from collections.abc import Sequence

import psycopg

from gis_core.areas.store import is_area
from gis_core.city.rules import State
from gis_core.errors import NotFoundError

_SEES_DRAFTS = "(%(drafts)s::bigint[] IS NULL OR c.id = ANY(%(drafts)s))"
STATE_OF = f"""CASE WHEN s.plan_id IS NOT NULL THEN CASE WHEN s.broken = '[]' THEN 'adopted' ELSE 'broken' END
         WHEN {_SEES_DRAFTS} THEN coalesce(s.underway, 'none') ELSE 'none' END"""
"""State of a community `c` with its `community_state` s, as somebody sees it who sees the drafts of `drafts`."""

_COMMUNITIES = f"""
WITH RECURSIVE below AS (
    SELECT code FROM admin_area WHERE code = %(area)s
    UNION
    SELECT a.code FROM admin_area a JOIN below ON a.parent_code = below.code
), found AS MATERIALIZED (
    SELECT c.id, c.code, {STATE_OF} AS state, s.ground_changed_at IS NOT NULL AS unchecked
    FROM community c JOIN community_state s ON s.community_id = c.id
    WHERE (%(within)s::bigint[] IS NULL OR c.id = ANY(%(within)s))
      AND (%(area)s::text IS NULL OR c.area_code IN (SELECT code FROM below))
      AND (%(q)s = '' OR strpos(lower(c.name), lower(%(q)s)) > 0 OR strpos(lower(c.code), lower(%(q)s)) > 0)
), page AS (
    SELECT * FROM found
    WHERE code > %(after)s AND (%(states)s::text[] IS NULL OR state = ANY(%(states)s))
    ORDER BY code LIMIT %(limit)s + 1
), listed AS (
    SELECT * FROM page ORDER BY code LIMIT %(limit)s
)
SELECT json_build_object(
    'communities', coalesce((
        SELECT json_agg(json_build_object(
            'code', c.code, 'name', c.name, 'area_code', c.area_code,
            'bbox', json_build_array(
                ST_XMin(c.boundary), ST_YMin(c.boundary), ST_XMax(c.boundary), ST_YMax(c.boundary)),
            'label', json_build_array(ST_X(s.label), ST_Y(s.label)),
            'buildings', s.buildings, 'households', s.households, 'persons', s.persons,
            'state', l.state, 'underway', CASE WHEN {_SEES_DRAFTS} THEN s.underway END,
            'plan', s.plan_id, 'grids', s.grids, 'broken', s.broken, 'unchecked', l.unchecked
        ) ORDER BY c.code)
        FROM listed l JOIN community c ON c.id = l.id JOIN community_state s ON s.community_id = l.id
    ), '[]'::json),
    'states', (SELECT json_object_agg(name, (SELECT count(*) FROM found WHERE state = name))
               FROM unnest(%(all)s::text[]) name),
    'unchecked', (SELECT count(*) FROM found WHERE unchecked),
    'bbox', (SELECT json_build_array(ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)) FROM (
        SELECT ST_Extent(boundary) AS box FROM community WHERE id IN (SELECT id FROM found)) AS whole
        WHERE box IS NOT NULL),
    'next', (SELECT max(code) FROM listed HAVING (SELECT count(*) FROM page) > %(limit)s)
)::text
"""  # noqa: S608 (assembled from the constants alone)

_AREAS = """
WITH RECURSIVE own AS (
    SELECT area_code AS code, count(*) AS communities FROM community c
    WHERE area_code IS NOT NULL AND (%(within)s::bigint[] IS NULL OR id = ANY(%(within)s))
    GROUP BY area_code
), above (origin, code) AS (
    SELECT code, code FROM own
    UNION
    SELECT above.origin, a.parent_code FROM above JOIN admin_area a ON a.code = above.code
    WHERE a.parent_code IS NOT NULL
)
SELECT json_build_object('areas', coalesce(json_agg(json_build_object(
    'code', a.code, 'name', a.name, 'level', a.level, 'parent', a.parent_code, 'communities', t.communities
) ORDER BY a.code), '[]'::json))::text
FROM admin_area a
JOIN (SELECT above.code, sum(own.communities)::bigint AS communities
      FROM above JOIN own ON own.code = above.origin GROUP BY above.code) t ON t.code = a.code
"""


def city_json(
    connection: psycopg.Connection,
    *,
    area: str | None = None,
    states: Sequence[State] = (),
    q: str = "",
    after: str = "",
    limit: int = 50,
    within: list[int] | None = None,
    drafts: list[int] | None = None,
) -> str:
    """A page of communities in the order of their codes; `next` is the `after` of the next page, or null.

    `states` counts those of the area that match q by state, `unchecked` those whose grids are still to be looked at
    after a change of the ground, and `bbox` (degrees) holds all of them; states: the page has only these, all for none.
    within: ids of the communities to take from, None for all. drafts: ids of those whose drafts and proposals show.

    Raises NotFoundError where there is no such area.
    """
    if area is not None and not is_area(connection, area):
        raise NotFoundError(
            f"There is no admin area with the code {area}; GET /city/areas lists them.",
            f"没有代码为 {area} 的行政区划；GET /city/areas 列出全部。",
        )
    values = {"area": area, "states": list(states) or None, "all": list(State), "q": q, "after": after, "limit": limit,
              "within": within, "drafts": drafts}  # fmt: skip
    row = connection.execute(_COMMUNITIES, values).fetchone()
    return "" if row is None else row[0]


def areas_json(connection: psycopg.Connection, *, within: list[int] | None = None) -> str:
    """The admin areas that communities lie in, and all above them: {areas: [{code, name, level, parent, communities}]}.

    within: ids of the communities to take from, None for all.
    """
    row = connection.execute(_AREAS, {"within": within}).fetchone()
    return "" if row is None else row[0]
