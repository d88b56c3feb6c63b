"""The city view of a made-up city: how long reading its list and its tiles takes, and bringing states up to date.

    python -m benchmarks.bench_city [--communities N] [--repetitions N]

Every community has 100 buildings; seven of ten have a plan in force. Requests go through the whole application, in
this process, for an account that sees everything. "Made": nothing is in the cache of replies, and the client has no
ETag; "unchanged": asked again with the ETag. Prints a table and writes results/city.json.
"""

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from fastapi.testclient import TestClient

from api.app import create_app
from benchmarks.made_up_city import EAST, LAT, LON, NORTH, build_city, change_counts
from benchmarks.times import summary
from gis_core.accounts import service
from gis_core.accounts.rules import Role
from gis_core.city.states import check_grounds, refresh_states
from gis_core.config import Settings
from gis_core.db import connect, ensure_database, migrate
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.layers.versions import ReplyCache

LISTS = {
    "list, first 50": "",
    "list, 500": "limit=500",
    "list, one district": "area=370102000000",
    "list, rules broken": "state=broken",
    "list, words": "q=7号",
}
ZOOMS = (9, 11, 13, 15)
TILES_A_ZOOM = 40


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--communities", type=int, default=3000)
    parser.add_argument("--repetitions", type=int, default=30)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder))
        with server.session():
            url = server.url("city")
            ensure_database(url)
            migrate(url)
            with connect(url) as pg:
                build_city(pg, arguments.communities)
                result = {"communities": arguments.communities, "ms": measure(pg, url, arguments)}
    for name, (median, p95, count) in result["ms"].items():
        print(f"{name:34} {median:9.1f} {p95:9.1f} ms   n = {count}")
    target = Path(__file__).parent / "results" / "city.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n")


def measure(pg: psycopg.Connection, url: str, arguments: argparse.Namespace) -> dict[str, list[float]]:
    """{what: [median, 95th percentile (milliseconds), repetitions]}."""
    found = {}
    pg.autocommit = True
    found["states of all, from nothing"] = times(lambda: refresh_states(pg), 1)
    found["ground of a community looked at"] = times(lambda: check_grounds(pg, 1), 20)
    pg.execute("UPDATE community_state SET ground_changed_at = NULL")
    change_counts(pg)
    found["states after counts changed"] = times(lambda: refresh_states(pg), 1)
    found["states, nothing due"] = times(lambda: refresh_states(pg), arguments.repetitions)
    service.add_account(pg, "bench", password=None, by="bench")
    service.grant(pg, "bench", Role.ADMINISTRATOR, area=None, community=None, by="bench")
    _, secret = service.make_token(pg, "bench", "bench", days=1, by="bench")
    app = create_app(Settings(language="zh"), url)
    with TestClient(app, "http://localhost", headers={"Authorization": f"Bearer {secret}"}) as client:
        for name, query in LISTS.items():
            found |= requests(client, name, [f"/city/communities?{query}"] * arguments.repetitions)
        for zoom in ZOOMS:
            found |= requests(
                client, f"tiles, zoom {zoom}", list(tile_addresses(arguments.communities, zoom))
            )
    return found


def requests(client: TestClient, name: str, addresses: list[str]) -> dict[str, list[float]]:
    """Times of the requests made, and of the same ones unchanged."""
    tags: dict[str, str] = {}
    made, unchanged, sizes = [], [], []
    for address in addresses:
        client.app.state.replies = ReplyCache(64 * 2**20)  # type: ignore[attr-defined]
        began = time.perf_counter()
        answer = client.get(address)
        made.append(time.perf_counter() - began)
        assert answer.status_code in (200, 204), answer.text
        tags[address] = answer.headers["ETag"]
        sizes.append(int(answer.headers.get("Content-Length", 0)))
    for address in addresses:
        began = time.perf_counter()
        answer = client.get(address, headers={"If-None-Match": tags[address]})
        unchanged.append(time.perf_counter() - began)
        assert answer.status_code == 304
    return {
        f"{name}, made ({max(sizes) / 1000:.0f} KB)": summary(made),
        f"{name}, unchanged": summary(unchanged),
    }


def tile_addresses(communities: int, zoom: int) -> Iterator[str]:
    """Tiles that the city lies in, at the most TILES_A_ZOOM, spread evenly."""
    rows = math.ceil(communities / 60)
    west, north = tile_of(LON, LAT + rows * NORTH, zoom)
    east, south = tile_of(LON + 60 * EAST, LAT, zoom)
    tiles = [(x, y) for x in range(west, east + 1) for y in range(north, south + 1)]
    step = max(1, len(tiles) // TILES_A_ZOOM)
    return (f"/tiles/city/{zoom}/{x}/{y}" for x, y in tiles[::step])


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """x, y of the tile that holds a point (the slippy map's formula)."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**zoom), int(y * 2**zoom)


def times(act: Callable[[], object], repetitions: int) -> list[float]:
    found = []
    for _ in range(repetitions):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return summary(found)


if __name__ == "__main__":
    main()
