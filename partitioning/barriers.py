"""What divides the ground between buildings: roads, walls, water, railways, and what each class of them does.

Classes are values of OpenStreetMap's `highway`, `waterway` (`natural`, `water`) and `railway`; "" is unknown.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning.errors import PartitioningError

Geometries = NDArray[np.object_]
Flags = NDArray[np.bool_]

KINDS = ("road", "wall", "water", "railway")

MAIN_ROADS = frozenset({"motorway", "trunk", "primary", "secondary"})
"""Roads that make the best borders of grids (their `_link` classes too)."""
DIVIDING_ROADS = MAIN_ROADS | {"tertiary", "unclassified", "residential", "living_street", "road", ""}
"""Roads that blocks end at. Footways, service ways, tracks and the like run within blocks."""
IMAGINARY_ROADS = frozenset({"construction", "proposed", "platform", "abandoned", "razed", "bus_stop"})
"""Nobody passes over water or rails on these."""
HARMLESS_WATER = frozenset(
    {
        "stream",
        "ditch",
        "drain",
        "brook",
        "tidal_channel",
        "intermittent",
        "swimming_pool",
        "pond",
        "fountain",
    }
    | {"boatyard", "dock", "dam", "weir", "lock_gate", "waterfall", "fuel", "water_point"}
)
"""Water that people step across or walk round. Any other class blocks, an unknown one too."""
HARMLESS_RAILWAYS = frozenset(
    {"tram", "subway", "monorail", "funicular", "miniature", "disused", "abandoned", "razed", "dismantled"}
    | {"construction", "proposed", "platform", "platform_edge", "station", "halt", "turntable", "traverser"}
    | {"signal_box"}
)
"""Railways that run in the street, out of reach or not at all. Any other class blocks, an unknown one too."""
NARROW_WATER_M = 5.0
"""Water polygons of a smaller mean width (area / half the perimeter) do not block."""


@dataclass(frozen=True)
class Barriers:
    """What divides the ground, in the projected CRS of the footprints (metres).

    Raises PartitioningError where the arrays differ in length or a kind is none of `KINDS`.
    """

    geometry: Geometries
    """(b,) shapely lines or polygons."""
    kind: NDArray[np.str_]
    """(b,) "road", "wall", "water" or "railway"."""
    road_class: NDArray[np.str_]
    """(b,) class of the road, water or railway, such as "primary", "stream", "tram"; "" where unknown."""
    bridge: Flags
    """(b,) a road that is known to pass over or under water and rails."""

    def __post_init__(self) -> None:
        """Report every fault at once."""
        faults = [
            f"barriers: `{name}` has {len(getattr(self, name))} entries, `geometry` has "
            f"{len(self.geometry)}; give one for each barrier"
            for name in ("kind", "road_class", "bridge")
            if len(getattr(self, name)) != len(self.geometry)
        ]
        unknown = sorted(set(map(str, self.kind)) - set(KINDS))
        faults += [f"barriers: kind {kind!r} is none of {', '.join(KINDS)}" for kind in unknown]
        if faults:
            raise PartitioningError(faults)

    @classmethod
    def none(cls) -> Self:
        """No barriers."""
        texts = np.empty(0, dtype=np.str_)
        return cls(np.empty(0, dtype=object), texts, texts, np.empty(0, dtype=np.bool_))

    def near(self, outline: shapely.Geometry, reach_m: float, origin: NDArray[np.float64]) -> Self:
        """The barriers within reach of an outline's bounding box: flat (no Z), valid, relative to an origin.

        `outline` is relative to the origin already.
        """
        xmin, ymin, xmax, ymax = shapely.bounds(outline)
        window = shapely.box(xmin - reach_m, ymin - reach_m, xmax + reach_m, ymax + reach_m)
        here = ~(shapely.is_missing(self.geometry) | shapely.is_empty(self.geometry))
        bounds = shapely.bounds(self.geometry) - np.tile(origin, 2)
        with np.errstate(invalid="ignore"):
            here &= (bounds[:, 0] <= xmax + reach_m) & (bounds[:, 2] >= xmin - reach_m)
            here &= (bounds[:, 1] <= ymax + reach_m) & (bounds[:, 3] >= ymin - reach_m)
        geometry = shapely.force_2d(self.geometry[here])
        geometry = shapely.make_valid(shapely.transform(geometry, lambda xy: xy - origin))
        geometry = shapely.intersection(geometry, window)
        lasting = ~shapely.is_empty(geometry)
        here[here] = lasting
        return type(self)(geometry[lasting], self.kind[here], self.road_class[here], self.bridge[here])

    def plain_class(self) -> NDArray[np.str_]:
        """(b,) classes in lower case; a link counts as the road that it belongs to."""
        names, at = np.unique(self.road_class.astype(np.str_), return_inverse=True)
        plain = [name.strip().lower().removesuffix("_link") for name in names.tolist()]
        return np.array(plain, dtype=np.str_)[at]

    def dividing_roads(self) -> Flags:
        """(b,) roads that blocks end at."""
        return np.asarray((self.kind == "road") & np.isin(self.plain_class(), list(DIVIDING_ROADS)))

    def main_roads(self) -> Flags:
        """(b,) roads that make the best borders."""
        return np.asarray((self.kind == "road") & np.isin(self.plain_class(), list(MAIN_ROADS)))

    def passable_roads(self) -> Flags:
        """(b,) roads and paths of any class on which people pass."""
        return np.asarray((self.kind == "road") & ~np.isin(self.plain_class(), list(IMAGINARY_ROADS)))

    def walls(self) -> Flags:
        """(b,) walls."""
        return np.asarray(self.kind == "wall")

    def blocking_water(self) -> Flags:
        """(b,) rivers, canals, lakes: water that is crossed at bridges only."""
        width = 2 * shapely.area(self.geometry) / np.maximum(shapely.length(self.geometry), 1e-9)
        wide = (shapely.get_dimensions(self.geometry) < 2) | (width >= NARROW_WATER_M)
        harmless = np.isin(self.plain_class(), list(HARMLESS_WATER))
        return np.asarray((self.kind == "water") & wide & ~harmless)

    def blocking_railways(self) -> Flags:
        """(b,) railways that are crossed at bridges, underpasses and level crossings only."""
        return np.asarray((self.kind == "railway") & ~np.isin(self.plain_class(), list(HARMLESS_RAILWAYS)))


def as_lines(geometry: Geometries) -> Geometries:
    """Single lines of (b,) lines and polygons; of a polygon its outline. Points are left out."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    surface = shapely.get_dimensions(parts) == 2
    parts = np.concatenate([parts[~surface], shapely.get_parts(shapely.boundary(parts[surface]))])
    return np.asarray(parts[shapely.get_dimensions(parts) == 1])
