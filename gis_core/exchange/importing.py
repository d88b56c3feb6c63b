"""Importing a source: all checks, then all rows, in the caller's transaction."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import shapely

from gis_core.exchange.belonging import Belonging, Territory, belonging
from gis_core.exchange.checks import check_source, moved_like_gcj02
from gis_core.exchange.counts import CompletedCounts, complete_counts
from gis_core.exchange.faults import Fault, ImportRejected, Lang, rejecting
from gis_core.exchange.known_footprints import known_elsewhere
from gis_core.exchange.load import Loaded
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import Source
from gis_core.exchange.rows import Progress, SourceWriter, known_territories, unwatched

SHIFT_SAMPLE = 500


@dataclass(frozen=True)
class ImportReport:
    """What an import did: rows by layer, the communities concerned, estimates made, warnings and repairs."""

    dataset: str
    metric_epsg: int
    loaded: Mapping[str, Loaded]
    communities: tuple[str, ...]
    households_estimated: int
    persons_estimated: int
    faults: tuple[Fault, ...]

    @property
    def changed(self) -> bool:
        """Whether the import changed the database at all."""
        return any(loaded.changed for loaded in self.loaded.values())

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """For JSON."""
        return {
            "dataset": self.dataset,
            "metric_crs": f"EPSG:{self.metric_epsg}",
            "communities": list(self.communities),
            "rows": {
                layer: {"inserted": rows.inserted, "updated": rows.updated, "unchanged": rows.unchanged}
                for layer, rows in self.loaded.items()
            },
            "estimated": {"households": self.households_estimated, "persons": self.persons_estimated},
            "warnings": [fault.as_dict(lang) for fault in self.faults if fault.severity == "warning"],
            "repairs": [fault.as_dict(lang) for fault in self.faults if fault.severity == "repair"],
        }


def import_source(
    connection: psycopg.Connection,
    source: Source,
    options: ImportOptions,
    progress: Progress = unwatched,
) -> ImportReport:
    """Check a source against itself and the database, and load it. The caller commits, or rolls back for a dry run.

    Barriers, which depend on nothing, are written while the rest is checked.

    Raises ImportRejected with every fault, warning and repair; the caller then rolls back.
    """
    progress("check", 0, 1)
    name = options.dataset or source.name
    dataset_id = _locked_dataset(connection, name)
    known = known_territories(connection)
    before = _known_buildings(connection, source, dataset_id) if options.datum is None else []
    twice = known_elsewhere(connection, source, dataset_id)
    writer = SourceWriter(connection, source, options, dataset_id)
    with ThreadPoolExecutor(max_workers=1) as beside:
        barriers = beside.submit(writer.write_barriers)
        checked = _check(source, options, known, before)
        barriers.result()
    if rejecting([*checked.faults, *twice]):
        raise ImportRejected([*checked.faults, *twice])
    loaded, said = writer.write_rest(checked.belongs, checked.counts, progress)
    counts, grounds = checked.counts, checked.belongs.territories
    report = ImportReport(
        name,
        source.metric_epsg,
        loaded,
        tuple(sorted({*checked.belongs.codes, *(ground.code for ground in grounds)})),
        0 if counts is None else counts.households_estimated,
        0 if counts is None else counts.persons_estimated,
        (*checked.faults, *said),
    )
    if report.changed:
        _describe_dataset(connection, dataset_id, source, options)
    return report


@dataclass(frozen=True)
class _Checked:
    """What the checks found out; `faults` are all of the import's, those of reading too."""

    belongs: Belonging
    counts: CompletedCounts | None
    faults: list[Fault]


def _check(
    source: Source,
    options: ImportOptions,
    known: Sequence[Territory],
    before: Sequence[tuple[str, float, float]],
) -> _Checked:
    belongs = belonging(source, options, known)
    faults = [*source.faults, *check_source(source, options), *belongs.faults]
    faults += _moved_buildings(source, before)
    counts = None
    if "buildings" in source.layers:
        footprint_m2 = shapely.area(source.metric_geometry("buildings"))
        counts = complete_counts(source.layers["buildings"], footprint_m2, options)
        faults += counts.faults
    return _Checked(belongs, counts, faults)


def _locked_dataset(connection: psycopg.Connection, name: str) -> int:
    """The data set's id; its row stays locked, so that two imports of one data set follow each other."""
    connection.execute("INSERT INTO dataset (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", [name])
    row = connection.execute("SELECT id FROM dataset WHERE name = %s FOR UPDATE", [name]).fetchone()
    assert row is not None
    return int(row[0])


def _describe_dataset(
    connection: psycopg.Connection, dataset_id: int, source: Source, options: ImportOptions
) -> None:
    details = {
        "metric_crs": f"EPSG:{source.metric_epsg}",
        "datum": options.datum,
        "layers": {
            role: {
                "layer": layer.layer_name,
                "fields": {target: column for target, column, _ in layer.mapping.rows()},
            }
            for role, layer in source.layers.items()
        },
        "estimate": options.estimate.model_dump() if options.estimates else None,
    }
    connection.execute(
        "UPDATE dataset SET imported_at = now(), details = %s WHERE id = %s",
        [json.dumps(details), dataset_id],
    )


def _known_buildings(
    connection: psycopg.Connection, source: Source, dataset_id: int
) -> list[tuple[str, float, float]]:
    """Id and centre (degrees) of buildings that an earlier import of the data set brought; a sample is enough."""
    if "buildings" not in source.layers:
        return []
    return connection.execute(
        "SELECT source_id, ST_X(centre), ST_Y(centre) FROM ("
        " SELECT source_id, ST_Centroid(footprint) AS centre FROM building WHERE dataset_id = %s LIMIT %s) AS sample",
        [dataset_id, SHIFT_SAMPLE],
    ).fetchall()


def _moved_buildings(source: Source, before: Sequence[tuple[str, float, float]]) -> list[Fault]:
    """Buildings known by id that the file moves by the offset of GCJ-02."""
    if not before:
        return []
    layer = source.layers["buildings"]
    positions = {key: row for row, key in enumerate(layer.frame["source_id"])}
    common = [row for row in before if row[0] in positions]
    given = source.degrees("buildings")[[positions[row[0]] for row in common]]
    known = shapely.points([row[1] for row in common], [row[2] for row in common])
    return moved_like_gcj02(layer.layer_name, known, shapely.centroid(given)) if common else []
