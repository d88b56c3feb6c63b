"""Neighbours of buildings: this project beside its peers, on the same footprints, in the same run; processor seconds.

`python benchmarks/bench_adjacency.py` prints a table and writes benchmarks/results/adjacency.json. The peers do part of
the work only: none knows water, railways, crossings or the cost of a border.
"""

import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import geopandas as gpd
import libpysal
import momepy
import numpy as np
import pyogrio
import shapely
from rich.console import Console
from rich.table import Table
from scipy.sparse.csgraph import connected_components

from partitioning.adjacency import Barriers, build_ground

RESULTS = Path(__file__).parent / "results" / "adjacency.json"
DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
REPEATS = 3
LOT_M, DEPTH_M, STREET_M, HOUSES_A_BLOCK, ROWS, COLUMNS = 7.0, 10.0, 14.0, 30, 20, 5


def row_houses(seed: int) -> tuple[np.ndarray, shapely.Polygon, Barriers]:
    """3,000 row houses: 5 by 20 blocks of 30, back to back along streets, a river with two bridges, a railway."""
    rng = np.random.default_rng(seed)
    width, height = HOUSES_A_BLOCK // 2 * LOT_M + STREET_M, 2 * DEPTH_M + 12 + STREET_M
    houses = []
    for column in range(COLUMNS):
        for row in range(ROWS):
            walls = np.arange(HOUSES_A_BLOCK // 2 + 1) * LOT_M + column * width + STREET_M / 2
            walls[1:-1] += rng.normal(0, 0.4, len(walls) - 2)
            for front, way in ((row * height + STREET_M / 2, 1), ((row + 1) * height - STREET_M / 2, -1)):
                backs = front + way * (DEPTH_M + rng.uniform(-1.5, 1.5, len(walls) - 1))
                low, high = np.minimum(front, backs), np.maximum(front, backs)
                houses.append(shapely.box(walls[:-1], low, walls[1:], high))
    right, top = COLUMNS * width, ROWS * height
    lines = [
        *(shapely.LineString([(x * width, 0), (x * width, top)]) for x in range(1, COLUMNS)),
        *(shapely.LineString([(0, y * height), (right, y * height)]) for y in range(1, ROWS)),
    ]
    rail = shapely.LineString([(0, 15.5 * height), (right, 15.5 * height)])
    river = shapely.box(0, 8 * height - 5, right, 8 * height + 5)
    geometry = np.array([*lines, rail, river], dtype=object)
    kind = np.array(["road"] * len(lines) + ["railway", "water"])
    road_class = np.array(["residential"] * len(lines) + ["rail", "river"])
    turn = np.array([[0.96, -0.28], [0.28, 0.96]])
    origin = np.array([2_680_000.0, 1_247_000.0])
    place = lambda shapes: shapely.transform(shapes, lambda xy: xy @ turn + origin)  # noqa: E731
    barriers = Barriers(place(geometry), kind, road_class, np.zeros(len(kind), dtype=np.bool_))
    return place(np.concatenate(houses)), place(shapely.box(0, 0, right, top)), barriers


def real_communities() -> list[tuple[str, np.ndarray, shapely.Geometry, Barriers]]:
    path = DATA / "geneva_ch_scale.gpkg"
    if not path.exists():
        return []
    geometry, kinds, classes = [], [], []
    for layer, kind, field in (
        ("streets", "road", "highway"),
        ("water", "water", "kind"),
        ("waterways", "water", "kind"),
        ("rail", "railway", "railway"),
    ):
        rows = pyogrio.read_dataframe(path, layer=layer)
        geometry.append(rows.geometry.to_numpy())
        kinds += [kind] * len(rows)
        classes += rows[field].fillna("").tolist()
    barriers = Barriers(
        np.concatenate(geometry), np.array(kinds), np.array(classes), np.zeros(len(kinds), dtype=np.bool_)
    )
    buildings = pyogrio.read_dataframe(path, layer="buildings").groupby("community_id").geometry
    communities = pyogrio.read_dataframe(path, layer="communities")
    return [
        (row.community_id, buildings.get_group(row.community_id).to_numpy(), row.geometry, barriers)
        for row in communities.itertuples()
    ]


def ours(footprints: np.ndarray, boundary: shapely.Geometry, barriers: Barriers) -> dict:
    ground = build_ground(footprints, boundary, barriers)
    return figures(len(footprints), ground.edges, ground.cells, boundary)


def ours_bare(footprints: np.ndarray, boundary: shapely.Geometry, _: Barriers) -> dict:
    return ours(footprints, boundary, Barriers.none())


def momepy_rook(footprints: np.ndarray, boundary: shapely.Geometry, _: Barriers) -> dict:
    cells = momepy.morphological_tessellation(gpd.GeoSeries(footprints, crs=2056), clip=boundary)
    graph = libpysal.graph.Graph.build_contiguity(cells, rook=True)
    edges = graph.adjacency.reset_index()[["focal", "neighbor"]].to_numpy()
    return figures(len(footprints), edges[edges[:, 0] < edges[:, 1]], cells.geometry.to_numpy(), boundary)


def centroid_delaunay(footprints: np.ndarray, boundary: shapely.Geometry, _: Barriers) -> dict:
    points = gpd.GeoSeries(shapely.centroid(footprints), crs=2056)
    graph = libpysal.graph.Graph.build_triangulation(points, method="delaunay")
    edges = graph.adjacency.reset_index()[["focal", "neighbor"]].to_numpy()
    return figures(len(footprints), edges[edges[:, 0] < edges[:, 1]], None, boundary)


def figures(n: int, edges: np.ndarray, cells: np.ndarray | None, boundary: shapely.Geometry) -> dict:
    """Edges, parts, and the share of the boundary that the cells miss."""
    table = np.zeros((n, n), dtype=np.bool_)
    inside = edges[(edges >= 0).all(axis=1)]
    table[inside[:, 0], inside[:, 1]] = True
    uncovered = None if cells is None else abs(1 - shapely.area(cells).sum() / shapely.area(boundary))
    return {"edges": len(edges), "parts": int(connected_components(table)[0]), "area_error": uncovered}


METHODS: dict[str, Callable[[np.ndarray, shapely.Geometry, Barriers], dict]] = {
    "wangge": ours,
    "wangge, no barriers": ours_bare,
    "momepy tessellation + Rook": momepy_rook,
    "libpysal Delaunay of centroids": centroid_delaunay,
}


def measure(name: str, jobs: list[tuple[np.ndarray, shapely.Geometry, Barriers]]) -> list[dict]:
    """A row for each method: seconds for all jobs (median of repeats), and the sums of its figures."""
    rows = []
    for method, run in METHODS.items():
        seconds = []
        for _ in range(REPEATS):
            start = time.process_time()
            answers = [run(*job) for job in jobs]
            seconds.append(time.process_time() - start)
        errors = [answer["area_error"] for answer in answers if answer["area_error"] is not None]
        rows.append(
            {
                "input": name,
                "method": method,
                "buildings": sum(len(job[0]) for job in jobs),
                "seconds": round(median(seconds), 3),
                "edges": sum(answer["edges"] for answer in answers),
                "parts": sum(answer["parts"] for answer in answers),
                "worst_area_error": max(errors) if errors else None,
            }
        )
    return rows


def main() -> None:
    warnings.filterwarnings("ignore")
    rows = measure("3,000 row houses", [row_houses(seed=0)])
    communities = real_communities()
    if communities:
        rows += measure(f"Geneva, {len(communities)} communities", [job[1:] for job in communities])
    table = Table("input", "method", "buildings", "CPU s", "edges", "parts", "area error")
    for row in rows:
        error = "" if row["worst_area_error"] is None else f"{row['worst_area_error']:.1e}"
        table.add_row(*(str(row[key]) for key in list(row)[:-1]), error)
    Console(width=130).print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
