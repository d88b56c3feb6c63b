"""The local certificate: how much another split of any two neighbouring grids can improve a plan.

Every pair of neighbouring grids is looked at with all other grids as they are: partitioning.pair_bound bounds what a
better split could gain, down to nothing where the pair has few nodes or only shape counts. A better split that is met
on the way is taken, and the pairs around it are looked at again.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from partitioning.core import Core
from partitioning.cuts import Links, compress
from partitioning.exact import Ground
from partitioning.graph import Ints, Truths
from partitioning.level import Level, Target
from partitioning.levels import base_level
from partitioning.pair_bound import Pair, bound_pair
from partitioning.plan import LocalCertificate
from partitioning.problem import Problem

_PROVEN = 1e-9
"""Share of the objective below which a gain counts as none."""

_MOST_BOXES, _WORK, _WITHOUT_LINKS = 4000, 150_000, 5
"""Boxes looked at for a pair: at most, times buildings for all pairs together, and factor where nothing is cut."""

_MOST_GAINS = 12
"""Better splits taken before the plan is left as it is."""


class Division(NamedTuple):
    """What is divided, and what is asked of it. ground: the nodes that exact answers are sought on."""

    problem: Problem
    core: Core
    ground: Ground
    target: Target


def split_again(
    division: Division,
    labels: Ints,
    value_of: Callable[[Ints], float],
    holds: Callable[[Ints], bool],
    go_on: Callable[[], bool],
) -> tuple[Ints, LocalCertificate | None]:
    """A plan that is at least as good, and its certificate; None where go_on ended the work before.

    labels: (n,) a plan that keeps every hard rule, as `holds` tells; value_of: the objective of such a plan.
    """
    value, gains = value_of(labels), 0
    hidden: dict[tuple[int, int], float] = {}
    pairs = neighbours(division, labels)
    while pair := next((pair for pair in pairs if pair not in hidden), None):
        if not go_on():
            return labels, None
        members = division.core.members[np.isin(labels[division.core.members], pair)]
        work = _WORK // (len(members) * len(pairs))
        split, below = _look(division, members, labels[members] == pair[1], _PROVEN * abs(value), work)
        other = labels.copy()
        other[members] = np.array(pair)[split]
        better = value_of(other)
        if better < value - _PROVEN * abs(value) and gains < _MOST_GAINS and holds(other):
            labels, value, gains = other, better, gains + 1
            pairs = neighbours(division, labels)
            hidden = {key: most for key, most in hidden.items() if not set(key) & set(pair)}
        else:
            below += max(0.0, value - better)
        hidden[pair] = below
    most = [hidden[pair] / value if value > 0 else 0.0 for pair in pairs]
    proven = sum(share <= 2 * _PROVEN for share in most)
    return labels, LocalCertificate(len(pairs), proven, max(most, default=0.0), gains)


def neighbours(division: Division, labels: Ints) -> list[tuple[int, int]]:
    """Pairs of grids of the core that touch, in order."""
    problem = division.problem
    inside = np.zeros(len(problem), dtype=np.bool_)
    inside[division.core.members] = True
    ends = np.sort(labels[problem.edges[inside[problem.edges].all(axis=1)]], axis=1)
    pairs = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    return [(int(one), int(other)) for one, other in pairs]


def _look(
    division: Division, members: Ints, second: Truths, tolerance: float, work: int
) -> tuple[Ints, float]:
    """(members,) 0 and 1, the best split of a pair that is met, and by how much others may be better than it.

    members: places of the two grids' buildings; second: (members,) those of the second.
    """
    problem, core, ground, target = division
    nodes, part = np.unique(ground.part[np.searchsorted(core.members, members)], return_inverse=True)
    level = base_level(problem, members, part, np.empty((len(members), 0)), core.columns)
    now = np.zeros(len(nodes), dtype=np.int64)
    now[part] = second
    side = np.where(level.pin >= 0, 1 - 2 * now, 0).astype(np.int8)
    if not side.any():
        side[((level.position**2).sum(axis=1) * (now == 0)).argmax()] = 1
    heavy = level.households > 0
    centre = level.moment[heavy] / level.households[heavy, None]
    reach = np.stack([centre.min(axis=0), centre.max(axis=0)]) if heavy.any() else np.zeros((2, 2))
    links = _links(level, target, ground.group[nodes])
    boxes = int(np.clip(work if len(links.to) else work * _WITHOUT_LINKS, 1, _MOST_BOXES))
    pair = Pair(level, links, side, reach)
    least, split, found = bound_pair(pair, target._replace(grids=2), now, tolerance, boxes)
    return split[part], max(0.0, found - least)


def _links(level: Level, target: Target, group: Ints) -> Links:
    """Borders, groups that must stay together, and estates: two more nodes each, their link cut where it is split."""
    graph, n = level.graph, len(level.households)
    touching = np.repeat(np.arange(n), np.diff(level.estate_ptr))
    once = graph.owner < graph.neighbour
    border = target.border * graph.cost[once]
    blocks = [np.column_stack([graph.owner[once], graph.neighbour[once], border, border])]
    for number in np.unique(group[group >= 0]):
        mates = np.flatnonzero(group == number)
        always = np.full(len(mates) - 1, np.inf)
        blocks.append(np.column_stack([mates[:-1], mates[1:], always, always]))
    for estate in range(level.estates + level.locks):
        inside = touching[level.estate == estate]
        price = target.estate if estate < level.estates else target.lock
        if len(inside) < 2 or price <= 0:
            continue
        some, every = np.full(len(inside), n), np.full(len(inside), n + 1)
        always, never = np.full(len(inside), np.inf), np.zeros(len(inside))
        blocks.append(np.column_stack([inside, some, always, never]))
        blocks.append(np.column_stack([every, inside, always, never]))
        blocks.append(np.array([[n, n + 1, price, 0.0]]))
        n += 2
    return compress(n, np.concatenate(blocks))
