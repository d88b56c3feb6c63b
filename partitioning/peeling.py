"""A near plan made to keep the bands by moving whole nodes over borders, and a slice of the last one.

Where a border has little to give, what lies behind it goes with it. Households pass along chains of grids, from one
that has some to spare to one that lacks them. A node that is cut may take some of the branches behind it along, so that
stars and trees are divided as well.
"""

from collections import deque
from copy import copy
from itertools import pairwise

import numpy as np

from partitioning.bands import bands_for
from partitioning.graph import Floats, Ints, Truths
from partitioning.parts import PartedTown
from partitioning.rules import Rules
from partitioning.slices import known_counts, slice_town

_MOST_PASSES = 80
"""So many times households are passed along a chain of grids at most."""
_REACH = 0.25
"""Where the edge of a node lies on the way to its neighbours."""


def peel(
    town: PartedTown, labels: Ints, rules: Rules, rule: str, free: Truths, moves: Truths
) -> tuple[PartedTown, Ints] | None:
    """The town with some nodes cut, and grids that keep one band, None where no way is found.

    labels: (n',) contiguous grids from 0. rule: households, persons or a workload. free: (n',) nodes that may be cut;
    moves: those that may go to another grid.
    """
    counts = town.problem.counts_of(rule)
    assert counts is not None
    if rule == "households":  # the tolerance counts, with a band or without
        bands = bands_for(rules, (rule,), int(counts.sum()), int(labels.max()) + 1)
        low, high = bands.low[0], bands.high[0]
    else:
        low, high = rules.bands[rule]
    ground = _Ground(town, labels, rule, free, moves)
    return ground.town() if ground.settle(low, high) else None


