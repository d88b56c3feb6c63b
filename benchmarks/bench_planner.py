"""A planner's page and its server at 2,000 buildings: how soon an edit is seen, saved by many at a time, and repaired.

    python -m benchmarks.bench_planner [--buildings N] [--edits N] [--seconds N]

A made-up community on the embedded database, drawn by the engine; `wangge serve` in a process of its own with one
worker; Debian's Chromium without a screen or a GPU, on the same machine. Prints a table with the targets and the
machine's load, and writes results/planner.json. How it measures: docs/howto/bench-planner.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

from benchmarks import planner_page as page_
from benchmarks.arguments import RESULTS
from benchmarks.made_up_town import CODE, build_town, rules_for
from benchmarks.planner_server import edits_of_many, repair
from benchmarks.times import summary
from gis_core.accounts import service
from gis_core.accounts.rules import Role
from gis_core.db import connect, ensure_database, migrate
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.plans.service import draw_plan
from partitioning import Rules

PLANNERS = 20
FIRST_DATA_TIMES = 9
REPAIRS = 9
BROKEN_BY = 30
TARGETS = {
    "first data": 2000.0,
    "one building, until seen": 50.0,
    "fifty buildings, until seen": 50.0,
    "PATCH of 20 planners, 2 a second each": 100.0,
    "repair, first news": 1000.0,
    "scripts and styles, gzipped": 150.0,
}
"""Of 95th percentiles, milliseconds; of the last kilobytes."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--buildings", type=int, default=2000)
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=15, help="of the load of many planners")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    load = [os.getloadavg()]
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder))
        with server.session():
            url = server.url("planner")
            ensure_database(url)
            migrate(url)
            rows = measure(url, arguments)
    load.append(os.getloadavg())
    result = {
        "buildings": arguments.buildings,
        "rows": rows,
        "machine": {"cores": os.cpu_count(), "load before": load[0], "load after": load[1]},
    }
    print(table(rows))
    print(
        f"\n{os.cpu_count()} cores; load of 1, 5 and 15 minutes before {figures(load[0])}, after {figures(load[1])}"
    )
    arguments.results.mkdir(exist_ok=True)
    (arguments.results / "planner.json").write_text(json.dumps(result, indent=2) + "\n")
    return 0


def measure(url: str, arguments: argparse.Namespace) -> dict[str, dict[str, float]]:
    """{what: median, p95, n, and the target where there is one}."""
    with connect(url) as pg:
        plan = prepare(pg, arguments.buildings)
        cookie, tokens = people(pg)
    own = {"Authorization": f"Bearer {tokens[0]}"}
    rows: dict[str, list[float]] = {}
    with served(url) as site, httpx.Client(base_url=site, headers=own, timeout=120) as api:
        with page_.chromium() as browser:
            rows["first data"] = page_.first_data(browser, site, cookie, plan, FIRST_DATA_TIMES)
            with page_.opened(browser, site, cookie, plan) as page:
                rows["scripts and styles, gzipped"] = [page_.transferred(page) / 1000]
                rows["one building, until seen"] = page_.one_building(page, api, plan, arguments.edits)
                rows["fifty buildings, until seen"] = page_.fifty_buildings(page, api, plan, arguments.edits)
        repairs = []
        for number in range(REPAIRS + 1):
            break_plan(api, plan, number)
            repairs.append(repair(api, plan))
        for name in ("first news", "first plan", "done"):
            rows[f"repair, {name}"] = [one[name] for one in repairs[1:] if name in one]
        load = edits_of_many(site, tokens, plan, arguments.seconds)
        rows["PATCH of 20 planners, 2 a second each"] = load.requests
        rows["the same until saved, asked again if 412"] = load.saved
    return {name: row(name, values) for name, values in rows.items()}


def prepare(pg: psycopg.Connection, buildings: int) -> int:
    """The town and its first plan, drawn by the engine; the plan's id."""
    build_town(pg, buildings)
    rules = Rules.from_dict(rules_for(buildings))
    drawn = draw_plan(pg, CODE, rules, seed=1, time_limit_s=20, by="bench", now=datetime.now(UTC))
    pg.commit()
    return drawn.key.id


def people(pg: psycopg.Connection) -> tuple[str, list[str]]:
    """A session's cookie, and the tokens of all planners."""
    tokens = []
    for number in range(PLANNERS):
        name = f"planner{number}"
        service.add_account(pg, name, password=None, by="bench")
        service.grant(pg, name, Role.PLANNER, area=None, community=CODE, by="bench")
        tokens.append(service.make_token(pg, name, "bench", days=1, by="bench")[1])
    row = pg.execute("SELECT id, name FROM account ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    cookie = service.open_session(pg, row[0], row[1], "bench")
    pg.commit()
    return cookie, tokens


@contextmanager
def served(url: str) -> Iterator[str]:
    """`wangge serve` with one worker, on a free port; its address."""
    command = [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0"]
    own = {"DATABASE_URL": url, "WANGGE_LANG": "en", "WANGGE_WORKERS": "1"}
    process = subprocess.Popen(
        command, env=os.environ | own, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if "open: " in line:
                yield line.split("open: ")[1].split()[0].rstrip("/")
                return
        raise RuntimeError("wangge serve did not start")
    finally:
        process.terminate()
        process.wait()


def break_plan(api: httpx.Client, plan: int, number: int) -> None:
    """So many buildings of one grid go to the next, which then has too many households."""
    now = api.get(f"/plans/{plan}").json()
    grids = api.get(f"/plans/{plan}/assignments").json()
    source = number % 8 + 1
    moved = [one for one, grid in grids.items() if grid == source][:BROKEN_BY]
    moves = [{"building": int(one), "from": source, "to": source % 8 + 1} for one in moved]
    api.patch(
        f"/plans/{plan}/assignments",
        headers={"If-Match": f'"r{now["revision"]}"', "Idempotency-Key": f"break {number}"},
        json={"moves": moves, "kind": "brush", "details": {}},
    ).raise_for_status()


def row(name: str, values: list[float]) -> dict[str, Any]:
    """A row of the table: values in milliseconds or kilobytes."""
    median, p95, count = summary([value / 1000 for value in values])
    found = {"median": median, "p95": p95, "n": count}
    if name in TARGETS:
        found |= {"target": TARGETS[name], "met": p95 <= TARGETS[name]}
    return found


def table(rows: dict[str, dict[str, Any]]) -> str:
    lines = [f"{'':40} {'median':>8} {'p95':>8} {'target':>8}"]
    for name, one in rows.items():
        unit = "KB" if "gzipped" in name else "ms"
        told = f"{one['target']:8.0f} {'met' if one['met'] else 'MISSED'}" if "target" in one else ""
        lines.append(f"{name:40} {one['median']:8.1f} {one['p95']:8.1f} {told}   {unit}, n = {one['n']}")
    return "\n".join(lines)


def figures(load: tuple[float, float, float]) -> str:
    return " ".join(f"{one:.1f}" for one in load)


if __name__ == "__main__":
    sys.exit(main())
