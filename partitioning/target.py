"""What the kernels are asked for: bands and coefficients of one number of grids."""

from typing import NamedTuple

import numpy as np

from partitioning.bands import UNLIMITED
from partitioning.core import Case, Core
from partitioning.explain_estates import splits_left
from partitioning.graph import Floats
from partitioning.level import Target
from partitioning.levels import relative_xy
from partitioning.objective import Coefficients, coefficients
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.soft import soft_terms

_CELLS, _SIDE = 8, (64, 512)
"""Cells of the raster for the side of a building's share of the ground, and along the longer side of the ground."""


class Raster(NamedTuple):
    """The building nearest to the middle of each cell, see Target.anchors; no cells where none matters."""

    anchors: Floats
    west: float
    south: float
    cells_per_m: float


_NONE = Raster(np.empty((0, 0, 2)), 0.0, 0.0, 0.0)


def make_target(
    problem: Problem, rules: Rules, core: Core, case: Case, raster: Raster | None = None
) -> Target:
    """Bands and coefficients of a case as the kernels take them. raster: that of the core, else it is laid."""
    by = coefficients(problem, rules, case.grids)
    bands = case.bands
    touches = splits_left(problem, rules, core)
    soft = soft_terms(problem, rules, case.grids, core.waived)
    mean = core.totals.sum(axis=0) / max(bands.grids, 1)
    raster = lay_raster(problem, core) if raster is None else raster
    return Target(
        grids=bands.grids,
        bands=np.column_stack([bands.low, bands.high, np.maximum(mean, 1.0)]),
        soft=np.array(
            [(core.columns.index(band.counts), band.low, band.high, band.unit) for band in soft.bands]
            if soft
            else (),
            dtype=np.float64,
        ).reshape(-1, 4),
        h_mean=float(problem.households.sum()) / case.grids or 1.0,
        border=by.border,
        inertia=by.inertia,
        balance=by.balance,
        estate=by.estate,
        lock=soft.lock if soft else 0.0,
        moved=by.moved,
        gap=by.gap,
        touches=UNLIMITED if touches is None else touches,
        anchors=raster.anchors if by.inertia > 0 else _NONE.anchors,
        west=raster.west,
        south=raster.south,
        cells_per_m=raster.cells_per_m,
    )


def lay_raster(problem: Problem, core: Core) -> Raster:
    """The raster of a core; empty where compactness is not measured about buildings."""
    if not problem.anchored or not len(core.members):
        return _NONE
    from scipy.spatial import cKDTree  # slow to import, and only this needs it

    xy = relative_xy(problem, core.members)
    corner, extent = xy.min(axis=0), np.ptp(xy, axis=0)
    cell = max(extent.max(), 1.0) / np.clip(np.ceil(_CELLS * np.sqrt(len(xy))), *_SIDE)
    x, y = (corner[axis] + cell * (np.arange(int(extent[axis] / cell) + 1) + 0.5) for axis in (0, 1))
    nearest = cKDTree(xy).query(np.stack(np.meshgrid(x, y), axis=-1))[1]
    return Raster(np.ascontiguousarray(xy[nearest]), float(corner[0]), float(corner[1]), float(1 / cell))


def coefficients_of(target: Target) -> Coefficients:
    """The coefficients that a target was made with."""
    return Coefficients(
        target.border, target.inertia, target.balance, target.estate, target.moved, target.gap
    )
