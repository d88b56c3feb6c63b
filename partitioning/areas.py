"""Polygons of grids, from the ground of their buildings."""

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning.adjacency import Ground
from partitioning.errors import PartitioningError
from partitioning.graph import Ints
from partitioning.part_ground import part_cells
from partitioning.parts import Parts


def grid_areas(ground: Ground, labels: Ints, parts: Parts | None = None) -> NDArray[np.object_]:
    """(K,) polygons of the grids 0..K-1, in the CRS of the ground: no gaps, no overlaps.

    parts: of the buildings that were split; their ground is divided among their grids, and their label is not used.

    `labels` is (n,); buildings of label -1 are left out. If every building has a grid, the areas tile the
    boundary. A grid of neighbours is one Polygon; one that was joined over a gap may be a MultiPolygon.
    Raises PartitioningError where there is not one label of at least -1 for each building.
    """
    labels = np.asarray(labels)
    if labels.shape != (len(ground.cells),):
        raise PartitioningError(
            [f"labels: {labels.shape} given for {len(ground.cells)} buildings; give one label a building"]
        )
    if len(labels) and labels.min() < -1:
        raise PartitioningError([f"labels: {labels.min()} is below -1; use -1 for buildings without a grid"])
    cells = ground.cells
    if parts is not None:
        cells = np.concatenate(part_cells(cells, parts))
        labels = np.concatenate([labels, parts.label])
    grids = range(labels.max(initial=-1) + 1)
    with_ground = ~shapely.is_empty(cells)
    areas = [shapely.coverage_union_all(cells[with_ground & (labels == grid)]) for grid in grids]
    return np.array([_polygonal(area) for area in areas], dtype=object)


def _polygonal(area: shapely.Geometry) -> shapely.Geometry:
    """An empty union (of nothing) as an empty polygon."""
    return shapely.Polygon() if shapely.is_empty(area) else area
