"""What a plan pays for breaking soft rules: the excess over each, with the rule's weight.

With K grids, w_k of what a band counts in grid k and W in all, L locks, and m the mean households of the
grids whose bands are not waived:

    a band       weight * (1 / K) sum_k max(0, least - w_k, w_k - most) / (W / K)
    balance      weight * (1 / K) sum_k max(0, |h_k / m - 1| - tolerance)
    grids        weight * max(0, least - K, K - most) / K
    locked       weight * sum over locks of (grids that it lies in - 1) / L

Grids whose bands are waived pay for none of them.
"""

from typing import NamedTuple

import numpy as np

from partitioning.graph import Ints
from partitioning.problem import Problem
from partitioning.rules import Rules


class SoftBand(NamedTuple):
    """A band that may be left: what it counts, its ends, and what one below or above costs."""

    counts: str
    low: float
    high: float
    unit: float


class Soft(NamedTuple):
    """Costs of the soft rules for one number of grids. lock: a split; grids: the number itself."""

    bands: tuple[SoftBand, ...]
    lock: float
    grids: float


def soft_terms(problem: Problem, rules: Rules, grids: int, waived: Ints) -> Soft | None:
    """Costs of the soft rules for plans of so many grids, None where no rule is soft.

    waived: places of the buildings that are grids of their own, whose bands do not count.
    """
    if rules.soft is None:
        return None
    bands = []
    for rule, (low, high) in rules.bands.items():
        counts = problem.counts_of(rule)
        total = 0 if counts is None else int(counts.sum())
        if rules.is_soft(rule) and total > 0:
            bands.append(SoftBand(rule, low, high, rules.soft[rule] / total))
    tolerance, ordinary = rules.balance_tolerance, grids - len(waived)
    if tolerance is not None and rules.is_soft("balance") and ordinary > 0:
        mean = float(problem.households.sum() - problem.households[waived].sum()) / ordinary
        if mean > 0:
            unit = rules.soft["balance"] / (grids * mean)
            bands.append(SoftBand("households", mean * (1 - tolerance), mean * (1 + tolerance), unit))
    labels = soft_locks(problem, rules)
    locks = 0 if labels is None else len(np.unique(labels[labels >= 0]))
    lock = rules.soft.get("locked", 0.0) / locks if locks else 0.0
    return Soft(tuple(bands), lock, number_cost(rules, grids))


def soft_locks(problem: Problem, rules: Rules) -> Ints | None:
    """(n,) locks that may be broken, None where there are none."""
    if not rules.is_soft("locked"):
        return None
    return problem.locked if problem.soft_locks is None else problem.soft_locks


def loosen(problem: Problem, rules: Rules) -> Problem:
    """The problem with locks that hold nothing together, where the rules make them soft."""
    if not rules.is_soft("locked") or problem.locked is None:
        return problem
    return problem.change(locked=None).with_soft_locks(problem.locked)


def number_cost(rules: Rules, grids: int) -> float:
    """What so many grids cost where the rule for their number is soft, else 0."""
    if rules.soft is None or "grids" not in rules.soft:
        return 0.0
    fewest, most = rules.grid_range[0], rules.grid_range[-1]
    return rules.soft["grids"] * max(0, fewest - grids, grids - most) / grids


def soft_cost(problem: Problem, rules: Rules, soft: Soft | None, labels: Ints, waived: Ints) -> float:
    """What a plan pays; labels: (n,) 0..K-1; waived: places of the buildings whose grids the bands do not count for."""
    if soft is None:
        return 0.0
    ordinary = np.ones(int(labels.max()) + 1, dtype=np.bool_)
    ordinary[labels[waived]] = False
    cost = soft.grids
    for band in soft.bands:
        each = np.bincount(labels, weights=problem.counts_of(band.counts))[ordinary]
        cost += band.unit * float(np.maximum(0, np.maximum(band.low - each, each - band.high)).sum())
    locks = soft_locks(problem, rules)
    if soft.lock > 0 and locks is not None:
        locked = locks >= 0
        pairs = np.unique(np.column_stack([locks[locked], labels[locked]]), axis=0)
        cost += soft.lock * (len(pairs) - len(np.unique(pairs[:, 0])))
    return cost
