"""The queries that measures come from: what the history of incidents and their timers tell of a period.

All take begin, end (the earlier of the period's end and now), closed_from, closed_until (both earlier by the time in
which reopening can be asked for) and of the table of states: stage_of (state → stage), handling, standing (whose clock
is let stand) and over (that are not open). They come as values, not as a table to join: the planner then scans by the
history's own indexes. An obligation is a timer of kind `due`, or `whole`
for the case itself, whose moment lies in the period. What ended it is the first entry of the history, from when the
timer was cancelled or fired on, that leads out of the stage, moves the deadline, or begins the stage anew. Moved, begun
anew, merged or withdrawn by the deadline, it was never owed; after the deadline it stays missed.
"""

_OWED = """
owed AS (
    SELECT t.incident_id, t.kind, t.stage, t.due_at, e.at AS ended_at,
           coalesce(e.after IN ('merged', 'cancelled') OR e.action IN ('extend', 'approve_extension')
                    OR (t.stage = 'handle' AND e.action IN ('dispatch', 'call_in')), false) AS moved
    FROM incident_timer t
    LEFT JOIN LATERAL (
        SELECT v.at, v.action, v.after FROM incident_event v
        WHERE v.incident_id = t.incident_id AND v.at >= coalesce(t.cancelled_at, t.fired_at)
          AND CASE WHEN t.kind = 'whole' THEN v.after = ANY(%(over)s) ELSE
              (%(stage_of)s::jsonb->>v.after IS DISTINCT FROM t.stage AND v.after <> ALL(%(standing)s))
              OR (t.stage = 'handle' AND v.action IN (
                  'extend', 'approve_extension', 'finish_step', 'dispatch', 'call_in')) END
        ORDER BY v.seq LIMIT 1
    ) e ON true
    WHERE t.kind IN ('due', 'whole') AND t.due_at >= %(begin)s AND t.due_at < %(end)s
      -- a clock that was let stand before its deadline has none
      AND (t.cancelled_at <= t.due_at AND e.at IS DISTINCT FROM t.cancelled_at) IS NOT TRUE
), due AS (
    SELECT o.*, NOT moved AND ended_at < %(end)s IS TRUE AS done, NOT moved AND ended_at <= due_at IS TRUE AS in_time
    FROM owed o
    WHERE (moved AND ended_at <= due_at) IS NOT TRUE
      AND (kind = 'whole' AND 'suspended' = (
          SELECT after FROM incident_event v WHERE v.incident_id = o.incident_id AND v.at <= o.due_at
          ORDER BY seq DESC LIMIT 1)) IS NOT TRUE
)"""
_FACTS = """
reported AS (
    SELECT v.incident_id, first.after FROM incident_event v
    LEFT JOIN LATERAL (
        SELECT e.after FROM incident_event e
        WHERE e.incident_id = v.incident_id AND e.at < %(end)s AND e.after <> ALL(%(standing)s)
          AND %(stage_of)s::jsonb->>e.after IS DISTINCT FROM 'accept' ORDER BY e.seq LIMIT 1
    ) first ON true
    WHERE v.action = 'report' AND v.at >= %(begin)s AND v.at < %(end)s
), closing AS (
    SELECT incident_id, seq, at FROM incident_event
    WHERE after = 'closed' AND before IS DISTINCT FROM 'closed' AND action <> 'refuse_reopen'
      AND at >= %(closed_from)s AND at < %(end)s
), answer AS (
    SELECT c.incident_id, c.at, last.action = 'feedback' IS TRUE AS answered,
           (last.details->>'satisfied')::boolean IS TRUE AS satisfied
    FROM (SELECT incident_id, max(at) AS at FROM closing WHERE at >= %(begin)s GROUP BY incident_id) c
    LEFT JOIN LATERAL (
        SELECT action, details FROM incident_event e WHERE e.incident_id = c.incident_id AND e.at < %(end)s
          AND e.action IN ('feedback', 'reopen', 'reopen_papers') ORDER BY e.seq DESC LIMIT 1
    ) last ON true
), sent AS (
    SELECT d.incident_id, d.details->>'department' AS department, back.seq IS NOT NULL AS returned,
           again.department <> d.details->>'department' IS TRUE AS wrong
    FROM incident_event d
    LEFT JOIN LATERAL (
        SELECT seq, action FROM incident_event e WHERE e.incident_id = d.incident_id AND e.seq > d.seq
          AND e.at < %(end)s AND e.action IN ('return', 'approve_return', 'dispatch', 'call_in')
        ORDER BY seq LIMIT 1
    ) next ON true
    LEFT JOIN LATERAL (SELECT next.seq WHERE next.action IN ('return', 'approve_return')) back ON true
    LEFT JOIN LATERAL (
        SELECT e.details->>'department' AS department FROM incident_event e WHERE e.incident_id = d.incident_id
          AND e.seq > back.seq AND e.at < %(end)s AND e.action IN ('dispatch', 'call_in') ORDER BY e.seq LIMIT 1
    ) again ON true
    WHERE d.action IN ('dispatch', 'call_in') AND d.at >= %(begin)s AND d.at < %(end)s
), fact (incident_id, measure, numerator, denominator, at, department) AS (
    SELECT incident_id, 'accept', (after NOT IN ('rejected') IS TRUE)::int, 1, NULL::timestamptz, NULL FROM reported
    WHERE after IS NULL OR after NOT IN ('merged', 'cancelled')
    UNION ALL
    SELECT incident_id, 'self_found', (i.source IN ('patrol', 'staff'))::int, 1, NULL, NULL
    FROM reported JOIN incident i ON i.id = incident_id
    UNION ALL
    SELECT incident_id, 'accept_on_time', in_time::int, 1, NULL, NULL FROM due WHERE stage = 'accept'
    UNION ALL
    SELECT incident_id, m.name, m.done::int, 1, least(ended_at, due_at), NULL
    FROM due, LATERAL (VALUES ('handle', done), ('handle_on_time', in_time)) m (name, done) WHERE stage = 'handle'
    UNION ALL
    SELECT incident_id, m.name, m.done::int, 1, least(ended_at, due.due_at), NULL
    FROM due JOIN incident i ON i.id = incident_id, LATERAL (
        VALUES ('close', due.done), ('close_on_time', in_time), ('close_urgent', due.done)) m (name, done)
    WHERE due.kind = 'whole' AND (m.name <> 'close_urgent' OR i.kind = 'emergency')
    UNION ALL
    SELECT incident_id, 'rework', bool_or(action = 'fail')::int, 1, max(at), NULL FROM incident_event
    WHERE action IN ('verify', 'fail') AND at >= %(begin)s AND at < %(end)s GROUP BY incident_id
    UNION ALL
    SELECT incident_id, m.name, m.told::int, 1, NULL, department
    FROM sent, LATERAL (VALUES ('return', returned), ('accurate_dispatch', NOT wrong)) m (name, told)
    UNION ALL
    SELECT c.incident_id, 'reopen', (next.action IN ('reopen', 'reopen_papers') IS TRUE)::int, 1, c.at, NULL
    FROM closing c
    LEFT JOIN LATERAL (
        SELECT action FROM incident_event e WHERE e.incident_id = c.incident_id AND e.seq > c.seq AND e.at < %(end)s
          AND (e.action IN ('reopen', 'reopen_papers')
               OR (e.after = 'closed' AND e.before IS DISTINCT FROM 'closed' AND e.action <> 'refuse_reopen'))
        ORDER BY e.seq LIMIT 1
    ) next ON true
    WHERE c.at < %(closed_until)s
    UNION ALL
    SELECT incident_id, 'answered', answered::int, 1, at, NULL FROM answer
    UNION ALL
    SELECT incident_id, 'satisfied', satisfied::int, 1, at, NULL FROM answer WHERE answered
    UNION ALL
    SELECT i.id, 'open', 1, 0, %(end)s, NULL FROM incident i
    WHERE i.reported_at < %(end)s AND (i.open OR i.updated_at >= %(end)s)
      AND (SELECT e.after <> ALL(%(over)s) FROM incident_event e
           WHERE e.incident_id = i.id AND e.at < %(end)s ORDER BY e.seq DESC LIMIT 1)
)"""
_PLACE = """
JOIN incident i ON i.id = f.incident_id JOIN community c ON c.id = i.community_id
LEFT JOIN LATERAL (
    SELECT details FROM incident_event e WHERE e.incident_id = i.id AND e.action = 'move' AND e.at >= %(end)s
    ORDER BY seq LIMIT 1
) moved ON true
LEFT JOIN LATERAL (
    SELECT e.details->>'department' AS department FROM incident_event e
    WHERE e.incident_id = i.id AND e.action IN ('dispatch', 'call_in') AND e.at < f.at ORDER BY seq DESC LIMIT 1
) sent_to ON true"""
_GRID = "CASE WHEN moved.details IS NULL THEN i.grid_code ELSE moved.details->>'before' END"

