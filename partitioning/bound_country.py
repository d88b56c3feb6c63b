"""What grids cost for the bound on border, compactness and estates together, as links and prices of a least cut."""

import numpy as np

from partitioning.bound_regions import Country
from partitioning.core import Core
from partitioning.cuts import compress
from partitioning.graph import Floats, Ints
from partitioning.grid_cases import Tally
from partitioning.level import Target
from partitioning.problem import Problem


def make_country(problem: Problem, core: Core, target: Target) -> tuple[Country, float]:
    """The members of the core, and what every plan costs beside what its grids of them do.

    That is the border of waived buildings, the balance of their grids, and the splits of their estates, less one grid
    for every estate: a grid pays for each estate that it touches.
    """
    n, place = len(core.members), _places(problem, core)
    ends = place[problem.edges]
    within = (ends >= 0).all(axis=1)
    ends, half = ends[within], target.border * problem.border_cost[within] / 2
    always = target.border * float(problem.border_cost[~within].sum())

    buildings, estate, estates = problem.estate_places
    at, free = place[buildings], place[buildings] >= 0
    free_in = np.bincount(estate[free], minlength=estates)
    several = (free_in > 1) & (target.estate > 0)
    touching = free & several[estate]
    number = n - 1 + np.cumsum(several)
    touches = _links(at[touching], number[estate[touching]], np.inf, 0.0)
    always += target.estate * int((~free).sum() + (free_in == 1).sum() - estates)

    always += balance_of_waived(problem, core, target)
    links = [np.column_stack([ends, half, half]), touches, _held_together(problem, core)]
    xy = problem.xy_m[core.members]
    sums = np.maximum(core.counts.sum(axis=0), 1)
    high = np.minimum(target.high, sums)
    column = int(((high - target.low) / sums).argmin())
    return Country(
        links=compress(n + int(several.sum()), np.concatenate(links)),
        xy=xy - xy.mean(axis=0),
        pull=target.inertia * core.counts[:, 0].astype(np.float64),
        touch=target.estate,
        mass=core.counts[:, column].astype(np.float64),
        low=float(target.low[column]),
        high=float(high[column]),
        most_pull=target.inertia * float(high[0]),
    ), always


def balance_of_waived(problem: Problem, core: Core, target: Target) -> float:
    """What the balance of the waived buildings' own grids costs."""
    if not problem.households.any():
        return 0.0
    waived = problem.households[core.waived]
    return target.balance * float(((waived / target.h_mean - 1) ** 2).sum())


def make_tally(problem: Problem, core: Core, target: Target) -> Tally:
    """What the grids of the core count and keep."""
    counts = np.ascontiguousarray(core.counts, dtype=np.float64)
    apart = np.empty((0, 2), dtype=np.int64)
    if problem.apart is not None:
        ends = _places(problem, core)[problem.apart]
        apart = np.ascontiguousarray(ends[(ends >= 0).all(axis=1)])
    return Tally(
        counts=counts,
        low=target.low.astype(np.float64),
        high=np.minimum(target.high, counts.sum(axis=0)),
        soft=np.ascontiguousarray(target.soft, dtype=np.float64),
        mean=target.h_mean,
        balance=target.balance,
        apart=apart,
    )


def share_of_touches(country: Country) -> Floats:
    """(n,) what each building has to bear of what its estate costs a grid that takes it whole."""
    n, links = len(country.mass), country.links
    one = links.to >= n
    mates = np.bincount(links.to[one] - n)
    share = np.zeros(n)
    share[links.owner[one]] = country.touch / mates[links.to[one] - n]
    return share


def _places(problem: Problem, core: Core) -> Ints:
    """(n,) place of each building among the members, -1 = none of them."""
    place = np.full(len(problem), -1, dtype=np.int64)
    place[core.members] = np.arange(len(core.members))
    return place


def _held_together(problem: Problem, core: Core) -> Floats:
    """Links that no grid cuts, from each building of a lock or pin to the next."""
    if problem.holds is None:
        return np.empty((0, 4))
    group = problem.holds.group[core.members]
    order = np.argsort(group, kind="stable")
    mates = (np.diff(group[order]) == 0) & (group[order[1:]] >= 0)
    return _links(order[:-1][mates], order[1:][mates], np.inf, np.inf)


def _links(one: Ints, other: Ints, cost: float, back: float) -> Floats:
    return np.column_stack([one, other, np.full(len(one), cost), np.full(len(one), back)])
