"""How well likely duplicates are found: precision and recall on a made-up, labelled set of reports.

    python -m benchmarks.bench_duplicates [--events N] [--write]

Events happen at random places of one square kilometre over sixty days, in the categories that ship, and last from an
hour to three weeks. Each is reported by one to five people who stand 15 m off (standard deviation on each axis), a few
of whom choose a neighbouring category of the same group; who reported the same event is known. Reports come in their
order; of each that is not an event's first, the earlier reports of the same event are what should be suggested. --write
puts the table into docs/incidents.md.
"""

import argparse
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg

from benchmarks.arguments import ROOT
from benchmarks.pages import fill
from gis_core.db import connect, ensure_database, migrate
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.incidents.catalogue import load_shipped
from gis_core.incidents.nearby import likely_duplicates

LON, LAT = 113.85, 27.62
WIDTH_M = 1000.0
OFF_M = 15.0
WRONG = 0.06
START = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = 60
_INSERT = """
INSERT INTO incident (number, community_id, place, category_code, kind, source, state, open, reported_at, updated_at)
SELECT %(number)s, c.id, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), k.code, k.kind, 'resident', 'reported', true,
    %(at)s, %(at)s
FROM community c, incident_category k WHERE k.code = %(category)s
"""
_PUBLIC = "SELECT code, group_code FROM incident_category WHERE contact <> 'required' AND kind <> 'approval'"


@dataclass(frozen=True)
class Told:
    """A report: when, where (degrees), in which category, and of which event."""

    at: datetime
    lon: float
    lat: float
    category: str
    event: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=1500)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder))
        with server.session():
            url = server.url("duplicates")
            ensure_database(url)
            migrate(url)
            with connect(url) as pg:
                rows = measure(pg, arguments.events)
    text = table(rows)
    print(text)
    if arguments.write:
        fill(ROOT / "docs" / "incidents.md", {"duplicates": text})


def measure(pg: psycopg.Connection, events: int) -> dict[str, list[int]]:
    """{group: [suggested rightly, suggested, should be suggested, reports that are asked, of them helped]}."""
    pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary) VALUES ('1', '1', 4547,"
        " ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4326)))",
        [LON - 1, LAT - 1, LON + 1, LAT + 1],
    )
    load_shipped(pg, by="bench")
    groups = dict(pg.execute(_PUBLIC).fetchall())
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    event_of: dict[str, int] = {}
    earlier: dict[int, int] = defaultdict(int)
    for number, told in enumerate(made_up(groups, events)):
        near = likely_duplicates(pg, told.category, told.lon, told.lat, told.at, "en")
        right = sum(event_of[one["number"]] == told.event for one in near)
        counted = found[groups[told.category]]
        for at, value in enumerate((right, len(near), min(earlier[told.event], 5))):
            counted[at] += value
        counted[3] += earlier[told.event] > 0
        counted[4] += earlier[told.event] > 0 and right > 0
        name = str(number)
        event_of[name] = told.event
        earlier[told.event] += 1
        pg.execute(
            _INSERT,
            {"number": name, "lon": told.lon, "lat": told.lat, "category": told.category, "at": told.at},
        )
    return dict(found)


def made_up(groups: dict[str, str], events: int) -> list[Told]:
    """The reports of all events in their order."""
    random = np.random.default_rng(11)
    codes = sorted(groups)
    east, north = 1 / (111_320 * np.cos(np.radians(LAT))), 1 / 110_574
    reports = []
    for event in range(events):
        x, y = random.uniform(0, WIDTH_M, 2)
        category = codes[random.integers(len(codes))]
        begins = random.uniform(0, DAYS)
        lasts = random.choice([1 / 24, 0.5, 2, 7, 21])
        for _ in range(1 + random.binomial(4, 0.3)):
            off = random.normal(0, OFF_M, 2)
            own = [code for code in codes if groups[code] == groups[category]]
            chosen = own[random.integers(len(own))] if random.random() < WRONG else category
            at = START + timedelta(days=begins + random.uniform(0, lasts))
            reports.append(Told(at, LON + (x + off[0]) * east, LAT + (y + off[1]) * north, chosen, event))
    return sorted(reports, key=lambda told: told.at)


def table(rows: dict[str, list[int]]) -> str:
    """In Markdown, a group of categories a row."""
    whole = [sum(row[at] for row in rows.values()) for at in range(5)]
    lines = [
        "| group | precision | recall | repeated reports that were shown theirs |",
        "| --- | --- | --- | --- |",
    ]
    for group, (right, suggested, wanted, asked, helped) in [*sorted(rows.items()), ("all", whole)]:
        lines.append(
            f"| {group} | {right / max(suggested, 1):.2f} ({right} of {suggested}) | {right / max(wanted, 1):.2f}"
            f" ({right} of {wanted}) | {helped / max(asked, 1):.2f} ({helped} of {asked}) |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