COUNTS = f"""
WITH {_OWED}, {_FACTS}
SELECT c.code, {_GRID} AS grid, coalesce(f.department, sent_to.department) AS department, f.measure,
       sum(f.numerator), sum(f.denominator)
FROM fact f {_PLACE}
GROUP BY 1, 2, 3, 4
"""  # noqa: S608
"""(community, grid, department, measure, numerator, denominator) of what adds up."""

WHOLE_TIMES = f"""
WITH f AS (
    SELECT incident_id, min(at) AS at FROM incident_event
    WHERE after = 'closed' AND before IS DISTINCT FROM 'closed' AND action <> 'refuse_reopen' GROUP BY incident_id
    HAVING min(at) >= %(begin)s AND min(at) < %(end)s
)
SELECT c.code, {_GRID} AS grid, sent_to.department, f.incident_id, i.reported_at, f.at FROM f {_PLACE}
"""  # noqa: S608
"""(community, grid, department, case, report, first strike-off)."""

HANDLE_TIMES = f"""
WITH done AS (
    SELECT v.incident_id, v.seq, v.at FROM incident_event v
    WHERE v.at >= %(begin)s AND v.at < %(end)s AND v.before = ANY(%(handling)s)
      AND v.after <> ALL(%(handling)s) AND v.after <> ALL(%(standing)s) AND v.after NOT IN ('merged', 'cancelled')
), f AS (
    SELECT d.incident_id, d.seq, d.at, start.seq AS from_seq FROM done d
    CROSS JOIN LATERAL (
        SELECT v.seq FROM incident_event v
        WHERE v.incident_id = d.incident_id AND v.seq < d.seq AND v.after = ANY(%(handling)s) AND (
            v.action IN ('dispatch', 'call_in')
            OR (v.before <> ALL(%(handling)s) AND v.before <> ALL(%(standing)s)))
        ORDER BY v.seq DESC LIMIT 1
    ) start
)
SELECT c.code, {_GRID} AS grid, sent_to.department, f.incident_id * 10000 + f.seq, part.at, part.until
FROM f {_PLACE}
JOIN LATERAL (
    SELECT v.at, v.after, lead(v.at) OVER (ORDER BY v.seq) AS until FROM incident_event v
    WHERE v.incident_id = f.incident_id AND v.seq BETWEEN f.from_seq AND f.seq
) part ON part.until > part.at AND part.after = ANY(%(handling)s)
"""  # noqa: S608
"""(community, grid, department, handling, from, to) of the stretches of each handling in which its clock ran."""