class _Ground:
    """Nodes that move and are cut: weight and grid of each, neighbours, and what each is a slice of."""

    def __init__(self, town: PartedTown, labels: Ints, rule: str, free: Truths, moves: Truths) -> None:
        problem = town.problem
        counts = problem.counts_of(rule)
        assert counts is not None
        self.before, self.rule = town, rule
        self.weight: list[int] = counts.tolist()
        self.grid: list[int] = labels.tolist()
        self.origin = list(range(len(problem)))
        self.free, self.moves = free.tolist(), moves.tolist()
        self.near: list[dict[int, int]] = [{} for _ in self.grid]
        for edge, (a, b) in enumerate(problem.edges.tolist()):
            self.near[a][b] = self.near[b][a] = edge

    def settle(self, low: int, high: int) -> bool:
        """Pass households between grids until all keep the band."""
        shut: set[tuple[int, int]] = set()
        for _ in range(_MOST_PASSES):
            total = np.bincount(self.grid, weights=self.weight).astype(np.int64).tolist()
            worst = min(range(len(total)), key=total.__getitem__)
            if total[worst] >= low:
                worst = max(range(len(total)), key=total.__getitem__)
            lacks, spare = low - total[worst], total[worst] - high
            if max(lacks, spare) <= 0:
                return True
            chain = self._chain(worst, total, low, high, shut)
            if chain is None:
                return False
            other = chain[-1]
            amount = min(lacks, total[other] - low) if lacks > 0 else min(spare, high - total[other])
            chain = chain[::-1] if lacks > 0 else chain
            kept = self._copy()
            for source, goal in reversed(list(pairwise(chain))):
                if not self._pass(source, goal, amount):
                    self._restore(kept)
                    shut.add((source, goal))
                    break
            else:
                shut.clear()
        return False

    def _chain(
        self, start: int, total: list[int], low: int, high: int, shut: set[tuple[int, int]]
    ) -> list[int] | None:
        """Neighbouring grids from one out of the band to the nearest that can give or take."""
        lacking = total[start] < low
        beside: dict[int, set[int]] = {}
        for v, around in enumerate(self.near):
            for u in around:
                beside.setdefault(self.grid[v], set()).add(self.grid[u])
        before, waiting = {start: start}, deque([start])
        while waiting:
            k = waiting.popleft()
            if total[k] > low if lacking else total[k] < high:
                chain = [k]
                while chain[-1] != start:
                    chain.append(before[chain[-1]])
                return chain[::-1]
            for other in sorted(beside.get(k, ())):
                if other not in before and ((other, k) if lacking else (k, other)) not in shut:
                    before[other] = k
                    waiting.append(other)
        return None

    def _pass(self, source: int, goal: int, amount: int) -> bool:
        """Give so many households of one grid to a neighbouring one."""
        while amount > 0:
            edge = [
                v
                for v, k in enumerate(self.grid)
                if k == source and self.moves[v] and any(self.grid[u] == goal for u in self.near[v])
            ]
            for v in sorted(edge, key=lambda v: (-self.weight[v], v)):
                if self.free[v] and amount < self.weight[v]:
                    self._slice(v, goal, amount)
                    return True
            given = 0
            for v in sorted(edge, key=lambda v: (-self.weight[v], v)):
                given = self._give(v, goal, amount)
                if given:
                    break
            if given == 0:
                empty = next((v for v in edge if self.weight[v] == 0 and len(self._branches(v)) == 1), None)
                if empty is None:
                    return False
                self.grid[empty] = goal
            amount -= given
        return True

    def _give(self, v: int, goal: int, amount: int) -> int:
        """Let a node and the lighter branches behind it go to a grid, or a slice of it with some; what was given."""
        branches = self._branches(v)
        if not branches:
            return 0
        sums = [sum(self.weight[u] for u in branch) for branch in branches]
        held = [i for i, branch in enumerate(branches) if not all(self.moves[u] for u in branch)]
        stays = held[0] if held else max(range(len(sums)), key=sums.__getitem__)
        given = self.weight[v] + sum(sums) - sums[stays]
        if len(held) <= 1 and 0 < given <= amount:
            for u in [v, *(u for i, branch in enumerate(branches) if i != stays for u in branch)]:
                self.grid[u] = goal
            return given
        if not self.free[v]:
            return 0
        movable = [i for i in range(len(sums)) if i not in held and 0 < sums[i] < amount]
        chosen = _subset([sums[i] for i in movable], amount - self.weight[v] + 1, amount - 1)
        if chosen is None:
            return 0
        for u in [u for i in chosen for u in branches[movable[i]]]:
            self.grid[u] = goal
        self._slice(v, goal, amount - sum(sums[movable[i]] for i in chosen))
        return amount

    def _branches(self, v: int) -> list[list[int]]:
        """What of a node's grid is left in one piece each without the node."""
        reached, found = {v}, []
        for start in sorted(u for u in self.near[v] if self.grid[u] == self.grid[v]):
            if start in reached:
                continue
            branch, waiting = [start], [start]
            reached.add(start)
            while waiting:
                for u in self.near[waiting.pop()]:
                    if u not in reached and self.grid[u] == self.grid[v]:
                        reached.add(u)
                        branch.append(u)
                        waiting.append(u)
            found.append(branch)
        return found

    def _slice(self, v: int, goal: int, amount: int) -> None:
        """Cut a slice off a node, which touches its neighbours in the grid that it goes to."""
        new = len(self.grid)
        self.weight[v] -= amount
        self.weight.append(amount)
        self.grid.append(goal)
        self.origin.append(self.origin[v])
        self.free.append(True)
        self.moves.append(True)
        self.near.append({})
        for u in [u for u in self.near[v] if self.grid[u] == goal]:
            self.near[new][u] = self.near[u][new] = self.near[v].pop(u)
            del self.near[u][v]
        self.near[new][v] = self.near[v][new] = -1

    def _copy(self) -> "_Ground":
        other = copy(self)
        for name in ("weight", "grid", "origin", "free", "moves"):
            setattr(other, name, list(getattr(self, name)))
        other.near = [dict(around) for around in self.near]
        return other

    def _restore(self, kept: "_Ground") -> None:
        self.__dict__.update(kept.__dict__)

    def town(self) -> tuple[PartedTown, Ints]:
        """What has come out as a town."""
        problem, n = self.before.problem, len(self.before.problem)
        origin = np.array(self.origin)
        dearest, longest = np.ones(n), np.ones(n)
        for end in (0, 1):
            np.maximum.at(dearest, problem.edges[:, end], problem.border_cost)
            np.maximum.at(longest, problem.edges[:, end], problem.border_m)
        rows = [(a, b, edge) for a, around in enumerate(self.near) for b, edge in around.items() if a < b]
        edges, edge = np.array([row[:2] for row in rows]), np.array([row[2] for row in rows])
        known = edge >= 0
        of = origin[edges[:, 0]]
        length = np.where(known, problem.border_m[edge], longest[of])
        cost = np.where(known, problem.border_cost[edge], dearest[of])
        weight = np.array(self.weight)
        leading = problem.counts_of(self.rule)
        assert leading is not None
        counts = {
            rule: weight if rule == self.rule else _share_out(values, origin, weight)
            for rule, values in known_counts(self.before).items()
        }
        return slice_town(self.before, origin, counts, self._places(), edges, (length, cost)), np.array(
            self.grid
        )

    def _places(self) -> Floats:
        """Slices lie towards their neighbours."""
        before, n = self.before.problem.xy_m, len(self.before.problem)
        xy: Floats = before[np.array(self.origin)]
        for v in range(n, len(xy)):
            near = [self.origin[u] for u in self.near[v] if self.origin[u] != self.origin[v]]
            if near:
                share = self.weight[v] / max(self.weight[v] + self.weight[self.origin[v]], 1)
                xy[v] += _REACH * (1 - share) * (before[near].mean(axis=0) - before[self.origin[v]])
        return xy


def _share_out(values: Ints, origin: Ints, weight: Ints) -> Ints:
    """Counts of whole nodes shared out over their slices by weight, largest first, nothing lost."""
    whole = np.bincount(origin, weights=weight).astype(np.int64)
    shared = values[origin] * weight // np.maximum(whole[origin], 1)
    lost = values - np.bincount(origin, weights=shared, minlength=len(values)).astype(np.int64)
    shared[: len(values)] += lost
    return shared


def _subset(sums: list[int], low: int, high: int) -> list[int] | None:
    """Places of some of the sums that add up to low or more, as near to high as can be; None where none do."""
    ways: dict[int, list[int]] = {0: []}
    for place, value in enumerate(sums):
        for total, chosen in sorted(ways.items()):
            if total + value <= high and total + value not in ways:
                ways[total + value] = [*chosen, place]
    fitting = [total for total in ways if low <= total <= high]
    return ways[max(fitting)] if fitting else None
