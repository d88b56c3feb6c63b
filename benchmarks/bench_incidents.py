"""Incidents: many points placed and routed at a time, reports at a steady rate and under kill -9, the desk's queue.

    python -m benchmarks.bench_incidents [--points N] [--seconds N] [--open N]

A made-up city on the embedded database. Points: beside GeoPandas and PostGIS, on the same points in the same run.
Reports: `wangge serve` in a process of its own, clients on the same machine. Prints a table with the targets and writes
results/incidents.json. How it measures: docs/howto/bench-incidents.md.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import numpy as np
import psycopg

from benchmarks.arguments import RESULTS
from benchmarks.incident_load import pages, send_reports, served
from benchmarks.made_up_city import EAST, LAT, LON, NORTH, build_city
from benchmarks.times import summary
from gis_core.accounts import service
from gis_core.accounts.rules import Role
from gis_core.db import connect, ensure_database, migrate
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.incidents import bulk
from gis_core.incidents.catalogue import load_shipped

COMMUNITIES = 600
RATE_HZ = 50.0
REPEATED = 5
TARGETS = {"points": 20_000.0, "report": 150.0, "queue": 100.0}
"""Points a second at least; of 95th percentiles, milliseconds at most."""
QUEUES = {
    "first page": "",
    "overdue": "overdue=true",
    "one state": "state=dispatched",
    "one community": "community=370101001001",
    "one category": "category=010",
    "a box": f"bbox={LON},{LAT},{LON + 3 * EAST},{LAT + 3 * NORTH}",
    "words": "q=2611",
    "mine": "mine=true",
}
_AREAS = """
UPDATE grid g SET area = ST_Multi(ST_MakeEnvelope(x + (g.number - 1) * %(w)s, y, x + g.number * %(w)s, y + %(h)s, 4326))
FROM (SELECT id, ST_XMin(boundary) AS x, ST_YMin(boundary) AS y FROM community) c WHERE c.id = g.community_id
"""
_OPEN = """
INSERT INTO incident (number, community_id, grid_code, place, category_code, kind, level, source, description, state,
    open, department_code, stage, stage_due_at, overdue, reported_at, updated_at)
SELECT '2611' || lpad(n::text, 8, '0'), c.id, g.code,
    ST_SetSRID(ST_MakePoint(ST_XMin(c.boundary) + random() * %(w)s, ST_YMin(c.boundary) + random() * %(h)s), 4326),
    k.codes[1 + n %% array_length(k.codes, 1)], 'coordination', 1 + n %% 3, 'resident', 'made up',
    (ARRAY['reported', 'accepted', 'dispatched', 'in_progress', 'resolved'])[1 + n %% 5], true, 'power', 'handle',
    now() + (random() * 20 - 5) * interval '1 day', n %% 7 = 0, now() - random() * interval '60 days', now()
FROM generate_series(1, %(n)s) n
JOIN community c ON c.id = 1 + n %% %(communities)s
LEFT JOIN grid g ON g.community_id = c.id AND g.number = 1 + n %% 5 AND g.valid_from IS NOT NULL
CROSS JOIN (SELECT array_agg(code ORDER BY code) AS codes FROM incident_category) k
"""
_POSTGIS = """
SELECT p.n, g.code FROM points p
LEFT JOIN community c ON ST_Covers(c.boundary, p.place)
LEFT JOIN plan a ON a.community_id = c.id AND a.status = 'adopted'
LEFT JOIN grid g ON g.plan_id = a.id AND ST_Covers(g.area, p.place)
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60, help="of reports at 50 a second")
    parser.add_argument("--open", type=int, default=100_000, help="open incidents in the queue")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    load = [os.getloadavg()]
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        Path(folder).chmod(0o755)
        os.environ["WANGGE_DATA"] = folder
        server = EmbeddedPostgres(Path(folder))
        with server.session():
            url = server.url("incidents")
            ensure_database(url)
            migrate(url)
            result = measure(url, arguments)
    load.append(os.getloadavg())
    result["machine"] = {"cores": os.cpu_count(), "load before": load[0], "load after": load[1]}
    print(table(result))
    arguments.results.mkdir(exist_ok=True)
    (arguments.results / "incidents.json").write_text(json.dumps(result, indent=2) + "\n")
    return 0


