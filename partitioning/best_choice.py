"""The best plan of all, where few grids can be part of one that is better than a plan that is known.

Under prices with a proven floor, a plan below a value has only grids that cost at most the floor and what is open
between the two. First the cheapest choice of those that are known is taken, so that little is open; then all of them
are listed (partitioning.cheapest_grid), and the cheapest choice is the best plan of all. Choices, which hold every
building once, are made by mixed integer programming (HiGHS).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from partitioning.cheapest_grid import list_cheap_grids
from partitioning.columns import Columns, costs_of
from partitioning.graph import Floats, Ints, Truths
from partitioning.grid_cases import make_cases, usual_cases

_WORK = 30_000
"""Cases that are looked at for a list, by which patience and usual_cases are multiplied."""

_FINDS, _MOST = 10_000, 1_500
"""Grids that are listed at the most, and different ones among them; patience allows for more."""

_TRIALS = (0.5, 0.4), (1.0, 1.0)
"""Shares of what is open, and of the work: where half cannot be listed in a good part of it, the whole is not tried."""

_SLICE = 2_000
"""Cases that are looked at before the caller is asked whether to go on."""

_DEEP = 64
"""A list works on one case to its end before the next: beside a building for each case that is open, so many
quarterings at the most.
"""

_NODES = 1_000
"""Nodes of the tree that a choice is looked for in."""

_SCALE = 1e4
"""The solver works on costs of so many in all, for it takes differences of a millionth for nothing."""

_OPTIMAL, _LIMIT, _INFEASIBLE = 0, 1, 2
"""Answers of the solver."""


class Proof(NamedTuple):
    """value: no plan is below. better: (members,) a plan below all that were known, None where none was looked for or
    met; it may break a rule that single grids do not show.
    """

    value: float
    better: Ints | None = None


def best_choice(
    columns: Columns,
    grids: int,
    prices: Floats,
    floor: float,
    known: float,
    enough: float,
    rounding: float,
    patience: int = 1,
    go_on: Callable[[], bool] = lambda: True,
) -> Proof:
    """The least that a plan of so many grids costs, or `enough` if none is below that; what the floor proves where the
    work ends before.

    prices: (n,), beside which no grid costs less than `floor`. known: what a plan costs, infinite where there is none.
    rounding: what sums may be off by. patience: factor of the usual work. go_on: asked now and then, ends the work
    where it returns False.
    """
    proven = float(prices.sum()) + grids * floor - rounding
    top = known if known < np.inf else enough
    if top == np.inf:
        return Proof(proven)
    beside = columns.cost - columns.taken @ prices
    cheap = np.argsort(beside, kind="stable")[: _MOST * patience]
    cheap = cheap[beside[cheap] < floor + top - proven]
    _, least, better = _choose(columns.taken[cheap], columns.cost[cheap], grids, top)
    if least >= top - rounding:
        least, better = top, None
    value = min(least, enough)
    listed = None
    for share, part in _TRIALS:
        work = int(part * _WORK * patience * usual_cases(len(prices)))
        listed = _list(columns, prices, floor + share * (value - proven), work, _FINDS * patience, go_on)
        if listed is None:
            break
    if listed is None or len(listed) > _MOST * patience:
        return Proof(proven, better)
    cost, _ = costs_of(columns.country, columns.tally, listed, columns.search)
    bound, least, best = _choose(listed, cost, grids, value)
    return Proof(max(proven, min(value, bound)), best if least < value - rounding else better)


def _list(
    columns: Columns, prices: Floats, enough: float, work: int, most: int, go_on: Callable[[], bool]
) -> Truths | None:
    """(c, n) all grids that cost less than `enough` beside the prices; None where work, room or time end before."""
    cases = make_cases(len(prices) + _DEEP, columns.country)
    finds, tail, kept = np.empty((most, len(prices)), np.bool_), 1, 0
    while work > 0 and kept < most and go_on():
        tail, kept = list_cheap_grids(
            columns.country,
            columns.tally,
            prices,
            enough,
            min(work, _SLICE),
            columns.search,
            cases,
            tail,
            finds,
            kept,
        )
        if tail == 0:
            return np.unique(finds[:kept], axis=0)
        work -= _SLICE
    return None


def _choose(taken: Truths, cost: Floats, grids: int, scale: float) -> tuple[float, float, Ints | None]:
    """A value that no choice of so many grids costs less than, and the cheapest that was found.

    taken: (c, n); cost: (c,). Both values are infinite where there is none.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, and only certificates need it

    if len(taken) < grids:
        return np.inf, np.inf, None
    unit = _SCALE / scale
    found = milp(
        unit * cost,
        constraints=[
            LinearConstraint(taken.T.astype(np.float64), 1, 1),
            LinearConstraint(np.ones((1, len(taken))), grids, grids),
        ],
        integrality=np.ones(len(taken), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0, "node_limit": _NODES, "presolve": False},
    )
    if found.status == _INFEASIBLE:
        return np.inf, np.inf, None
    dual = found.mip_dual_bound if found.status in (_OPTIMAL, _LIMIT) else None
    bound = -np.inf if dual is None else dual / unit
    if found.x is None:
        return bound, np.inf, None
    chosen = found.x > 0.5
    least = float(cost[chosen].sum())
    return least if found.status == _OPTIMAL else bound, least, taken[chosen].argmax(axis=0)
