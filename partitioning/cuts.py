"""Compiled least cuts: which nodes to take when each has a price of its own and borders cost when cut."""

from typing import NamedTuple

import numpy as np

from partitioning.compiled import compiled
from partitioning.graph import Floats, Ints

_ROUNDING = 1e-13


class Links(NamedTuple):
    """Directed links in compressed rows; every link has one back."""

    indptr: Ints
    """(n + 1,) first link of each node."""
    to: Ints
    owner: Ints
    back: Ints
    """The link of the same pair from the other end."""
    cost: Floats
    """Cost if its owner is taken and the node that it leads to is not; may be infinite."""


class Flow(NamedTuple):
    """Room for one cut, used again and again."""

    rest: Floats
    """(links,) what a link can still carry."""
    supply: Floats
    """(n,) what a node still offers; below 0 what it still takes."""
    depth: Ints
    """(n,) steps from the supply, -1 = not reached; after the cut, the nodes reached are taken."""
    at: Ints
    queue: Ints
    path: Ints


def compress(n: int, rows: Floats) -> Links:
    """Links of n nodes from rows of two ends, the cost there and the cost back."""
    one, other = rows[:, :2].astype(np.int64).T
    owner, to = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.argsort(owner, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=n), out=indptr[1:])
    back = place[(order + len(rows)) % max(2 * len(rows), 1)]
    return Links(indptr, to[order], owner[order], back, np.concatenate([rows[:, 2], rows[:, 3]])[order])


@compiled()
def make_flow(links: Links) -> Flow:
    """Room for cuts of these links."""
    n, m = len(links.indptr) - 1, len(links.to)
    return Flow(
        np.empty(m),
        np.empty(n),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n + 1, np.int64),
    )


@compiled()
def _layers(links: Links, flow: Flow) -> tuple[int, bool]:
    """Number the nodes by their steps from the supply; how many supply, and whether some demand is reached."""
    depth, queue = flow.depth, flow.queue
    depth[:] = -1
    tail, reached = 0, False
    for v in range(len(depth)):
        if flow.supply[v] > _ROUNDING:
            depth[v] = 0
            queue[tail] = v
            tail += 1
    sources, head = tail, 0
    while head < tail:
        v = queue[head]
        head += 1
        for link in range(links.indptr[v], links.indptr[v + 1]):
            u = links.to[link]
            if depth[u] < 0 and flow.rest[link] > _ROUNDING:
                depth[u] = depth[v] + 1
                reached = reached or flow.supply[u] < -_ROUNDING
                queue[tail] = u
                tail += 1
    return sources, reached


@compiled()
def _send(links: Links, flow: Flow, source: int) -> float:
    """Send what one node offers along the layers, as far as it goes."""
    rest, supply, depth, at, path = flow.rest, flow.supply, flow.depth, flow.at, flow.path
    sent, steps, v = 0.0, 0, source
    while supply[source] > _ROUNDING:
        if supply[v] < -_ROUNDING:
            amount = min(supply[source], -supply[v])
            for i in range(steps):
                amount = min(amount, rest[path[i]])
            for i in range(steps):
                rest[path[i]] -= amount
                rest[links.back[path[i]]] += amount
            supply[source] -= amount
            supply[v] += amount
            sent += amount
            steps, v = 0, source
            continue
        while at[v] < links.indptr[v + 1]:
            link = at[v]
            u = links.to[link]
            if rest[link] > _ROUNDING and depth[u] == depth[v] + 1:
                break
            at[v] += 1
        if at[v] < links.indptr[v + 1]:
            path[steps] = at[v]
            steps += 1
            v = links.to[at[v]]
        elif steps == 0:
            break
        else:
            steps -= 1
            v = links.owner[path[steps]]
            at[v] += 1
    return sent


@compiled()
def least_cut(links: Links, price: Floats, flow: Flow) -> float:
    """Least sum of the prices of the nodes taken and the costs of the links from them to the others.

    price: (n,), infinite either way for nodes that are fixed. Augments along shortest paths layer by layer (Dinic
    1970). The nodes with flow.depth >= 0 are those of a least cut; the value is never above the least.
    """
    flow.rest[:] = links.cost
    value = 0.0
    for v in range(len(price)):
        flow.supply[v] = -price[v]
        if price[v] < 0:
            value += price[v]
    while True:
        sources, reached = _layers(links, flow)
        if not reached:
            return value
        flow.at[:] = links.indptr[:-1]
        for i in range(sources):
            value += _send(links, flow, flow.queue[i])
