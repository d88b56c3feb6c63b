"""Rows of every table from a checked source, written in the order of their foreign keys."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import shapely
from psycopg import sql

from gis_core.areas.store import place_by_code
from gis_core.exchange.belonging import Belonging, Territory
from gis_core.exchange.copying import Column
from gis_core.exchange.counts import CompletedCounts
from gis_core.exchange.faults import Fault
from gis_core.exchange.load import (
    BARRIERS,
    BUILDINGS,
    COMMUNITIES,
    ESTATES,
    ORGANISATIONS,
    Loaded,
    Target,
    raise_layer_version,
    upsert,
)
from gis_core.exchange.options import BARRIER_ROLES, ImportOptions
from gis_core.exchange.read import Source

Progress = Callable[[str, int, int], None]
STEPS = ("communities", "estates", "buildings", "organisations")


def unwatched(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def known_territories(connection: psycopg.Connection) -> list[Territory]:
    """All communities of the database with their boundaries."""
    rows = connection.execute(
        "SELECT code, name, ST_AsBinary(boundary), boundary_kind = 'given' FROM community ORDER BY code"
    ).fetchall()
    areas = shapely.from_wkb([row[2] for row in rows])
    return [
        Territory(code, name, area, given) for (code, name, _, given), area in zip(rows, areas, strict=True)
    ]


class SourceWriter:
    """One import's writing: barriers first, then what needs to know where buildings belong, by foreign keys."""

    belongs: Belonging
    counts: CompletedCounts | None

    def __init__(
        self, connection: psycopg.Connection, source: Source, options: ImportOptions, dataset_id: int
    ) -> None:
        self.connection, self.source, self.options = connection, source, options
        self.dataset_id = dataset_id
        self.loaded: dict[str, Loaded] = {}
        self.said: list[Fault] = []
        self.community_ids: dict[str, int] = {}
        self.new_tables: dict[str, bool] = {}

    def write_rest(
        self, belongs: Belonging, counts: CompletedCounts | None, progress: Progress
    ) -> tuple[dict[str, Loaded], list[Fault]]:
        """Write all but the barriers, and raise the versions of what changed; rows by layer, and what is to be said."""
        self.belongs, self.counts = belongs, counts
        steps = (self._communities, self._estates, self._buildings, self._organisations)
        for done, (step, name) in enumerate(zip(steps, STEPS, strict=True)):
            progress(name, done, len(STEPS))
            step()
        for layer, loaded in self.loaded.items():
            if loaded.changed:
                raise_layer_version(self.connection, layer)
        progress("done", len(STEPS), len(STEPS))
        return self.loaded, self.said

    def _upsert(self, target: Target, rows: Mapping[str, Column]) -> None:
        loaded = upsert(self.connection, target, rows, is_new=self._is_new(target))
        self.loaded[target.layer] = self.loaded.get(target.layer, Loaded()) + loaded

    def _is_new(self, target: Target) -> bool:
        """Whether the data set has no rows in the target yet; asked once, before the first of them are written."""
        if "dataset_id" not in target.key:
            return False
        if target.table not in self.new_tables:
            query = sql.SQL("SELECT NOT EXISTS (SELECT FROM {} WHERE dataset_id = %s)").format(
                sql.Identifier(target.table)
            )
            row = self.connection.execute(query, [self.dataset_id]).fetchone()
            self.new_tables[target.table] = row == (True,)
        return self.new_tables[target.table]

    def _ids(self, query: str, *parameters: object) -> dict[str, int]:
        return dict(self.connection.execute(query, parameters).fetchall())

    def _communities(self) -> None:
        grounds = self.belongs.territories
        known = {code: (name, srid) for code, name, srid in self.connection.execute(
            "SELECT code, name, metric_srid FROM community"
        )}  # fmt: skip
        srids = [
            self.source.metric_epsg
            if self.options.metric_crs or ground.code not in known
            else known[ground.code][1]
            for ground in grounds
        ]
        names = [ground.name or known.get(ground.code, (ground.code,))[0] for ground in grounds]
        rows = {
            "code": _objects([ground.code for ground in grounds]),
            "name": _objects(names),
            "metric_srid": np.array(srids, dtype=np.int64),
            "boundary": _objects([ground.boundary for ground in grounds]),
            "boundary_kind": _objects(["given" if ground.given else "hull" for ground in grounds]),
        }
        self._upsert(COMMUNITIES, rows)
        place_by_code(self.connection)
        self.community_ids = self._ids("SELECT code, id FROM community")
        self.territories = known_territories(self.connection)

    def _estates(self) -> None:
        """Estates of the layer of estates, and those that buildings name."""
        table = pd.DataFrame(
            {
                "code": pd.Series(dtype=object),
                "name": pd.Series(dtype=object),
                "area": pd.Series(dtype=object),
            }
        )
        if "estates" in self.source.layers:
            frame, codes, kept = self._placed("estates")
            table = pd.DataFrame(
                {"code": codes, "name": frame["name"].to_numpy(object), "area": frame.geometry.to_numpy()}
            )[kept]
        if "buildings" in self.source.layers:
            named = pd.DataFrame(
                {
                    "code": self.belongs.codes,
                    "name": self.source.layers["buildings"].frame["estate"].to_numpy(object),
                }
            )
            table = pd.concat([table, named[named["name"].notna()].assign(area=None)])
        table = table[table["name"].notna()].drop_duplicates(["code", "name"])
        keys = _objects([f"{code}/{name}" for code, name in zip(table["code"], table["name"], strict=True)])
        self._upsert(
            ESTATES,
            {
                "dataset_id": self._dataset(len(table)),
                "source_id": keys,
                "community_id": self._community_ids(table["code"]),
                "name": table["name"].to_numpy(object),
                "boundary": table["area"].to_numpy(object),
            },
        )

    def _buildings(self) -> None:
        if "buildings" not in self.source.layers or self.counts is None:
            return
        frame, codes = self.source.layers["buildings"].frame, self.belongs.codes
        estates = self._ids("SELECT source_id, id FROM estate WHERE dataset_id = %s", self.dataset_id)
        floors = frame["floors"].to_numpy(np.float64)
        rows = {
            "dataset_id": self._dataset(len(frame)),
            "community_id": self._community_ids(codes),
            "estate_id": _objects(
                [estates.get(f"{c}/{e}") for c, e in zip(codes, frame["estate"], strict=True)]
            ),
            "footprint": self.source.degrees("buildings"),
            "floors": _objects([None if np.isnan(value) else int(value) for value in floors]),
            **{name: self.counts.columns[name].to_numpy() for name in self.counts.columns},
            **{name: frame[name].to_numpy(object) for name in ("source_id", "use", "name", "address")},
        }
        self._upsert(BUILDINGS, rows)
        absent = self.connection.execute(
            "SELECT count(*) FROM building WHERE dataset_id = %s", [self.dataset_id]
        ).fetchone()
        if absent is not None and absent[0] > len(frame):
            self.said.append(
                Fault("rows_absent", self.source.layers["buildings"].layer_name, value=absent[0] - len(frame))
            )

    def write_barriers(self) -> None:
        """Write the barriers of all roles."""
        for role in BARRIER_ROLES:
            if role not in self.source.layers:
                continue
            frame = self.source.layers[role].frame
            rows = {
                "dataset_id": self._dataset(len(frame)),
                "source_id": f"{role}/" + frame["source_id"].to_numpy(object),
                "kind": frame["kind"].to_numpy(object),
                "class": frame["class_"].to_numpy(object),
                "name": frame["name"].to_numpy(object),
                "bridge": frame["bridge"].to_numpy(bool),
                "geometry": self.source.degrees(role),
            }
            self._upsert(BARRIERS, rows)

    def _organisations(self) -> None:
        if "organisations" not in self.source.layers:
            return
        frame, codes, kept = self._placed("organisations")
        names = np.where(frame["name"].isna(), frame["source_id"], frame["name"]).astype(object)
        self._upsert(
            ORGANISATIONS,
            {
                "dataset_id": self._dataset(int(kept.sum())),
                "source_id": frame["source_id"].to_numpy(object)[kept],
                "community_id": self._community_ids(codes[kept]),
                "name": names[kept],
                "kind": frame["kind"].to_numpy(object)[kept],
                "position": self.source.degrees("organisations")[kept],
            },
        )

    def _placed(self, role: str) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """A layer's frame, the community of each row (by column, else by place), and which rows have one."""
        layer = self.source.layers[role]
        frame = layer.frame.set_geometry(self.source.degrees(role), crs=4326)
        codes = np.array(
            [code if code in self.community_ids else None for code in frame["community"]], dtype=object
        )
        if self.options.community is not None:
            codes[:] = self.options.community
        lost = np.flatnonzero([code is None for code in codes])
        tree = shapely.STRtree([ground.boundary for ground in self.territories])
        found, ground = tree.query(
            shapely.point_on_surface(frame.geometry.to_numpy()[lost]), predicate="intersects"
        )
        codes[lost[found]] = [self.territories[position].code for position in ground]
        kept = np.array([code is not None for code in codes], dtype=bool)
        ids = frame["source_id"]
        self.said += [
            Fault("placed_nowhere", layer.layer_name, int(row) + 1, ids.iloc[row])
            for row in np.flatnonzero(~kept)
        ]
        return frame, codes, kept

    def _dataset(self, rows: int) -> Column:
        return np.full(rows, self.dataset_id, dtype=np.int64)

    def _community_ids(self, codes: Any) -> Column:
        return np.array([self.community_ids[code] for code in codes], dtype=np.int64)


def _objects(values: list[Any]) -> np.ndarray:
    """A list as an array of objects, also where its members could be taken for sequences."""
    result = np.empty(len(values), dtype=object)
    result[:] = values
    return result
