"""Import of a town with all checks against `GeoDataFrame.to_postgis`, in the same run on the same server.

    python benchmarks/bench_import.py [FILE] [--repetitions N]

All sides read the same GeoPackage (buildings, streets, communities of FILE; by default Geneva beside the project)
and write it to a database of its own on the embedded server, in turns. Ours reads, maps, checks, finds each building's
community, changes the CRS, loads by COPY into tables with constraints and foreign keys. The bare peer reads and writes
the frames as they are, through SQLAlchemy and psycopg2 (it uses COPY too), to tables with a spatial index and nothing
else. The peer with keys does besides what its user would need to import the same rows again and to draw them on a map:
it carries them to EPSG:4326, adds a primary key, and a unique index on the file's id where it has one. Neither peer
checks anything. Prints a table and writes results/import.json.
"""

import argparse
import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import psycopg
from psycopg import sql

from gis_core.db import connect, ensure_database, migrate
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.exchange.importing import import_source
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import Source, read_source
from gis_core.migrations.run import engine

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("buildings", "streets", "communities")
ID_COLUMNS = ("osm_id", "community_id")
"""Columns that may be a layer's key: the first that a layer has."""
TEMPLATE = "bench_template"
DATABASE = "bench"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = ROOT.parent / "shared" / "data" / "geneva_ch_scale.gpkg"
    parser.add_argument("file", type=Path, nargs="?", default=default)
    parser.add_argument("--repetitions", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        Path(folder).chmod(0o755)
        path = same_layers(arguments.file, Path(folder))
        server = EmbeddedPostgres(Path(folder) / "data")
        with server.session():
            ensure_database(server.url(TEMPLATE))
            migrate(server.url(TEMPLATE))
            result = measure(server, path, arguments.repetitions)
    show(result)
    target = ROOT / "benchmarks" / "results" / "import.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n")


def same_layers(file: Path, folder: Path) -> Path:
    """A file of only the layers that both sides load."""
    path = folder / file.name
    for layer in LAYERS:
        gpd.read_file(file, layer=layer).to_file(path, layer=layer, driver="GPKG")
    return path


def measure(server: EmbeddedPostgres, path: Path, repetitions: int) -> dict[str, object]:
    """Seconds of every repetition of each side, whole and without reading the file."""
    frames = {layer: gpd.read_file(path, layer=layer) for layer in LAYERS}
    rows = sum(map(len, frames.values()))
    sides: dict[str, Callable[[str], float]] = {
        "ours": lambda url: seconds(lambda: ours(url, read_source(path, ImportOptions()))),
        "to_postgis": lambda url: seconds(
            lambda: peer(url, {layer: gpd.read_file(path, layer=layer) for layer in LAYERS})
        ),
        "to_postgis in degrees, with keys": lambda url: seconds(
            lambda: keyed_peer(url, {layer: gpd.read_file(path, layer=layer) for layer in LAYERS})
        ),
        "ours, without reading": lambda url: without_reading(url, path),
        "to_postgis, without reading": lambda url: seconds(lambda: peer(url, frames)),
    }
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for repetition in range(repetitions + 1):
        for name, side in sides.items():
            elapsed = side(fresh_database(server))
            if repetition:  # the first round warms caches and imports
                taken[name].append(round(elapsed, 4))
    medians = {name: statistics.median(values) for name, values in taken.items()}
    return {
        "file": path.name,
        "rows": rows,
        "repetitions": repetitions,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "seconds": taken,
        "median_s": medians,
        "rows_per_s": {name: round(rows / median) for name, median in medians.items()},
        "ratio": round(medians["to_postgis"] / medians["ours"], 2),
        "ratio_with_keys": round(medians["to_postgis in degrees, with keys"] / medians["ours"], 2),
        "ratio_without_reading": round(
            medians["to_postgis, without reading"] / medians["ours, without reading"], 2
        ),
    }


def fresh_database(server: EmbeddedPostgres) -> str:
    """URL of an empty migrated database."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        name, template = sql.Identifier(DATABASE), sql.Identifier(TEMPLATE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))
        connection.execute("CHECKPOINT")
    return server.url(DATABASE)


def seconds(work: Callable[[], None]) -> float:
    """Wall time of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ours(url: str, source: Source) -> None:
    with connect(url) as connection:
        import_source(connection, source, ImportOptions())


def without_reading(url: str, path: Path) -> float:
    """Reading goes before the clock; a source is read anew each time, since it keeps what it has carried over."""
    source = read_source(path, ImportOptions())
    return seconds(lambda: ours(url, source))


def peer(url: str, frames: dict[str, gpd.GeoDataFrame]) -> None:
    database = engine(url)
    with database.begin() as connection:
        for layer, frame in frames.items():
            frame.to_postgis(f"peer_{layer}", connection)
    database.dispose()


def keyed_peer(url: str, frames: dict[str, gpd.GeoDataFrame]) -> None:
    database = engine(url)
    with database.begin() as connection:
        for layer, frame in frames.items():
            table = f"peer_{layer}"
            frame.to_crs(4326).to_postgis(table, connection)
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN row_id bigserial PRIMARY KEY")
            key = next((column for column in ID_COLUMNS if column in frame), None)
            if key is not None and frame[key].is_unique:
                connection.exec_driver_sql(f'CREATE UNIQUE INDEX ON {table} ("{key}")')
    database.dispose()


def show(result: dict[str, object]) -> None:
    """A table for people, in Markdown."""
    print(f"{result['file']}: {result['rows']} rows, median of {result['repetitions']}\n")
    print("| side | seconds | rows/s |")
    print("| --- | ---: | ---: |")
    for name, median in result["median_s"].items():  # type: ignore[attr-defined]
        print(f"| {name} | {median:.3f} | {result['rows_per_s'][name]:,} |")  # type: ignore[index]
    print(f"\nratio {result['ratio']} (peer with keys {result['ratio_with_keys']},", end=" ")
    print(f"bare without reading {result['ratio_without_reading']})")


if __name__ == "__main__":
    main()
