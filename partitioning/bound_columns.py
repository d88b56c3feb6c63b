"""A proven lower bound by columns: prices under which no contiguous grid within the bands is cheap.

A plan is a choice of grids that holds every building once. The linear relaxation of that choice over some grids
(HiGHS) prices the buildings; grids that are cheap under these prices are looked for and join the choice, near ones by
exchanging buildings, others and the proof by branch and bound (partitioning.cheapest_grid). K times the cheapest grid
and the prices are a bound, whatever grids were found (Lagrange). Prices stay within a box about the best so far, which
grows where they prove more and shrinks where they do not (boxstep method; Marsten, Hogan and Blankenship 1975).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from partitioning.best_choice import Proof, best_choice
from partitioning.bound_country import make_country, make_tally
from partitioning.bound_regions import Country
from partitioning.cheapest_grid import cheapest_grid
from partitioning.columns import Columns, costs_of
from partitioning.compiled import compiled
from partitioning.core import Core
from partitioning.graph import Floats, Ints
from partitioning.grid_cases import Search, Tally, cost_of_grid, is_grid, usual_cases
from partitioning.level import Target
from partitioning.problem import Problem

MOST_NODES = 100
"""Beyond so many buildings it takes more than about a second; patience allows for more."""

_ROUNDS, _WORK, _LAST_WORK = 5, 1000, 3000
"""Rounds of prices, and cases that are looked at in each and in the last; more of them as usual_cases says."""

_MOST_PATIENCE = 2
"""Beyond this, patience does not allow for more rounds, nor for more work in any but the last."""

_NEAR_ROUNDS, _NEAR, _MOST_NEW = 5, 150, 100
"""Exchanges between two proofs: how often, of how many grids, and how many new ones are taken."""

_BOX, _WIDER, _NARROWER = 0.15, 1.5, 0.7
"""Half the width of the box, in shares of a mean building's price, and its factors."""

_INSIDE = 0.999
"""Prices that are further from the middle than this share of the box may be held back by it."""

_FINDS = 60
"""Grids that branch and bound brings home at the most."""

_SHORT = 0.003
"""Share of a mean grid's cost by which the cheapest grid may stay below what the prices say."""

_ROUNDING = 1e-9
"""Share of a plan's cost, and of 1 a grid, that sums may be off by."""


def bound_by_columns(
    problem: Problem,
    core: Core,
    target: Target,
    labels: Ints,
    prices: Floats,
    enough: float = np.inf,
    patience: int = 1,
    go_on: Callable[[], bool] = lambda: True,
    *,
    kept: bool = True,
) -> Proof:
    """Least of border, compactness, estates, balance and soft bands, in units of the objective: no plan with
    target.grids grids is below.

    labels: (n,) a plan; its grids are the first. prices: (members,) those that border and compactness together are
    proven with; any will do. enough: a value from which on the bound need not be raised any further. patience: factor
    of the usual work. go_on: asked between rounds of prices, ends them where it returns False. kept: whether the plan
    keeps all that is asked for, so that none that costs more is looked for. 0 where there are more than patience *
    MOST_NODES buildings.
    """
    n, grids = len(core.members), target.grids
    if not 1 < grids <= n <= MOST_NODES * patience:
        return Proof(0.0)
    country, always = make_country(problem, core, target)
    tally = make_tally(problem, core, target)
    if not country.mass.any() or not country.pull.any():
        return Proof(0.0)
    columns = Columns(country, tally)
    start = labels[core.members] == np.unique(labels[core.members])[:, None]
    cost, _ = costs_of(country, tally, start, columns.search)
    cost = cost[np.isfinite(cost)]  # of a plan that parts what is held together some are not
    goal = float(cost.mean()) * grids if len(cost) else 0.0
    columns.add(start)
    if goal <= 0:
        return Proof(0.0)
    best, best_bound, least_floor, box = prices, -np.inf, 0.0, _BOX * goal / n
    more = min(patience, _MOST_PATIENCE)
    cases = usual_cases(n)
    rounds = int(_ROUNDS * more * cases)
    for turn in range(rounds):
        last = turn == rounds - 1
        prices, least = _fill(columns, grids, best, box, goal / grids)
        finds = np.empty((_FINDS, n), np.bool_)
        short = least - _SHORT * goal / grids
        work = int(cases * (patience * _LAST_WORK if last else more * _WORK))
        floor, count = cheapest_grid(country, tally, prices, short, work, columns.search, finds)
        bound = float(prices.sum() + grids * floor)
        new = columns.add(finds[:count])
        done = floor >= short and new == 0 and bool((abs(prices - best) < _INSIDE * box).all())
        if bound > best_bound:
            best, best_bound, least_floor, box = prices, bound, floor, box * _WIDER
        else:
            box *= _NARROWER
        if done or always + best_bound >= enough or not go_on():
            break
    rounding = _ROUNDING * (goal + grids)
    proven, known = best_bound - rounding, float(cost.sum()) if kept else np.inf
    if always + proven < enough and min(known, enough - always) > max(proven, 0) and go_on():
        choice = best_choice(
            columns, grids, best, least_floor, known, enough - always, rounding, patience, go_on
        )
        return Proof(max(0.0, always + choice.value), choice.better)
    return Proof(max(0.0, always + proven))


