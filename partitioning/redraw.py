"""A start from the plan in force: its grids kept as far as they are contiguous, the rest grown anew."""

import numpy as np

from partitioning.graph import Ints, Truths, components
from partitioning.growing import grow
from partitioning.level import Level


def start_from_current(
    level: Level, current: Ints, component: Ints, shares: list[int], rng: np.random.Generator
) -> Ints | None:
    """(n,) contiguous grids near the plan in force, or None where its parts do not have the grids that they
    need.

    current: (n,) grid of each node in the plan in force, -1 = in none; that of held nodes is the one that they
    are held in. component: (n,); shares: grids of each.
    """
    labels = _largest_pieces(level, current)
    for part, grids in enumerate(shares):
        labels = _resize(level, labels, component == part, grids)
    names = np.unique(labels[labels >= 0])
    held = np.bincount(
        component[[int(np.flatnonzero(labels == name)[0]) for name in names]], minlength=len(shares)
    )
    if held.tolist() != shares:
        return None
    start = np.where(labels >= 0, np.searchsorted(names, labels), -1)
    return grow(level, start, sum(shares), rng.integers(1, 2**63, size=1).astype(np.uint64))


def _largest_pieces(level: Level, current: Ints) -> Ints:
    """The plan in force without the pieces that are not a grid's heaviest one, or the one that is held."""
    edges = np.column_stack([level.graph.owner, level.graph.neighbour])
    inner = edges[(current[edges[:, 0]] == current[edges[:, 1]]) & (current[edges[:, 0]] >= 0)]
    pieces, piece = components(len(current), inner)
    weight = np.bincount(piece, weights=level.households + 1e-3, minlength=pieces)
    weight[piece[level.pin >= 0]] = np.inf
    labels = np.full(len(current), -1, dtype=np.int64)
    for name in np.unique(current[current >= 0]):
        own = np.flatnonzero(current == name)
        heaviest = piece[own[weight[piece[own]].argmax()]]
        labels[piece == heaviest] = name
    return labels


def _resize(level: Level, labels: Ints, within: Truths, grids: int) -> Ints:
    """As many grids in a part of the ground as asked for, if it can be: the lightest that nothing is held in are
    given up, the heaviest are parted in two.
    """
    labels = labels.copy()
    held = level.pin >= 0
    while len(names := np.unique(labels[within & (labels >= 0)])) != grids:
        if not len(names):
            labels[within] = labels.max() + 1
            continue
        weight = np.array([level.households[labels == name].sum() for name in names], dtype=np.float64)
        if len(names) > grids:
            weight[np.isin(names, labels[held])] = np.inf
            if np.isinf(weight.min()):
                break
            labels[labels == names[weight.argmin()]] = -1
            continue
        weight[[np.count_nonzero(labels == name) < 2 for name in names]] = -1
        if weight.max() < 0:
            break
        _part(level, labels, np.flatnonzero(labels == names[weight.argmax()]))
    return labels


def _part(level: Level, labels: Ints, own: Ints) -> None:
    """Leave of a grid its ends that are farthest apart, or what is held and the end farthest from it, as two grids."""
    name, new = labels[own[0]], labels.max() + 1
    held = level.pin[own] >= 0
    first = own[held.argmax() if held.any() else _farthest(level, own, level.position[own].mean(axis=0))]
    others = own[own != first]
    second = others[_farthest(level, others, level.position[first])]
    labels[own] = -1
    labels[first], labels[second] = name, new


def _farthest(level: Level, nodes: Ints, point: np.ndarray) -> int:
    return int(((level.position[nodes] - point) ** 2).sum(axis=1).argmax())
