"""Drawing from file to file, without a database: one or many communities of a source, and the file of the result."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from gis_core.crs import STORAGE_EPSG
from gis_core.exchange.belonging import Belonging, belonging
from gis_core.exchange.checks import check_source
from gis_core.exchange.column_names import GEOPACKAGE, beside
from gis_core.exchange.counts import complete_counts
from gis_core.exchange.faults import Fault, ImportRejected, rejecting
from gis_core.exchange.geometries import as_multi
from gis_core.exchange.georeference import transform
from gis_core.exchange.options import BARRIER_ROLES, ImportOptions
from gis_core.exchange.part_rows import PART_COLUMNS, part_rows
from gis_core.exchange.read import Source
from gis_core.exchange.whole_file import whole_file
from gis_core.plans.drawing import Drawing, Town, draw_town
from partitioning import Rules
from partitioning.barriers import Barriers

_GRID_COLUMNS = ("number", "households", "persons", "buildings", "area_m2", "centre", "patch")


@dataclass(frozen=True, eq=False)
class Towns:
    """The communities of a source, ready to be drawn.

    `rows` are the places of each town's buildings in the buildings layer; `faults` the warnings and repairs that
    have to be said; `persons_known` whether the persons rule can be kept.
    """

    source: Source
    towns: tuple[Town, ...]
    rows: tuple[np.ndarray, ...]
    counts: pd.DataFrame
    belongs: Belonging
    faults: tuple[Fault, ...]
    households_estimated: int
    persons_known: bool


@dataclass(frozen=True, eq=False)
class Answer:
    """A drawn town and the seconds it took."""

    drawing: Drawing
    seconds: float


def towns_of(source: Source, options: ImportOptions) -> Towns:
    """Check a source and part it into communities.

    Raises:
        ImportRejected: with every fault, warning and repair.
    """
    belongs = belonging(source, options, known=())
    faults = [*source.faults, *check_source(source, options), *belongs.faults]
    if "buildings" not in source.layers or rejecting(faults):
        raise ImportRejected(faults)
    layer = source.layers["buildings"]
    footprints = source.metric_geometry("buildings")
    completed = complete_counts(layer, shapely.area(footprints), options)
    faults = [*faults, *completed.faults]
    if rejecting(faults):
        raise ImportRejected(faults)
    persons_known = layer.mapping.column("persons") is not None or options.persons_per_household is not None
    if not persons_known:
        faults = [fault for fault in faults if fault.code != "persons_missing"]
    counts = completed.columns
    estates = _numbered(layer.frame["estate"])
    barriers = _barriers(source)
    territories = {territory.code: territory for territory in belongs.territories}
    codes = sorted({code for code in belongs.codes if code is not None})
    rows = tuple(np.flatnonzero(belongs.codes == code) for code in codes)
    boundaries = transform(
        np.array([territories[code].boundary for code in codes], dtype=object),
        CRS.from_epsg(STORAGE_EPSG),
        source.metric_epsg,
    )
    towns = tuple(
        Town(
            code=code,
            building_ids=tuple(layer.frame["source_id"].to_numpy(object)[members]),
            footprints=footprints[members],
            households=counts["households"].to_numpy(np.int64)[members],
            persons=counts["persons"].to_numpy(np.int64)[members] if persons_known else None,
            estates=estates[members],
            boundary=boundary,
            barriers=barriers,
        )
        for code, members, boundary in zip(codes, rows, boundaries, strict=True)
    )
    return Towns(
        source, towns, rows, counts, belongs, tuple(faults), completed.households_estimated, persons_known
    )


def draw_towns(towns: Towns, rules: Rules, *, seed: int, time_limit_s: float | None) -> Iterator[Answer]:
    """Draw one community after the other, each with the same seed."""
    for town in towns.towns:
        begin = time.perf_counter()
        drawing = draw_town(town, rules, seed=seed, time_limit_s=time_limit_s)
        yield Answer(drawing, time.perf_counter() - begin)


def write_answers(path: Path, towns: Towns, answers: Sequence[Answer], by: str) -> None:
    """Write layers `buildings`, `grids`, `report`, where buildings were split `building_parts`, and where the engine
    found no plan `nearest_grids`.

    `buildings` holds every building of the source with its columns, the counts that were drawn with and how they are
    known, `grid` (null without a plan) and `nearest_grid` (the grid in the nearest plan that breaks a rule); columns
    of the source that have these names and other meanings, or a GeoPackage's own, are renamed to `source_…`. `grids`
    and `report` name the community in the column `by`, or in `community` where `by` is the name of a column of theirs.
    CRS: the source's. The file appears whole or not at all.
    """
    crs = towns.source.layers["buildings"].frame.crs
    report = [_report_row(towns, answer) for answer in answers]
    if by.casefold() in {*_GRID_COLUMNS, *PART_COLUMNS, *GEOPACKAGE}.union(*report):
        by = "community"
    codes = [{by: answer.drawing.town.code} for answer in answers]
    layers = {
        "buildings": _buildings(towns, answers),
        "grids": _grids(towns, answers, by, crs, drawn=True),
        "nearest_grids": _grids(towns, answers, by, crs, drawn=False),
        "report": pd.DataFrame([code | row for code, row in zip(codes, report, strict=True)]),
        "building_parts": part_rows(
            [answer.drawing for answer in answers], by, towns.source.metric_epsg, crs
        ),
    }
    with whole_file(path) as unfinished:
        for name, frame in layers.items():
            if len(frame) or name in ("buildings", "grids", "report"):
                pyogrio.write_dataframe(frame, unfinished, layer=name, driver="GPKG")


def _numbered(names: pd.Series) -> np.ndarray:
    """A number for each name, -1 for none."""
    numbers, _ = pd.factorize(names)
    return np.asarray(numbers, dtype=np.int64)


def _barriers(source: Source) -> Barriers:
    frames = [(role, source.layers[role].frame) for role in BARRIER_ROLES if role in source.layers]
    if not frames:
        return Barriers.none()

    def column(name: str) -> np.ndarray:
        return np.concatenate([frame[name].to_numpy(object) for _, frame in frames])

    return Barriers(
        np.concatenate([source.metric_geometry(role) for role, _ in frames]),
        column("kind").astype(str),
        np.array([value or "" for value in column("class_")], dtype=str),
        column("bridge").astype(bool),
    )


def _buildings(towns: Towns, answers: Sequence[Answer]) -> gpd.GeoDataFrame:
    layer = towns.source.layers["buildings"]
    result = layer.attributes
    meanings = ("households", "persons") if towns.persons_known else ("households",)
    counts = [name for meaning in meanings for name in (meaning, f"{meaning}_kind")]
    told = {name: layer.mapping.column(name) for name in counts}
    own = {name: column for name, column in told.items() if column is not None and column.casefold() == name}
    others = [column for column in result if column not in own.values()]
    taken = [own.get(name, name) for name in (*counts, "grid", "nearest_grid")]
    result = result.rename(columns=dict(zip(others, beside(others, taken), strict=True)))
    for name in counts:
        result[own.get(name, name)] = towns.counts[name].to_numpy()
    for name, drawn in (("grid", True), ("nearest_grid", False)):
        numbers = pd.array([pd.NA] * len(result), dtype="Int64")
        for rows, answer in zip(towns.rows, answers, strict=True):
            if answer.drawing.labels is not None and answer.drawing.drawn is drawn:
                numbers[rows] = answer.drawing.labels
        result[name] = numbers
    return gpd.GeoDataFrame(result, geometry=layer.frame.geometry.to_numpy(), crs=layer.frame.crs)


def _grids(towns: Towns, answers: Sequence[Answer], by: str, crs: CRS, *, drawn: bool) -> gpd.GeoDataFrame:
    rows: list[dict[str, Any]] = []
    areas: list[shapely.Geometry] = []
    for answer in answers:
        drawing = answer.drawing
        if drawing.outcome.plan is None or drawing.drawn is not drawn:
            continue
        areas += list(drawing.areas)
        rows += [
            {
                by: drawing.town.code,
                "number": score.grid + 1,
                "households": score.households,
                "persons": score.persons,
                "buildings": score.buildings,
                "area_m2": round(float(area.area), 1),
                "centre": None if score.centre is None else str(drawing.problem.building_ids[score.centre]),
                "patch": patch,
            }
            for score, area, patch in zip(
                drawing.outcome.plan.scores.grids, drawing.areas, drawing.patches, strict=True
            )
        ]
    optional = ("centre", "patch")
    shown = [
        name for name in _GRID_COLUMNS if name not in optional or any(row[name] is not None for row in rows)
    ]
    columns = [by, *shown]
    whole = {name: "Int64" for name in ("persons", "patch") if name in columns}
    frame = pd.DataFrame(rows, columns=columns).astype(whole)
    metric = as_multi(np.array(areas, dtype=object)) if areas else np.empty(0, dtype=object)
    series = gpd.GeoSeries(metric, crs=CRS.from_epsg(towns.source.metric_epsg)).to_crs(crs)
    return gpd.GeoDataFrame(frame, geometry=series, crs=crs)


def _report_row(towns: Towns, answer: Answer) -> dict[str, Any]:
    drawing, outcome = answer.drawing, answer.drawing.outcome
    town, scores = drawing.town, None if outcome.plan is None else outcome.plan.scores
    row: dict[str, Any] = {
        "status": outcome.status,
        "buildings": len(town.building_ids),
        "households": int(town.households.sum()),
        "persons": None if town.persons is None else int(town.persons.sum()),
        "grids": 0 if scores is None else len(scores.grids),
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "border_cost_m": None if scores is None else scores.border_cost_m,
        "inertia_m2": None if scores is None else scores.inertia_m2,
        "deviation": None if scores is None else scores.deviation,
        "estates_split": None if scores is None else scores.estates_split,
        "joined_over_barriers": len(drawing.ground.joined),
        "buildings_split": len(drawing.split),
        "split": ", ".join(drawing.split),
        "seconds": round(answer.seconds, 3),
        "metric_crs": f"EPSG:{towns.source.metric_epsg}",
        "rules": json.dumps(drawing.rules.to_dict()),
    }
    for lang in ("zh", "en"):
        row[f"reasons_{lang}"] = "\n".join(reason.text(lang) for reason in (*outcome.reasons, *drawing.notes))
    return row
