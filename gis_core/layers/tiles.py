"""Vector tiles (Mapbox Vector Tile 2.1), made in the database; features within the buffer are included."""

from dataclasses import dataclass

from psycopg import Connection

from gis_core.city.store import STATE_OF
from gis_core.errors import InvalidInputError, NotFoundError

MAX_ZOOM = 22
_EXTENT = 4096
_BUFFER = 64


@dataclass(frozen=True)
class TileLayer:
    """What a layer's tiles hold: rows as SQL with columns `id`, `geom` (EPSG:4326) and attributes.

    min_zoom: at smaller zooms a tile is empty. depends_on: the layers whose versions make the tile's version. by_state:
    whether it shows the states of communities, which are to be brought up to date first.
    """

    name: str
    rows: str
    geometry: str
    min_zoom: int
    depends_on: tuple[str, ...]
    by_plan: bool = False
    by_state: bool = False

    @property
    def sql(self) -> str:
        """The query of one tile: parameters z, x, y, `within`, and plan where the layer is a plan's."""
        return f"""
        WITH frame AS (
            SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box,
                   ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => {_BUFFER / _EXTENT}), 4326) AS reach
        ), clipped AS (
            SELECT ST_AsMVTGeom(ST_Transform({self.geometry}, 3857), frame.box, {_EXTENT}, {_BUFFER}, true) AS geom,
                   {self.rows}
        )
        SELECT ST_AsMVT(clipped, '{self.name}', {_EXTENT}, 'geom', 'id') FROM clipped WHERE geom IS NOT NULL
        """  # noqa: S608 (assembled from the constants below only)


LAYERS = {
    layer.name: layer
    for layer in (
        TileLayer(
            name="buildings",
            geometry="b.footprint",
            rows="""b.id, b.source_id, b.community_id, b.households, b.households_kind, b.persons,
                    b.persons_kind, b.floors, b.use, b.name
                    FROM frame JOIN building b ON b.footprint && frame.reach
                    AND (%(within)s::bigint[] IS NULL OR b.community_id = ANY(%(within)s))""",
            min_zoom=12,
            depends_on=("buildings",),
        ),
        TileLayer(
            name="barriers",
            geometry="b.geometry",
            rows="""b.id, b.kind, b.class, b.name, b.bridge
                    FROM frame JOIN barrier b ON b.geometry && frame.reach""",
            min_zoom=10,
            depends_on=("barriers",),
        ),
        TileLayer(
            name="communities",
            geometry="c.boundary",
            rows="""c.id, c.code, c.name FROM frame JOIN community c ON c.boundary && frame.reach
                    AND (%(within)s::bigint[] IS NULL OR c.id = ANY(%(within)s))""",
            min_zoom=0,
            depends_on=("communities",),
        ),
        TileLayer(
            name="city",
            geometry="c.boundary",
            rows=f"""c.id, c.code, c.name, c.area_code AS area, s.households, s.grids, {STATE_OF} AS state,
                    ST_X(s.label) AS lon, ST_Y(s.label) AS lat
                    FROM frame JOIN community c ON c.boundary && frame.reach
                    AND (%(within)s::bigint[] IS NULL OR c.id = ANY(%(within)s))
                    JOIN community_state s ON s.community_id = c.id""",
            min_zoom=0,
            depends_on=("communities", "states"),
            by_state=True,
        ),
        TileLayer(
            name="grids",
            geometry="g.area",
            rows="""g.id, g.number, g.code, g.households, g.persons, g.buildings, g.area_m2
                    FROM frame JOIN grid g ON g.area && frame.reach AND g.plan_id = %(plan)s""",
            min_zoom=8,
            depends_on=("plans",),
            by_plan=True,
        ),
    )
}


def tile_layer(name: str) -> TileLayer:
    """The layer of this name. Raises NotFoundError, naming the layers there are."""
    if name not in LAYERS:
        raise NotFoundError(f"There is no layer {name!r}; the layers are {', '.join(LAYERS)}.")
    return LAYERS[name]


def check_address(z: int, x: int, y: int) -> None:
    """Refuse a tile that does not exist. Raises InvalidInputError with the limits."""
    if not 0 <= z <= MAX_ZOOM:
        raise InvalidInputError(f"z = {z} is not a zoom level; it lies in 0-{MAX_ZOOM}.")
    last = 2**z - 1
    faults = [f"{name} = {value}" for name, value in (("x", x), ("y", y)) if not 0 <= value <= last]
    if faults:
        raise InvalidInputError(
            f"{' and '.join(faults)} outside of the tiles of zoom {z}, which are 0-{last}."
        )


def tile(
    connection: Connection,
    layer: TileLayer,
    z: int,
    x: int,
    y: int,
    *,
    plan: int | None = None,
    within: list[int] | None = None,
    drafts: list[int] | None = None,
) -> bytes:
    """The tile's bytes, empty where nothing lies in it or the zoom is below the layer's.

    within: ids of the communities to show, None for all. drafts: of those whose drafts and proposals count as a state.
    Raises InvalidInputError for an impossible address, or a layer of a plan without `plan`.
    """
    check_address(z, x, y)
    if layer.by_plan and plan is None:
        raise InvalidInputError(f"The layer {layer.name} belongs to a plan: add ?plan=ID.")
    if z < layer.min_zoom:
        return b""
    values = {"z": z, "x": x, "y": y, "plan": plan, "within": within, "drafts": drafts}
    row = connection.execute(layer.sql, values, binary=True).fetchone()
    return b"" if row is None else bytes(row[0])