def measure(url: str, arguments: argparse.Namespace) -> dict[str, Any]:
    with connect(url) as pg:
        build_city(pg, COMMUNITIES)
        pg.execute(_AREAS, {"w": EAST / 5, "h": NORTH})
        load_shipped(pg, by="bench")
        service.add_account(pg, "desk", by="bench")
        service.grant(pg, "desk", Role.COMMUNITY_DESK, area=None, community=None, by="bench")
        _, token = service.make_token(pg, "desk", "bench", days=1, by="bench")
        pg.commit()
        result: dict[str, Any] = {"points": points(pg, arguments.points)}
    random = np.random.default_rng(3)
    with served(url) as server:
        number = int(arguments.seconds * RATE_HZ)
        calm = send_reports(server, anywhere(random, number), RATE_HZ)
        result["reports"] = {
            "rate_hz": RATE_HZ,
            **row(calm.seconds),
            "refused": len(calm.refused),
            "late": calm.late,
        }
        killed = send_reports(server, anywhere(random, number), RATE_HZ, kill_after=arguments.seconds / 2)
        with connect(url) as pg:
            result["killed"] = lost(pg, {**calm.numbers, **killed.numbers}, 2 * number)
            pg.execute(_OPEN, {"n": arguments.open, "communities": COMMUNITIES, "w": EAST, "h": NORTH})
            pg.commit()
            pg.autocommit = True
            pg.execute("ANALYZE")
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=server.address, headers=headers, timeout=60) as client:
            result["queue"] = {name: row(pages(client, query, 40)[1:]) for name, query in QUEUES.items()}
    return result


def anywhere(random: np.random.Generator, number: int) -> list[tuple[float, float]]:
    x = LON + random.uniform(0, 60 * EAST, number)
    y = LAT + random.uniform(0, COMMUNITIES // 60 * NORTH, number)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def points(pg: psycopg.Connection, number: int) -> dict[str, Any]:
    """Points a second: placed and routed by the product, placed alone by GeoPandas and by PostGIS."""
    random = np.random.default_rng(1)
    lon, lat = (np.array(axis) for axis in zip(*anywhere(random, number), strict=True))
    codes = [row[0] for row in pg.execute("SELECT code FROM incident_category ORDER BY code")]
    categories = [codes[at] for at in random.integers(0, len(codes), number)]

    def ours() -> object:
        ground = bulk.read_ground(pg)
        placed = bulk.place_points(ground, lon, lat)
        return bulk.route_points(pg, ground, placed, categories)

    ground = bulk.read_ground(pg)
    frame = gpd.GeoDataFrame({"code": ground.grid_codes}, geometry=ground.areas, crs=4326)

    def geopandas() -> object:
        told = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
        return gpd.sjoin(told, frame, how="left", predicate="intersects")

    pg.execute("CREATE TEMPORARY TABLE points (n bigint, place geometry(Point, 4326))")
    pg.execute(
        "INSERT INTO points SELECT n, ST_SetSRID(ST_MakePoint(x, y), 4326)"
        " FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (x, y, n)",
        [lon.tolist(), lat.tolist()],
    )

    def postgis() -> object:
        return pg.execute(_POSTGIS).fetchall()

    runs = {
        "placed and routed": ours,
        "GeoPandas sjoin, placed": geopandas,
        "PostGIS join, placed": postgis,
    }
    rates = {name: [number / one for one in timed(act)] for name, act in runs.items()}
    return {
        name: {"median": statistics.median(values), "least": min(values), "n": number}
        for name, values in rates.items()
    }


def timed(act: Callable[[], object]) -> list[float]:
    """Seconds of repeated runs, the first left out."""
    seconds = []
    for _ in range(REPEATED + 1):
        began = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - began)
    return seconds[1:]


def lost(pg: psycopg.Connection, numbers: dict[str, str], sent: int) -> dict[str, int]:
    """How many of the acknowledged reports are not stored, or stored twice."""
    stored = [row[0] for row in pg.execute("SELECT number FROM incident")]
    missing = set(numbers.values()) - set(stored)
    return {"sent": sent, "acknowledged": len(numbers), "stored": len(stored), "lost": len(missing),
            "twice": len(stored) - len(set(numbers.values()))}  # fmt: skip


def row(seconds: list[float]) -> dict[str, float]:
    median, p95, number = summary(seconds)
    return {"median": median, "p95": p95, "n": number}


def table(result: dict[str, Any]) -> str:
    lines = [f"{'points a second':34} {'median':>12} {'least':>12}   target {TARGETS['points']:.0f}"]
    lines += [
        f"{name:34} {one['median']:12.0f} {one['least']:12.0f}" for name, one in result["points"].items()
    ]
    lines.append(f"\n{'milliseconds':34} {'median':>12} {'p95':>12}   target")
    one = result["reports"]
    lines.append(
        f"{'POST /reports, 50 a second':34} {one['median']:12.1f} {one['p95']:12.1f}   {TARGETS['report']:.0f}"
        f"   n = {one['n']}, refused {one['refused']}, sent late {one['late']}"
    )
    for name, one in result["queue"].items():
        label = f"queue of open incidents, {name}"
        lines.append(f"{label:34} {one['median']:8.1f} {one['p95']:12.1f}   {TARGETS['queue']:.0f}")
    one = result["killed"]
    lines.append("\n" + ", ".join(f"{name} {value}" for name, value in one.items()) + " (server killed once)")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
