"""Buildings divided into parts: by their entrances where these are known, else evenly along their long axis."""

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from partitioning.bands import counted_bands
from partitioning.graph import Floats, Ints, Truths
from partitioning.problem import Problem
from partitioning.problem_checks import Entrance
from partitioning.rules import Rules


class PartId(NamedTuple):
    """Names a part in reasons: the building and the number of the part, from 1."""

    building: Hashable
    number: int

    def __str__(self) -> str:
        return f"{self.building}#{self.number}"


@dataclass(frozen=True, eq=False)
class Parts:
    """The parts of the buildings that lie in several grids, p in all; the other buildings are not among them.

    building: (p,) place in the problem. number: (p,) from 1 in each building, along its axis. households,
    persons: (p,), persons None where the problem has none. xy_m: (p, 2). label: (p,) grid. estimated: (p,)
    whether counts and place are estimated, the entrances being unknown or too heavy themselves. workloads: (p,) of
    each of the problem's, shared out by households.
    """

    building: Ints
    number: Ints
    households: Ints
    persons: Ints | None
    xy_m: Floats
    label: Ints
    estimated: Truths
    workloads: Mapping[str, Ints] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PartedTown:
    """A problem whose nodes are buildings left whole and parts of the others."""

    problem: Problem
    building: Ints
    """(n',) building of the original problem that each node is or belongs to."""
    number: Ints
    """(n',) number of the part, 0 for a whole building."""
    estimated: Truths

    def parts(self, labels: Ints) -> Parts | None:
        """The parts of the buildings that lie in several grids, None where there are none; labels: (n',)."""
        held = np.unique(np.column_stack([self.building, labels]), axis=0)[:, 0]
        several = np.bincount(held, minlength=int(self.building.max()) + 1) > 1
        rows = np.flatnonzero(several[self.building])
        if not len(rows):
            return None
        town = self.problem
        return Parts(
            building=self.building[rows],
            number=self.number[rows],
            households=town.households[rows],
            persons=None if town.persons is None else town.persons[rows],
            xy_m=town.xy_m[rows],
            label=labels[rows],
            estimated=self.estimated[rows],
            workloads={name: load[rows] for name, load in town.workloads.items()},
        )

    def whole_labels(self, labels: Ints) -> Ints:
        """(n,) one grid for each building of the original problem: that of most of its households."""
        grids = int(labels.max()) + 1
        held = np.zeros((int(self.building.max()) + 1, grids))
        np.add.at(held, (self.building, labels), self.problem.households + 1e-3)
        label: Ints = held.argmax(axis=1)
        return label


def divisible(problem: Problem, rules: Rules, share: float) -> Ints:
    """Places of the buildings above a share of the most that a grid may hold, but those locked to others or held."""
    heavy = np.zeros(len(problem), dtype=np.bool_)
    for _, counts, band in counted_bands(problem, rules):
        heavy |= counts > share * band[1]
    return np.flatnonzero(heavy & unheld(problem))


def unheld(problem: Problem) -> Truths:
    """(n,) buildings that are neither locked to others nor held in a grid."""
    if problem.holds is None:
        return np.ones(len(problem), dtype=np.bool_)
    group = problem.holds.group
    free: Truths = (group < 0) | ((problem.holds.size[group] == 1) & (problem.holds.pin[group] < 0))
    return free


def without_apart(problem: Problem, buildings: Truths) -> Truths:
    """(n,) those of the buildings that no pair kept apart speaks of."""
    left = buildings.copy()
    if problem.apart is not None:
        left[problem.apart] = False
    return left


def part_buildings(problem: Problem, rules: Rules, places: Ints, fineness: int = 6) -> PartedTown:
    """Divide some buildings. Parts of a building are neighbours in a chain along its axis, as dear to cut as its
    dearest border; each neighbour of the building touches the part nearest to it, or to the border that they
    share where that is known.
    fineness: what is estimated holds at most this part of the most that a grid may hold.
    """
    chosen = np.zeros(len(problem), dtype=np.bool_)
    chosen[places] = True
    rows: list[tuple[int, int, Entrance, bool]] = []
    first = np.zeros(len(problem) + 1, dtype=np.int64)
    for place in range(len(problem)):
        pieces = list(_pieces(problem, rules, place, fineness)) if chosen[place] else []
        if len(pieces) > 1:
            rows += [(place, i + 1, piece, guess) for i, (piece, guess) in enumerate(pieces)]
        else:
            rows.append((place, 0, _whole(problem, place), False))
        first[place + 1] = len(rows)
    building = np.array([row[0] for row in rows])
    number = np.array([row[1] for row in rows])
    households = np.array([row[2].households for row in rows])
    xy = np.array([row[2].xy_m for row in rows], dtype=np.float64)
    edges, border, cost = _join(problem, first, number, xy)
    names = problem.building_ids
    parted = Problem(
        [PartId(names[place], i) if i else names[place] for place, i, _, _ in rows],
        households,
        None if problem.persons is None else [row[2].persons for row in rows],
        xy,
        edges,
        border,
        cost,
        estates=None if problem.estates is None else problem.estates[building],
        locked=None if problem.locked is None else np.where(number > 0, -1, problem.locked[building]),
        current=None if problem.current is None else problem.current[building],
        pinned=None if problem.pinned is None else problem.pinned[building],
        apart=None if problem.apart is None else _keep_apart(problem.apart, first),
        patches=None if problem.patches is None else problem.patches[building],
        workloads={name: share_out(load, building, households) for name, load in problem.workloads.items()},
    )
    if problem.soft_locks is not None:
        parted = parted.with_soft_locks(problem.soft_locks[building])
    return PartedTown(parted, building, number, np.array([row[3] for row in rows], dtype=np.bool_))


