"""A start from the plan in force: its grids kept as far as they are contiguous, the rest grown anew."""

import numpy as np

from partitioning.graph import Ints, components
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
    grids = sum(shares)
    if len(shares) == 1:
        labels = _resize(level, labels, grids)
    names = np.unique(labels[labels >= 0])
    held = np.bincount(
        component[[int(np.flatnonzero(labels == name)[0]) for name in names]], minlength=len(shares)
    )
    if held.tolist() != shares:
        return None
    start = np.where(labels >= 0, np.searchsorted(names, labels), -1)
    return grow(level, start, grids, rng.integers(1, 2**63, size=1).astype(np.uint64))


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


def _resize(level: Level, labels: Ints, grids: int) -> Ints:
    """As many grids as asked for: the lightest that nothing is held in are given up, the heaviest are parted around
    their farthest ends, or around what is held and the end farthest from it.
    """
    labels = labels.copy()
    held = level.pin >= 0
    while len(names := np.unique(labels[labels >= 0])) != grids:
        weight = [level.households[labels == name].sum() for name in names]
        if len(names) > grids:
            spared = np.isin(names, labels[held])
            if spared.all():
                break
            labels[labels == names[int(np.where(spared, np.inf, weight).argmin())]] = -1
            continue
        sizes = [np.count_nonzero(labels == name) for name in names]
        parting = [w if size > 1 else -1 for w, size in zip(weight, sizes, strict=True)]
        if not parting or max(parting) < 0:
            break
        own = np.flatnonzero(labels == names[int(np.argmax(parting))])
        first = own[_farthest(level, own, level.position[own].mean(axis=0))]
        if held[own].any():
            first = own[int(held[own].argmax())]
        second = own[_farthest(level, own, level.position[first])]
        labels[own] = -1
        labels[first], labels[second] = names[int(np.argmax(parting))], names.max() + 1
        if first == second:
            labels[own[own != first][0]] = names.max() + 1
            labels[first] = names[int(np.argmax(parting))]
    return labels


def _farthest(level: Level, nodes: Ints, point: np.ndarray) -> int:
    return int(((level.position[nodes] - point) ** 2).sum(axis=1).argmax())