VISITS = """
SELECT c.code, g.code AS grid, m.name, count(*) FILTER (WHERE v.seen), count(*)
FROM building b JOIN community c ON c.id = b.community_id
LEFT JOIN plan p ON p.community_id = c.id AND p.status = 'adopted'
LEFT JOIN assignment a ON a.plan_id = p.id AND a.building_id = b.id
LEFT JOIN grid g ON g.plan_id = p.id AND g.number = a.grid_number
CROSS JOIN LATERAL (SELECT EXISTS (
    SELECT FROM building_visit w WHERE w.building_id = b.id AND w.at >= %(begin)s AND w.at < %(end)s) AS seen) v
CROSS JOIN LATERAL (VALUES ('covered'), ('visited')) m (name)
WHERE m.name = 'covered' OR b.households > 0
GROUP BY 1, 2, 3
"""
"""(community, grid, measure, buildings visited, buildings)."""

TREE_GRIDS = """
SELECT g.code, c.code FROM grid g JOIN plan p ON p.id = g.plan_id JOIN community c ON c.id = g.community_id
WHERE p.status = 'adopted'
"""
TREE_ABOVE = """
WITH RECURSIVE above AS (
    SELECT c.code AS community, a.code, a.level, a.parent_code, 1 AS far
    FROM community c JOIN admin_area a ON a.code = c.area_code
    UNION ALL
    SELECT community, a.code, a.level, a.parent_code, far + 1
    FROM above JOIN admin_area a ON a.code = above.parent_code WHERE far < 10
)
SELECT c.code, (SELECT code FROM above WHERE community = c.code AND level = 'subdistrict' ORDER BY far LIMIT 1),
       (SELECT code FROM above WHERE community = c.code AND level = 'district' ORDER BY far LIMIT 1)
FROM community c
"""