def _fill(columns: Columns, grids: int, middle: Floats, box: float, most: float) -> tuple[Floats, float]:
    """Prices near others, and what the cheapest grid costs beside them, of those that exchanges of single buildings
    find; `most` where that is less.
    """
    for _ in range(_NEAR_ROUNDS):
        prices, least = _prices(columns, grids, middle, box, most)
        order = np.argsort(columns.cost - columns.taken @ prices, kind="stable")[:_NEAR]
        new, count = _neighbours(
            columns.country, columns.tally, columns.taken[order], prices, least, _MOST_NEW, columns.search
        )
        if columns.add(new[:count]) == 0:
            break
    return _prices(columns, grids, middle, box, most)


def _prices(columns: Columns, grids: int, middle: Floats, box: float, most: float) -> tuple[Floats, float]:
    """Prices within the box that sum up to most, with so many times the least that a grid costs beside them; and that
    least, or `most`.
    """
    from scipy.optimize import linprog  # slow to import, and only certificates need it

    n = len(middle)
    each = np.column_stack([columns.taken, np.ones(len(columns.taken))]).astype(np.float64)
    found = linprog(
        -np.append(np.ones(n), grids),
        A_ub=each,
        b_ub=columns.cost,
        bounds=[*zip(middle - box, middle + box, strict=True), (None, None)],
        method="highs-ds",
    )
    prices: Floats = middle if found.x is None else found.x[:n]
    return prices, float((columns.cost - columns.taken @ prices).min(initial=most))


@compiled(cache=True)
def _neighbours(
    country: Country,
    tally: Tally,
    taken: NDArray[np.bool_],
    prices: Floats,
    least: float,
    most: int,
    search: Search,
) -> tuple[NDArray[np.bool_], int]:
    """Grids that cost less than `least` beside the prices and differ from given ones by a building more, one less, or
    one for another; at most so many.
    """
    links, n = country.links, len(prices)
    found, count = np.empty((most, n), np.bool_), 0
    beside = np.empty(n + 1, np.bool_)
    slack = 1e-9 * np.abs(prices).sum()
    for a in range(len(taken)):
        trial = taken[a].copy()
        beside[:n], beside[n], price = False, True, 0.0
        for v in range(n):
            if trial[v]:
                price += prices[v]
                for link in range(links.indptr[v], links.indptr[v + 1]):
                    if links.to[link] < n and not trial[links.to[link]]:
                        beside[links.to[link]] = True
        for enters in range(n + 1):
            if not beside[enters]:
                continue
            for leaves in range(n + 1):
                if (leaves < n and not taken[a, leaves]) or (leaves == n and enters == n):
                    continue
                spent = price
                if enters < n:
                    trial[enters] = True
                    spent += prices[enters]
                if leaves < n:
                    trial[leaves] = False
                    spent -= prices[leaves]
                if cost_of_grid(country, tally, trial, search.touched) - spent < least - slack and is_grid(
                    country, tally, trial, search
                ):
                    found[count] = trial
                    count += 1
                    if count == most:
                        return found, count
                if enters < n:
                    trial[enters] = False
                if leaves < n:
                    trial[leaves] = True
    return found, count
