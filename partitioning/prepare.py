"""What the search divides: the problem with what some rules make of it, so that the kernels need not know them."""

import numpy as np

from partitioning.graph import Ints, components
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.walking import walking_plane


def prepare(problem: Problem, rules: Rules) -> Problem:
    """The ground that is measured, with whole estates as locks where the rules let none be split, and patches as pairs
    that must not share a grid.

    A plan keeps the rules on the one if and only if it does on the other, and has the same objective on both.
    """
    problem = lay_ground(problem, rules)
    if rules.estate_splits == 0 and problem.estates is not None:
        problem = problem.change(locked=_locked_estates(problem))
    if problem.patches is not None:
        given = np.empty((0, 2), dtype=np.int64) if problem.apart is None else np.sort(problem.apart, axis=1)
        pairs = np.concatenate([given, _pairs_across(problem, problem.patches)])
        problem = problem.change(apart=np.unique(pairs, axis=0))
    return problem


def lay_ground(problem: Problem, rules: Rules) -> Problem:
    """The problem itself, or with links over its gaps, as edges that cost nothing, where the rules let grids span them,
    in the plane of walking distances where the rules measure by these, and about buildings where they measure so.
    """
    linked, walked, anchored = changes = (
        rules.spans_gaps and problem.links is None,
        rules.distance == "walking" and not problem.walked,
        rules.centres == "buildings" and not problem.anchored,
    )
    if not any(changes):
        return problem
    ground = problem.laid.get(changes)
    if ground is None:
        ground = problem.with_links(problem.gap_links) if linked and len(problem.gap_links) else problem
        if walked:
            ground = ground.on_plane(walking_plane(ground.xy_m, ground.edges))
        if anchored:
            ground = ground.about_buildings()
        problem.laid[changes] = ground
    return ground


def _locked_estates(problem: Problem) -> Ints:
    """(n,) the same label for buildings of one estate or lock, and of those that share a building; -1 = none."""
    n = len(problem)
    links, nodes = [], n
    for labels in (problem.estates, problem.locked):
        held = np.flatnonzero(np.full(n, -1) if labels is None else labels >= 0)
        if labels is not None and len(held):
            names, place = np.unique(labels[held], return_inverse=True)
            links.append(np.column_stack([held, nodes + place]))
            nodes += len(names)
    joined = np.concatenate(links) if links else np.empty((0, 2), dtype=np.int64)
    _, part = components(nodes, joined)
    locked = np.full(n, -1, dtype=np.int64)
    locked[joined[:, 0]] = part[joined[:, 0]]
    return locked


def _pairs_across(problem: Problem, patch: Ints) -> Ints:
    """(p, 2) pairs of buildings of different patches, one of which is in any contiguous grid that lies in two patches.

    Such a grid has neighbours of different patches, or a way from one patch to another over buildings of none: then
    both ends of the way touch the same piece of ground that is in no patch.
    """
    edges = problem.edges
    ends = patch[edges]
    found = [edges[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])]]
    _, piece = components(len(problem), edges[(ends < 0).all(axis=1)])
    mixed = (ends < 0).sum(axis=1) == 1
    inner, outer = np.take_along_axis(edges[mixed], np.argsort(ends[mixed], axis=1), axis=1).T
    for one in np.unique(piece[inner]):
        border = np.unique(outer[piece[inner] == one])
        first, second = np.triu_indices(len(border), 1)
        differ = patch[border[first]] != patch[border[second]]
        found.append(np.column_stack([border[first], border[second]])[differ])
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)
