"""Where a community lies on a sheet of paper: its scale, and metres as millimetres. Pure."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from pyproj import CRS, Transformer
from shapely.geometry import box

from gis_core.crs import STORAGE_EPSG

Paper = Literal["A1", "A3"]
SIZES_MM: dict[str, tuple[int, int]] = {"A1": (841, 594), "A3": (420, 297)}
"""Long and short side (ISO 216)."""

_STEPS = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8)
_BAR_STEPS = (1, 2, 5)

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class View:
    """A window of paper onto the ground: width and height in mm, `scale` = 1 : scale, (x, y) its centre in metres."""

    width: float
    height: float
    scale: float
    x: float
    y: float

    def to_paper(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """A geometry in metres as millimetres from the window's upper left corner, y downwards."""
        return shapely.transform(geometry, self.points)

    def points(self, xy: np.ndarray) -> np.ndarray:
        """(n, 2) metres as (n, 2) millimetres."""
        millimetres = 1000 / self.scale
        return np.column_stack(
            (
                (xy[:, 0] - self.x) * millimetres + self.width / 2,
                (self.y - xy[:, 1]) * millimetres + self.height / 2,
            )
        )

    def window(self) -> shapely.Polygon:
        """What the window shows, in metres."""
        half_x, half_y = (side * self.scale / 2000 for side in (self.width, self.height))
        return box(self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y)


def fit(bounds: Bounds, width: float, height: float, *, margin: float) -> View:
    """The window of width x height mm that shows the bounds (metres) at the largest round scale.

    margin: mm that stay free on each side.
    """
    west, south, east, north = bounds
    least = max(
        (east - west) * 1000 / (width - 2 * margin), (north - south) * 1000 / (height - 2 * margin), 1.0
    )
    return View(width, height, round_up(least), (west + east) / 2, (south + north) / 2)


def round_up(number: float) -> float:
    """The next number that reads well as a scale: 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5 or 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(number))
    return next((step * power for step in _STEPS if step * power >= number * (1 - 1e-12)), 10 * power)


def is_wide(bounds: Bounds) -> bool:
    """Whether landscape paper suits the bounds; square ones too, as the table then stands beside the map."""
    west, south, east, north = bounds
    return east - west >= 0.9 * (north - south)


def bar_metres(scale: float, longest_mm: float) -> int:
    """Length of the scale bar: the longest 1, 2 or 5 times a power of ten metres within longest_mm."""
    most = longest_mm * scale / 1000
    power = 10.0 ** math.floor(math.log10(most))
    return max(1, round(max(step * power for step in _BAR_STEPS if step * power <= most * (1 + 1e-9))))


def true_north(crs: CRS, x: float, y: float) -> float:
    """Direction of true north at a place, degrees clockwise from the grid's north (up on the paper)."""
    to_degrees = Transformer.from_crs(crs, STORAGE_EPSG, always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    further_x, further_y = to_degrees.transform(lon, lat + 0.001, direction="INVERSE")
    return math.degrees(math.atan2(further_x - x, further_y - y))
