"""The last resort on few nodes: a plan by mixed integer programming (HiGHS), where search and listing found none.

Each grid has a root that sends a flow to all of its nodes over nodes of its own, so that it is contiguous (Shirabe,
Geographical Analysis 37, 2005; compare Validi, Buchanan and Lykhovyd, Operations Research 70, 2022). Only plans count:
that there is none is left to the other proofs, since the solver calculates with rounded numbers.
"""

import numpy as np
from numpy.typing import ArrayLike

from partitioning.bands import UNLIMITED
from partitioning.exact import Ground
from partitioning.graph import Floats, Ints
from partitioning.level import Target

_MOST_NODES = 60
_BRANCHES, _WORK = 10, 2.5e8
"""Nodes of the solver's tree at the least, and how many times the squared number of flows in all: these decide how long
it goes on, and not the clock. Nearly all is found at the root; small models may be searched for a few seconds.
"""


def find_plan(ground: Ground, target: Target, seconds: float | None = None) -> Ints | None:
    """(members,) grid of each building in a plan that keeps the hard rules, None where none is found.

    seconds: a cap, None for none. Grounds of more than 60 nodes, and rules that limit the splits of estates,
    are not looked at.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, and hardly ever needed
    from scipy.sparse import csr_array

    n, arcs = len(ground.level.households), len(ground.level.graph.owner)
    if not target.grids <= n <= _MOST_NODES or target.touches < UNLIMITED:
        return None
    rows, width = _Rows(), 2 * n + arcs
    rows.add(
        np.repeat(np.arange(n), target.grids),
        _every(np.arange(n)[:, None], target.grids, width),
        1.0,
        1.0,
        1.0,
    )
    for grid in range(target.grids):
        _add_grid(rows, ground, target, grid * width)
    free = range(len(_held_grids(ground)), target.grids)
    for grid in free[:-1]:  # of two grids that nothing is held in, the first has the root that comes first
        roots = grid * width + n + np.arange(n)
        columns, places = np.concatenate([roots, roots + width]), np.arange(n, dtype=np.float64)
        rows.add(np.zeros(2 * n), columns, np.concatenate([-places, places]), 1.0, np.inf)
    matrix = csr_array((rows.values, (rows.rows, rows.columns)), shape=(len(rows.low), target.grids * width))
    floor, ceiling = _held(ground, target.grids, n, arcs)
    found = milp(
        np.zeros(target.grids * width),
        constraints=LinearConstraint(matrix, rows.low, rows.high),
        integrality=np.tile(np.repeat([1, 0], [2 * n, arcs]), target.grids),
        bounds=Bounds(floor, ceiling),
        options={
            "node_limit": max(_BRANCHES, int(_WORK / (arcs * target.grids + 1) ** 2)),
            "time_limit": np.inf if seconds is None else seconds,
        },
    )
    if found.x is None:
        return None
    labels: Ints = found.x.reshape(target.grids, width)[:, :n].argmax(axis=0)
    return labels[ground.part]


class _Rows:
    """The rows of the model, as they are added: entries, and the least and most of each row."""

    def __init__(self) -> None:
        self.rows, self.columns = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        self.values, self.low, self.high = np.empty(0), np.empty(0), np.empty(0)

    def add(
        self,
        rows: ArrayLike,
        columns: Ints,
        values: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
    ) -> None:
        """Add rows, numbered from 0; values, low and high may be one for all."""
        place = np.asarray(rows, dtype=np.int64)
        more = int(place.max(initial=-1)) + 1
        self.rows = np.concatenate([self.rows, place + len(self.low)])
        self.columns = np.concatenate([self.columns, columns])
        self.values = np.concatenate(
            [self.values, np.broadcast_to(np.asarray(values, dtype=np.float64), place.shape)]
        )
        self.low = np.concatenate([self.low, np.broadcast_to(np.asarray(low, dtype=np.float64), more)])
        self.high = np.concatenate([self.high, np.broadcast_to(np.asarray(high, dtype=np.float64), more)])


def _every(places: Ints, grids: int, width: int) -> Ints:
    """The same places among the variables of every grid, (len(places) * grids,)."""
    return np.asarray(places + width * np.arange(grids), dtype=np.int64).ravel()


def _add_grid(rows: _Rows, ground: Ground, target: Target, start: int) -> None:
    """What one grid keeps. Its variables begin at start: for each node whether it is in the grid, then for each whether
    it is the root, then for each arc its flow.
    """
    level, graph = ground.level, ground.level.graph
    n, arcs = len(level.households), len(graph.owner)
    node, flow = np.arange(n), start + 2 * n + np.arange(arcs)
    inside, root = start + node, start + n + node
    columns = level.counts.shape[1]
    rows.add(
        np.repeat(np.arange(columns), n),
        np.tile(inside, columns),
        level.counts.T.ravel(),
        target.low,
        target.high,
    )
    rows.add(np.zeros(n), root, 1.0, 1.0, 1.0)
    rows.add(np.tile(node, 2), np.concatenate([root, inside]), np.repeat([1.0, -1.0], n), -np.inf, 0.0)
    # what flows in and not out is one for each node of the grid but the root, which may send to all
    ends = np.concatenate([graph.neighbour, graph.owner, node, node])
    balance = np.repeat([1.0, -1.0, -1.0, float(n)], [arcs, arcs, n, n])
    rows.add(ends, np.concatenate([flow, flow, inside, root]), balance, 0.0, np.inf)
    for ends_of_arcs in (graph.neighbour, graph.owner):  # nothing flows through nodes of other grids
        into = np.concatenate([ends_of_arcs, node])
        room = np.repeat([1.0, 1.0 - n], [arcs, n])
        rows.add(into, np.concatenate([flow, inside]), room, -np.inf, 0.0)
    for name in np.unique(ground.group[ground.group >= 0]):
        mates = start + np.flatnonzero(ground.group == name)
        pairs = np.concatenate([mates[:-1], mates[1:]])
        rows.add(
            np.tile(np.arange(len(mates) - 1), 2), pairs, np.repeat([1.0, -1.0], len(mates) - 1), 0.0, 0.0
        )
    owner = np.repeat(node, np.diff(level.foe_ptr))
    foes = np.column_stack([owner, level.foe[:, 0]])[(level.foe[:, 1] > 0) & (owner < level.foe[:, 0])]
    rows.add(np.tile(np.arange(len(foes)), 2), start + foes.T.ravel(), 1.0, -np.inf, 1.0)


def _held_grids(ground: Ground) -> Ints:
    pin = ground.level.pin
    return np.unique(pin[pin >= 0])


def _held(ground: Ground, grids: int, n: int, arcs: int) -> tuple[Floats, Floats]:
    """The least and the most of every variable: held nodes are in their grid, of which the first is the root."""
    floor = np.zeros((grids, 2 * n + arcs))
    ceiling = np.tile(np.repeat([1.0, n - 1.0], [2 * n, arcs]), grids)
    for k, name in enumerate(_held_grids(ground)):
        places = np.flatnonzero(ground.level.pin == name)
        floor[k, places] = 1.0
        floor[k, n + places[0]] = 1.0
    return floor.ravel(), ceiling
