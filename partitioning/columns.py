"""Columns: grids that a plan can be chosen from, and what each of them costs."""

import numpy as np
from numpy.typing import NDArray

from partitioning.bound_regions import Country
from partitioning.compiled import compiled
from partitioning.graph import Floats, Truths
from partitioning.grid_cases import Search, Tally, cost_of_grid, is_grid, make_search


class Columns:
    """The grids found so far, all of them contiguous and within the bands."""

    def __init__(self, country: Country, tally: Tally) -> None:
        self.country, self.tally = country, tally
        n = len(country.mass)
        self.search = make_search(country)
        self.taken = np.empty((0, n), np.bool_)
        self.cost = np.empty(0)

    def add(self, found: Truths) -> int:
        """Take sets that are new and grids, but those that part what is held together; returns how many."""
        known = {grid.tobytes() for grid in self.taken}
        fresh = np.unique(found, axis=0)
        fresh = fresh[[grid.tobytes() not in known for grid in fresh]]
        cost, whole = costs_of(self.country, self.tally, fresh, self.search)
        whole &= np.isfinite(cost)
        self.taken = np.concatenate([self.taken, fresh[whole]])
        self.cost = np.append(self.cost, cost[whole])
        return int(whole.sum())


@compiled(cache=True)
def costs_of(
    country: Country, tally: Tally, taken: NDArray[np.bool_], search: Search
) -> tuple[Floats, Truths]:
    """(c,) what sets cost, and whether they are grids; taken: (c, n)."""
    costs, grids = np.empty(len(taken)), np.empty(len(taken), np.bool_)
    for a in range(len(taken)):
        costs[a] = cost_of_grid(country, tally, taken[a], search.touched)
        grids[a] = is_grid(country, tally, taken[a], search)
    return costs, grids
