"""Communities, their buildings and barriers as JSON text, made in the database (EPSG:4326, 7 decimals)."""

from psycopg import Connection

PERSONS_SUM = "CASE WHEN bool_and(persons_kind = 'none') THEN NULL ELSE coalesce(sum(persons), 0)::bigint END"
"""The persons of many buildings: null where nobody counted any of them, 0 for no buildings."""

WAS_IN_FORCE = (
    "(p.status = 'adopted' OR p.status = 'retired' AND EXISTS ("
    "SELECT 1 FROM grid g WHERE g.plan_id = p.id AND g.valid_from IS NOT NULL))"
)
"""Of a plan `p`: it is or was in force, and shows to whoever sees the map. A draft that was given up does not."""
SHOWN_PLANS = f"({WAS_IN_FORCE} OR %(drafts)s::bigint[] IS NULL OR p.community_id = ANY(%(drafts)s))"
"""Plans `p` that are shown: drafts and proposals only of the communities `drafts`; null: of all."""

_COMMUNITIES = f"""
WITH page AS (
    SELECT c.id, c.code, c.name, c.area_code, c.boundary
    FROM community c
    WHERE c.code > %(after)s
      AND (%(within)s::bigint[] IS NULL OR c.id = ANY(%(within)s))
      AND (%(q)s = '' OR strpos(lower(c.name), lower(%(q)s)) > 0 OR strpos(lower(c.code), lower(%(q)s)) > 0)
    ORDER BY c.code
    LIMIT %(limit)s + 1
), listed AS (
    SELECT * FROM page ORDER BY code LIMIT %(limit)s
)
SELECT json_build_object(
    'communities', coalesce((
        SELECT json_agg(json_build_object(
            'code', c.code, 'name', c.name, 'area_code', c.area_code,
            'bbox', json_build_array(
                ST_XMin(c.boundary), ST_YMin(c.boundary), ST_XMax(c.boundary), ST_YMax(c.boundary)),
            'buildings', coalesce(t.buildings, 0), 'households', coalesce(t.households, 0),
            'persons', t.persons,
            'plans', (SELECT count(*) FROM plan p WHERE p.community_id = c.id AND {SHOWN_PLANS})
        ) ORDER BY c.code)
        FROM listed c
        LEFT JOIN LATERAL (
            SELECT count(*) AS buildings, sum(households) AS households,
                {PERSONS_SUM} AS persons
            FROM building b WHERE b.community_id = c.id
        ) t ON true
    ), '[]'::json),
    'next', (SELECT max(code) FROM listed HAVING (SELECT count(*) FROM page) > %(limit)s)
)::text
"""  # noqa: S608 (assembled from the constant alone)

_COMMUNITY = f"""
SELECT json_build_object(
    'code', c.code, 'name', c.name, 'area_code', c.area_code, 'metric_srid', c.metric_srid,
    'boundary_kind', c.boundary_kind,
    'boundary', ST_AsGeoJSON(c.boundary, 7)::json,
    'bbox', json_build_array(ST_XMin(c.boundary), ST_YMin(c.boundary), ST_XMax(c.boundary), ST_YMax(c.boundary)),
    'area_m2', ST_Area(ST_Transform(c.boundary, c.metric_srid::int)),
    'totals', json_build_object(
        'buildings', t.buildings, 'households', t.households, 'persons', t.persons,
        'estates', (SELECT count(*) FROM estate e WHERE e.community_id = c.id),
        'organisations', (SELECT count(*) FROM organisation o WHERE o.community_id = c.id)),
    'known', json_build_object(
        'households', json_build_object('real', t.h_real, 'estimated', t.h_estimated, 'none', t.h_none),
        'persons', json_build_object('real', t.p_real, 'estimated', t.p_estimated, 'none', t.p_none)),
    'sources', coalesce((
        SELECT json_agg(json_build_object('name', d.name, 'imported_at', d.imported_at) ORDER BY d.name)
        FROM dataset d
        WHERE EXISTS (SELECT FROM building b WHERE b.community_id = c.id AND b.dataset_id = d.id)
    ), '[]'::json)
)::text
FROM community c
CROSS JOIN LATERAL (
    SELECT count(*) AS buildings, coalesce(sum(households), 0) AS households,
        {PERSONS_SUM} AS persons,
        count(*) FILTER (WHERE households_kind = 'real') AS h_real,
        count(*) FILTER (WHERE households_kind = 'estimated') AS h_estimated,
        count(*) FILTER (WHERE households_kind = 'none') AS h_none,
        count(*) FILTER (WHERE persons_kind = 'real') AS p_real,
        count(*) FILTER (WHERE persons_kind = 'estimated') AS p_estimated,
        count(*) FILTER (WHERE persons_kind = 'none') AS p_none
    FROM building b WHERE b.community_id = c.id
) t
WHERE c.code = %(code)s
"""  # noqa: S608 (assembled from the constant alone)