def _keep_apart(apart: Ints, first: Ints) -> Ints:
    """Every part of a building and every part of one that it must not share a grid with."""
    pairs = [
        np.stack(np.meshgrid(*(np.arange(first[end], first[end + 1]) for end in pair)), axis=-1).reshape(
            -1, 2
        )
        for pair in apart
    ]
    return np.concatenate(pairs)


def share_out(totals: Ints, building: Ints, weight: Ints) -> Ints:
    """(p,) shares of each building's total in proportion to a weight, as whole numbers that add up to it exactly.

    building: (p,) in rising order; parts of a building without any weight count alike.
    """
    weight = np.where(np.bincount(building, weights=weight)[building] > 0, weight, 1)
    whole = np.bincount(building, weights=weight).astype(np.int64)[building]
    first = np.searchsorted(building, building)
    before = np.cumsum(weight) - weight
    before -= before[first]
    upper, lower = (totals[building] * reached // whole for reached in (before + weight, before))
    shares: Ints = upper - lower
    return shares


def _whole(problem: Problem, place: int) -> Entrance:
    persons = 0 if problem.persons is None else int(problem.persons[place])
    return Entrance(int(problem.households[place]), persons, _point(problem.xy_m[place]))


def _point(xy: Floats) -> tuple[float, float]:
    return float(xy[0]), float(xy[1])


def _pieces(problem: Problem, rules: Rules, place: int, fineness: int) -> Iterator[tuple[Entrance, bool]]:
    """Parts of a building in their order along its axis, and whether each is estimated."""
    axis = _half_axis(problem, place)
    known = problem.entrances.get(problem.building_ids[place], ())
    if not known:
        whole = _whole(problem, place)
        filled = _filled(problem, rules, place, whole)
        yield from ((piece, True) for piece in _divide(whole, math.ceil(filled * fineness), axis))
        return
    for entrance in sorted(known, key=lambda entrance: float(np.dot(entrance.xy_m, axis))):
        filled = _filled(problem, rules, place, entrance)
        if filled > 1:
            pieces = _divide(entrance, math.ceil(filled * fineness), axis / len(known))
            yield from ((piece, True) for piece in pieces)
        else:
            yield entrance, False


def _filled(problem: Problem, rules: Rules, place: int, part: Entrance) -> Fraction:
    """How many grids the counts of a part would fill at the least; workloads in proportion to its households."""
    own, filled = int(problem.households[place]), Fraction(0)
    for rule, counts, band in counted_bands(problem, rules):
        count = Fraction(int(counts[place]))
        if rule in Entrance._fields:
            count = Fraction(getattr(part, rule))
        elif own:
            count *= Fraction(part.households, own)
        filled = max(filled, count / max(band[1], 1))
    return filled


def _divide(whole: Entrance, wanted: int, axis: Floats) -> list[Entrance]:
    """Even parts along an axis: so many as are wanted, two at the least, but none without households."""
    parts = max(1, min(max(wanted, 2), whole.households or wanted))
    steps = np.arange(parts + 1)
    h, p = (np.diff(count * steps // parts) for count in (whole.households, whole.persons))
    along = (2 * np.arange(parts) + 1) / parts - 1
    xy = np.array(whole.xy_m) + along[:, None] * axis
    return [Entrance(int(h[i]), int(p[i]), _point(xy[i])) for i in range(parts)]


def _half_axis(problem: Problem, place: int) -> Floats:
    """(2,) from the middle of a building to the end of its long axis: as given, else guessed from its neighbours."""
    if problem.axes_m is not None and problem.axes_m[place].any():
        given: Floats = problem.axes_m[place]
        return given
    touching = problem.edges[(problem.edges == place).any(axis=1)]
    around = problem.xy_m[touching[touching != place]] - problem.xy_m[place]
    if not len(around):
        return np.array([1.0, 0.0])
    _, axes = np.linalg.eigh(around.T @ around)
    reach = float(np.sqrt((around**2).sum(axis=1)).mean()) / 3
    guessed: Floats = axes[:, -1] * max(reach, 1.0)
    return guessed


def _join(problem: Problem, first: Ints, number: Ints, xy: Floats) -> tuple[Ints, Floats, Floats]:
    """Edges of the parted town with the length and the cost of their borders."""
    edges = []
    for edge, (a, b) in enumerate(problem.edges):
        ours, theirs = np.arange(first[a], first[a + 1]), np.arange(first[b], first[b + 1])
        if problem.touch_m is None:
            gap = ((xy[ours][:, None] - xy[theirs][None]) ** 2).sum(axis=2)
        else:
            near, far = (((xy[own] - problem.touch_m[edge]) ** 2).sum(axis=1) for own in (ours, theirs))
            gap = near[:, None] + far[None]
        i, j = np.unravel_index(int(gap.argmin()), gap.shape)
        edges.append((ours[i], theirs[j]))
    dearest, longest = np.ones(len(problem)), np.ones(len(problem))
    for end in (0, 1):
        np.maximum.at(dearest, problem.edges[:, end], problem.border_cost)
        np.maximum.at(longest, problem.edges[:, end], problem.border_m)
    follows = np.flatnonzero(number > 1)
    of = np.searchsorted(first, follows, side="right") - 1
    chain = np.column_stack([follows - 1, follows])
    return (
        np.concatenate([np.array(edges, dtype=np.int64).reshape(-1, 2), chain]),
        np.concatenate([problem.border_m, longest[of]]),
        np.concatenate([problem.border_cost, dearest[of]]),
    )
