"""Which buildings must share a grid and which must not: locks and pins, joined where they share a building."""

from typing import NamedTuple

import numpy as np

from partitioning.graph import Ints, components


class Holds(NamedTuple):
    """Groups of buildings that must share a grid; groups with different pins must not."""

    group: Ints
    """(n,) group of each building, numbered from 0, -1 = free."""
    size: Ints
    """(groups,) number of buildings."""
    pin: Ints
    """(groups,) the pin that holds a group, the lowest where several do, -1 = a lock alone."""


def join_holds(locked: Ints | None, pinned: Ints | None) -> Holds | None:
    """Groups of locked and pinned buildings, (n,) labels each with -1 = none; None where nothing is held."""
    given = [labels for labels in (locked, pinned) if labels is not None and (labels >= 0).any()]
    if not given:
        return None
    n = len(given[0])
    links, nodes = [], n
    for labels in given:
        held = np.flatnonzero(labels >= 0)
        names, place = np.unique(labels[held], return_inverse=True)
        links.append(np.column_stack([held, nodes + place]))
        nodes += len(names)
    edges = np.concatenate(links)
    _, part = components(nodes, edges)
    held = np.unique(edges[:, 0])
    group = np.full(n, -1, dtype=np.int64)
    names, group[held] = np.unique(part[held], return_inverse=True)
    pin = np.full(len(names), -1, dtype=np.int64)
    if pinned is not None:
        for name in np.unique(pinned[pinned >= 0])[::-1]:
            pin[group[pinned == name]] = name
    return Holds(group, np.bincount(group[held]), pin)
