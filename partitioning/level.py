"""What every search works on: nodes to divide, and what is asked of the division. Plain arrays, nothing compiled.

A level is a graph of nodes; a node stands for one building or for several that move together. Everything that
the objective needs is additive over nodes, so that the same search serves every level.
"""

from typing import NamedTuple

import numpy as np

from partitioning.graph import Floats, Graph, Ints


class Level(NamedTuple):
    """Nodes to divide. All positions are relative to the household-weighted centroid of the ground."""

    graph: Graph
    households: Ints
    counts: Ints
    """(n, columns) whole numbers that add up over a grid: households, and all else that has a band."""
    moment: Floats
    """(n, 2) sum of households times position, metres."""
    position: Floats
    """(n, 2) mean position, metres."""
    estate_ptr: Ints
    """(n + 1,) compressed rows: the estates that a node touches."""
    estate: Ints
    """Estates, and numbered behind them the locks that may be broken at a cost."""
    estates: int
    """Number of estates."""
    locks: int
    """Number of those locks."""
    stay: Floats
    """(n, C) households of the node that are in this grid in the plan in force; (n, 0) without one."""
    pin: Ints
    """(n,) grid that the node is held in, a column of `stay` where that has any; -1 = free. No grid holds two."""
    foe_ptr: Ints
    """(n + 1,) compressed rows: the nodes that a node must not share a grid with, or is linked to over a gap."""
    foe: Ints
    """(f, 3) that other node, the pairs of their buildings that must not share a grid, and the links between them."""


class Target(NamedTuple):
    """What is asked for: bands and the coefficients of the objective (see partitioning.objective)."""

    grids: int
    bands: Floats
    """(columns, 3) hard least and most of a grid, and the mean, in which an excess is counted."""
    soft: Floats
    """(soft bands, 4) the column that each counts, its least and most, and what one below or above costs."""
    h_mean: float
    """Households of a mean grid as the objective has it, waived grids among them."""
    border: float
    inertia: float
    balance: float
    estate: float
    lock: float
    moved: float
    gap: float
    touches: int
    """How often grids may touch estates in all; each more counts as an excess of a mean grid."""
    anchors: Floats
    """(rows, columns, 2) where compactness is measured about buildings: the position of the one nearest to the middle
    of each cell of a raster over the ground, relative to the centroid like those of a level; (0, 0, 2) where it is
    measured about centroids.
    """
    west: float
    south: float
    """Position of the raster's corner, metres."""
    cells_per_m: float

    @property
    def low(self) -> Ints:
        """(columns,) hard least of a grid."""
        return self.bands[:, 0].astype(np.int64)

    @property
    def high(self) -> Ints:
        """(columns,) hard most of a grid."""
        return self.bands[:, 1].astype(np.int64)