_BUILDINGS = """
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce((
    SELECT json_agg(json_build_object(
        'type', 'Feature', 'id', b.id, 'geometry', ST_AsGeoJSON(b.footprint, 7)::json,
        'properties', json_build_object(
            'id', b.id, 'source_id', b.source_id,
            'households', b.households, 'households_kind', b.households_kind,
            'persons', b.persons, 'persons_kind', b.persons_kind,
            'floors', b.floors, 'use', b.use, 'name', b.name, 'address', b.address,
            'estate', coalesce(e.name, e.source_id), 'estate_id', b.estate_id)
    ) ORDER BY b.id)
    FROM building b LEFT JOIN estate e ON e.id = b.estate_id
    WHERE b.community_id = c.id
), '[]'::json))::text
FROM community c WHERE c.code = %(code)s
"""

# A margin around the boundary, so that the map shows what the border runs along. About 200 m: a share of a degree
# is enough here, nothing is measured by it.
_BARRIERS = """
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce((
    SELECT json_agg(json_build_object(
        'type', 'Feature', 'id', b.id,
        'geometry', ST_AsGeoJSON(ST_ClipByBox2D(b.geometry, frame.box), 7)::json,
        'properties', json_build_object(
            'id', b.id, 'kind', b.kind, 'class', b.class, 'name', b.name, 'bridge', b.bridge)
    ) ORDER BY b.id)
    FROM barrier b
    WHERE b.geometry && frame.box AND NOT ST_IsEmpty(ST_ClipByBox2D(b.geometry, frame.box))
), '[]'::json))::text
FROM community c
CROSS JOIN LATERAL (SELECT ST_Envelope(ST_Expand(c.boundary, 0.002)) AS box) frame
WHERE c.code = %(code)s
"""


def communities_json(
    connection: Connection,
    *,
    after: str = "",
    q: str = "",
    limit: int = 50,
    within: list[int] | None = None,
    drafts: list[int] | None = None,
) -> str:
    """A page of communities in the order of their codes; `next` is the `after` of the next page, or null.

    q: only those whose code or name contains this text. within: ids of the communities to take from, None for all.
    drafts: ids of those whose drafts are counted too, None for all.
    """
    values = {"after": after, "q": q, "limit": limit, "within": within, "drafts": drafts}
    return _text(connection, _COMMUNITIES, values) or ""


def community_json(connection: Connection, code: str) -> str | None:
    """One community: boundary, totals and how its counts are known; None where there is no such code."""
    return _text(connection, _COMMUNITY, {"code": code})


def buildings_json(connection: Connection, code: str) -> str | None:
    """GeoJSON of a community's buildings; None where there is no such community."""
    return _text(connection, _BUILDINGS, {"code": code})


def barriers_json(connection: Connection, code: str) -> str | None:
    """GeoJSON of barriers in and around a community, clipped; None where there is no such community."""
    return _text(connection, _BARRIERS, {"code": code})


def _text(connection: Connection, query: str, values: dict[str, object]) -> str | None:
    row = connection.execute(query, values).fetchone()
    return None if row is None else row[0]
