"""Loading rows: COPY into a staging table, then one upsert that touches only rows that differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from gis_core.exchange.copying import Column, copy_blocks


@dataclass(frozen=True)
class Target:
    """A table that rows are loaded into: its columns, the ones that identify a row, and its layer's name.

    `kept` are columns that are written with a new row and never changed by an import.
    """

    layer: str
    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    kept: tuple[str, ...] = ()


_DATASET_KEY = ("dataset_id", "source_id")
COMMUNITIES = Target(
    "communities", "community", ("code",), ("code", "name", "metric_srid", "boundary", "boundary_kind")
)
ESTATES = Target(
    "estates", "estate", _DATASET_KEY, ("dataset_id", "source_id", "community_id", "name", "boundary")
)
BUILDINGS = Target(
    "buildings",
    "building",
    _DATASET_KEY,
    (
        "dataset_id", "source_id", "community_id", "estate_id", "footprint", "households", "households_kind", "persons",
        "persons_kind", "floors", "use", "name", "address",
    ),
)  # fmt: skip
BARRIERS = Target(
    "barriers",
    "barrier",
    _DATASET_KEY,
    ("dataset_id", "source_id", "kind", "class", "name", "bridge", "geometry"),
)
ORGANISATIONS = Target(
    "organisations",
    "organisation",
    _DATASET_KEY,
    ("dataset_id", "source_id", "community_id", "name", "kind", "position"),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an upsert did, in rows."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(
            self.inserted + other.inserted, self.updated + other.updated, self.unchanged + other.unchanged
        )

    @property
    def total(self) -> int:
        """Rows of the source."""
        return self.inserted + self.updated + self.unchanged

    @property
    def changed(self) -> bool:
        """Whether any row was written."""
        return bool(self.inserted or self.updated)


def upsert(
    connection: psycopg.Connection, target: Target, rows: Mapping[str, Column], *, is_new: bool = False
) -> Loaded:
    """Insert rows and update those that differ, matched by the target's key. Geometries are in EPSG:4326.

    Runs in the caller's transaction; the staging table goes away with it. Rows must be unique by key. `is_new` tells
    that none of the keys can be there yet: then rows are copied straight into the table.
    """
    count = len(rows[target.columns[0]])
    if not count:
        return Loaded()
    table = sql.Identifier(target.table)
    columns = sql.SQL(", ").join(map(sql.Identifier, target.columns))
    values = [rows[name] for name in target.columns]
    if is_new:
        _copy(connection, table, columns, values)
        return Loaded(inserted=count)
    staging = sql.Identifier(f"staging_{target.table}")
    connection.execute(
        sql.SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            staging, columns, table
        )
    )
    _copy(connection, staging, columns, values)
    inserted, updated = connection.execute(_upsert_statement(target, staging, columns)).fetchone() or (0, 0)
    connection.execute(sql.SQL("DROP TABLE {}").format(staging))
    return Loaded(inserted, updated, count - inserted - updated)


def _copy(
    connection: psycopg.Connection, table: sql.Identifier, columns: sql.Composed, values: Sequence[Column]
) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(table, columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in copy_blocks(values):
            copy.write(block)


def _upsert_statement(target: Target, staging: sql.Identifier, columns: sql.Composed) -> sql.Composed:
    changing = [name for name in target.columns if name not in (*target.key, *target.kept)]
    return sql.SQL(
        "WITH written AS ("
        " INSERT INTO {table} AS present ({columns}) SELECT {columns} FROM {staging}"
        " ON CONFLICT ({key}) DO UPDATE SET {changes}"
        " WHERE ({present}) IS DISTINCT FROM ({offered})"
        " RETURNING present.xmax = 0 AS is_new"
        ") SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written"
    ).format(
        table=sql.Identifier(target.table),
        columns=columns,
        staging=staging,
        key=sql.SQL(", ").join(map(sql.Identifier, target.key)),
        changes=sql.SQL(", ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Identifier("excluded", name))
            for name in changing
        ),
        present=sql.SQL(", ").join(sql.Identifier("present", name) for name in changing),
        offered=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in changing),
    )


def raise_layer_version(connection: psycopg.Connection, layer: str) -> None:
    """Mark a layer as changed, in the transaction that changed it."""
    connection.execute(
        "INSERT INTO layer_version (layer) VALUES (%s)"
        " ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1, changed_at = now()",
        [layer],
    )
