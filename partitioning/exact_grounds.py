"""The grounds that exact answers are sought on, and what they say together.

Two grounds are looked at, both with touching buildings that must share a grid as one node. The strict one admits
what the problem admits, neither more nor less. Buildings without counts make its grids many; on the loose one they
are links between all that they touch, which admits every plan of the problem and perhaps more. No plan on the loose
ground is a proof that there is none at all; a plan there is a reason to look at the strict one. Where every building
counts, the two are the same; where a grid may be without counts, the loose one proves nothing and is not looked at.
"""

from typing import NamedTuple

import numpy as np

from partitioning.core import Core
from partitioning.exact import Answer, Ground, Limits, solve
from partitioning.graph import Truths, build_graph, components, merge_edges
from partitioning.joining import join_touching
from partitioning.level import Target
from partitioning.levels import base_level, relative_xy
from partitioning.problem import Problem


class Grounds(NamedTuple):
    """The two grounds of a core; the same object where every building counts."""

    loose: Ground
    strict: Ground


def exact_grounds(problem: Problem, core: Core) -> Grounds:
    """The grounds of the buildings that the bands count for."""
    part = join_touching(problem, core.members)
    group = np.full(int(part.max()) + 1, -1, dtype=np.int64)
    if problem.holds is not None:
        group[part] = problem.holds.group[core.members]
    level = base_level(problem, core.members, part, np.empty((len(core.members), 0)), core.columns)
    strict = Ground(level, part, group, relative_xy(problem, core.members))
    empty = (level.counts == 0).all(axis=1)
    return Grounds(_link(strict, empty) if empty.any() and not empty.all() else strict, strict)


def solve_grounds(grounds: Grounds, target: Target, limits: Limits) -> Answer:
    """The answer of the loose ground where that is a proof, else that of the strict one.

    labels are those of the buildings (members).
    """
    found = None
    if target.low.max() > 0:
        found = solve(grounds.loose, target, limits)
        if found.labels is None:
            return found
    if found is None or grounds.loose is not grounds.strict:
        found = solve(grounds.strict, target, limits)
    labels = None if found.labels is None else found.labels[grounds.strict.part]
    return Answer(labels, found.proven)


def _link(ground: Ground, empty: Truths) -> Ground:
    """The ground without its empty nodes; all that a patch of them touches become neighbours."""
    level, graph = ground.level, ground.level.graph
    edges = np.column_stack([graph.owner, graph.neighbour])
    _, patch = components(len(empty), edges[empty[edges].all(axis=1)])
    links = [edges[~empty[edges].any(axis=1)]]
    entering = edges[empty[edges[:, 1]] & ~empty[edges[:, 0]]]
    for number in np.unique(patch[empty]):
        around = np.unique(entering[patch[entering[:, 1]] == number, 0])
        links.append(np.stack(np.meshgrid(around, around), axis=-1).reshape(-1, 2))
    rank = np.where(empty, -1, np.cumsum(~empty) - 1)
    pairs = rank[np.concatenate(links)]
    nodes = int((~empty).sum())
    kept, _ = merge_edges(np.arange(nodes), pairs, np.zeros(len(pairs)))
    owner = np.repeat(np.arange(len(empty)), np.diff(level.foe_ptr))
    kept_foe = ~empty[owner] & ~empty[level.foe[:, 0]]
    joined = level._replace(
        graph=build_graph(nodes, kept, np.zeros(len(kept))),
        households=level.households[~empty],
        counts=level.counts[~empty],
        moment=level.moment[~empty],
        position=level.position[~empty],
        estate_ptr=np.zeros(nodes + 1, dtype=np.int64),
        estate=np.empty(0, dtype=np.int64),
        estates=0,
        locks=0,
        stay=np.empty((nodes, 0)),
        pin=level.pin[~empty],
        foe_ptr=np.concatenate([[0], np.cumsum(np.bincount(rank[owner[kept_foe]], minlength=nodes))]),
        foe=np.column_stack([rank[level.foe[kept_foe, 0]], level.foe[kept_foe, 1:]]),
    )
    return Ground(joined, rank[ground.part], ground.group[~empty], ground.xy)
