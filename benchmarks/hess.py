"""HiGHS on the Hess model: buildings are assigned to centres, which are buildings themselves.

Minimise sum_ij h_i |x_i - x_j|^2 a_ij over 0/1 a_ij ("building i lies in the grid about j") with one centre for each
building, K centres, and households and persons of each grid within the bands (Hess and others, Operations Research
13(6), 1965). Separators add contiguity (Validi, Buchanan, Lykhovyd, Operations Research 70(2), 2022). highspy is
imported where it is used: it lives in the rivals' environment.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from scipy.sparse import coo_array, csr_array, eye_array, kron, vstack
from scipy.sparse.csgraph import connected_components

BANDS = (("households", 150, 300), ("persons", 600, 1000))

Community = dict[str, Any]
Cut = tuple[int, int, np.ndarray]


@dataclass(frozen=True)
class HessPlan:
    """What HiGHS answers. labels: (n,) 0..K-1, None without a plan; objective, bound: households times m^2."""

    labels: np.ndarray | None
    objective: float | None
    bound: float
    status: str
    """optimal, infeasible or time limit."""
    seconds: float
    """Of HiGHS alone, all rounds together."""
    rounds: int
    """How often the model was solved: once, or until no grid was in pieces."""


def hess_costs(town: Community) -> np.ndarray:
    """(n, n) what it costs to assign building i to centre j, households times m^2."""
    away = town["xy_m"][:, None] - town["xy_m"][None]
    costs: np.ndarray = town["households"][:, None] * (away**2).sum(axis=2)
    return costs


def hess_objective(town: Community, labels: np.ndarray) -> float:
    """The objective of the Hess model for a plan: each grid about the best of its own buildings."""
    costs = hess_costs(town)
    grids = (np.flatnonzero(labels == k) for k in np.unique(labels))
    return float(sum(costs[np.ix_(grid, grid)].sum(axis=0).min() for grid in grids))


def hess_plan(
    town: Community, tolerance: float | None, time_limit_s: float, contiguous: bool = False
) -> HessPlan:
    """The optimum of the Hess model for the community's number of grids, both bands and the tolerance.

    contiguous: grids in pieces are forbidden by separators and the model is solved again, until none is left.
    The bound holds in any case; it is that of the last round.
    """
    model, n, seconds = _model(town, tolerance), len(town["households"]), 0.0
    for rounds in count(1):
        model.setOptionValue("time_limit", max(0.0, time_limit_s - seconds))
        model.run()
        seconds = model.getRunTime()
        info, status = model.getInfo(), _status(model)
        if info.primal_solution_status != 2:
            return HessPlan(None, None, info.mip_dual_bound, status, seconds, rounds)
        centres = np.array(model.getSolution().col_value).reshape(n, n).argmax(axis=1)
        cuts = _separators(town, centres) if contiguous else []
        if not cuts:
            objective = float(hess_costs(town)[np.arange(n), centres].sum())
            labels = np.unique(centres, return_inverse=True)[1]
            return HessPlan(labels, objective, info.mip_dual_bound, status, seconds, rounds)
        if status != "optimal":
            return HessPlan(None, None, info.mip_dual_bound, status, seconds, rounds)
        _add(model, cuts, n)
    raise AssertionError("rounds are counted without end")


def _model(town: Community, tolerance: float | None) -> Any:
    """HiGHS with the model in it; column i * n + j is building i assigned to centre j."""
    import highspy

    n, grids, inf = len(town["households"]), town["grids"], np.inf
    open_centre = csr_array((np.ones(n), (np.arange(n), np.arange(n) * (n + 1))), shape=(n, n * n))
    each, column = eye_array(n), np.ones((n, 1))
    rows = [
        (kron(each, column.T), 1.0, 1.0),  # one centre for each building
        (csr_array(open_centre.sum(axis=0)[None]), float(grids), float(grids)),
        (eye_array(n * n) - kron(column, open_centre), -inf, 0.0),  # only centres take buildings
    ]
    for name, low, high in _bands(town, tolerance):
        held = kron(town[name][None].astype(float), each)
        rows += [(held - low * open_centre, 0.0, inf), (held - high * open_centre, -inf, 0.0)]
    matrix = csr_array(vstack([block for block, _, _ in rows]))
    matrix.eliminate_zeros()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n * n, matrix.shape[0]
    lp.col_cost_ = hess_costs(town).ravel()
    lp.col_lower_, lp.col_upper_ = np.zeros(n * n), np.ones(n * n)
    lp.row_lower_ = np.concatenate([np.full(block.shape[0], low) for block, low, _ in rows])
    lp.row_upper_ = np.concatenate([np.full(block.shape[0], high) for block, _, high in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    lp.integrality_ = [highspy.HighsVarType.kInteger] * (n * n)
    model = highspy.Highs()
    model.silent()
    model.setOptionValue("mip_rel_gap", 0.0)
    model.passModel(lp)
    return model


def _bands(town: Community, tolerance: float | None) -> list[tuple[str, float, float]]:
    """Name, least and most of what a grid may hold; the tolerance narrows that of the households."""
    bands = [(name, float(low), float(high)) for name, low, high in BANDS]
    if tolerance is not None:
        name, low, high = bands[0]
        mean = town["households"].sum() / town["grids"]
        bands[0] = (name, max(low, (1 - tolerance) * mean), min(high, (1 + tolerance) * mean))
    return bands


def _status(model: Any) -> str:
    import highspy

    named = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kTimeLimit: "time limit",
    }
    return named[model.getModelStatus()]


def _separators(town: Community, centres: np.ndarray) -> list[Cut]:
    """For each piece without its grid's centre: its heaviest building, the centre, and what stands between them."""
    n, edges = len(centres), town["edges"]
    linked = coo_array((np.ones(len(edges)), edges.T), shape=(n, n)).tocsr()
    linked = linked + linked.T
    inner = edges[centres[edges[:, 0]] == centres[edges[:, 1]]]
    piece = connected_components(coo_array((np.ones(len(inner)), inner.T), shape=(n, n)), directed=False)[1]
    cuts = []
    for number in np.unique(piece):
        members = np.flatnonzero(piece == number)
        centre = int(centres[members[0]])
        if centre in members:
            continue
        around = np.setdiff1d(linked[members].indices, members)
        building = int(members[town["households"][members].argmax()])
        cuts.append((building, centre, _near(linked, around, centre)))
    return cuts


def _near(linked: csr_array, around: np.ndarray, centre: int) -> np.ndarray:
    """Those of a piece's neighbours that can be reached from the centre without passing another of them."""
    kept = np.setdiff1d(np.arange(linked.shape[0]), around)
    side = connected_components(linked[kept][:, kept], directed=False)[1]
    if centre in around:
        return np.array([centre])
    reached = kept[side == side[np.searchsorted(kept, centre)]]
    return np.intersect1d(around, linked[reached].indices)


def _add(model: Any, cuts: list[Cut], n: int) -> None:
    """A building may lie about a centre only if one of the buildings between them does."""
    for building, centre, between in cuts:
        columns = (np.append(between, building) * n + centre).astype(np.int32)
        values = np.append(np.full(len(between), -1.0), 1.0)
        model.addRow(-np.inf, 0.0, len(columns), columns, values)
