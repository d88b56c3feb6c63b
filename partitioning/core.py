"""What is left to divide when oversized buildings have got grids of their own, and the cases that remain
possible.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from partitioning.bands import Bands, bands_for, columns_of, counted_bands, share_grids
from partitioning.graph import Ints, components
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.scores import oversized_buildings


class Core(NamedTuple):
    """The buildings that the bands count for, and the connected parts that they lie in."""

    members: Ints
    """Places in the problem."""
    waived: Ints
    """Places of the buildings that get grids of their own."""
    component: Ints
    """(len(members),) connected part of each member."""
    columns: tuple[str, ...]
    """What is counted: households, and all else that has a band."""
    counts: Ints
    """(len(members), columns) counts of each member."""
    totals: Ints
    """(parts, columns) counts of each part."""
    groups: Ints
    """(parts,) most grids that a part could have: buildings with households, those locked together as one."""
    pins: Ints
    """(parts,) grids that buildings of a part are held in, all different: the fewest that it can have."""
    most: int
    """Grids that there can be at the most as the splits of estates are limited: see `most_beside_estates`."""

    @property
    def households(self) -> int:
        """Households of all members."""
        return int(self.totals[:, 0].sum())


class Case(NamedTuple):
    """A number of grids that the arithmetic admits."""

    grids: int
    """Grids in all, those of waived buildings included."""
    bands: Bands
    """For the core; bands.grids leaves the waived ones out."""
    shares: list[int]
    """Grids of each part of the core."""


def build_core(problem: Problem, rules: Rules) -> Core:
    """Split off the buildings whose bands are waived and find the parts of the rest."""
    free = np.ones(len(problem), dtype=np.bool_)
    waived = (
        oversized_buildings(problem, rules) if rules.oversized == "own_grid" else np.empty(0, dtype=np.int64)
    )
    if problem.holds is not None:
        group = problem.holds.group[waived]
        waived = waived[(group < 0) | (problem.holds.size[group] == 1)]
    free[waived] = False
    members = np.flatnonzero(free)
    place = np.cumsum(free) - 1
    edges = place[problem.open_edges[free[problem.open_edges].all(axis=1)]]
    parts, component = components(len(members), edges) if len(members) else (0, members)
    columns = columns_of(problem, rules)
    counts = np.column_stack([problem.counts_of(rule) for rule in columns])[members]  # type: ignore[misc]
    totals = [np.bincount(component, weights=column, minlength=parts) for column in counts.T]
    return Core(
        members=members,
        waived=waived,
        component=component,
        columns=columns,
        counts=counts,
        totals=np.column_stack(totals).astype(np.int64),
        groups=_groups(problem, rules, members, component, parts),
        pins=_pins(problem, members, component, parts),
        most=most_beside_estates(problem, rules, members, waived),
    )


def most_beside_estates(problem: Problem, rules: Rules, members: Ints, waived: Ints) -> int:
    """Grids that the members can be divided into at the most: each touches an estate, of which there are as many as
    estates and splits together, those of waived buildings aside, or holds only buildings of none.
    """
    if rules.estate_splits is None or problem.estates is None:
        return len(members)
    touches = rules.estate_splits + problem.estate_places[2] - int((problem.estates[waived] >= 0).sum())
    outside = members[problem.estates[members] < 0]
    free = len(outside)
    for _, counts, (least, _) in counted_bands(problem, rules):
        if least > 0:
            free = min(free, int(counts[outside].sum()) // least)
    return touches + free


def _groups(problem: Problem, rules: Rules, members: Ints, component: Ints, parts: int) -> Ints:
    name = -1 - np.arange(len(members))
    if problem.holds is not None:
        name = np.where(problem.holds.group[members] >= 0, problem.holds.group[members], name)
    counted = problem.households[members] > 0
    if rules.hard_bands.get("households", (0, 0))[0] == 0:
        counted[:] = True
    if problem.holds is None:
        return np.bincount(component[counted], minlength=parts)
    pairs = np.unique(np.column_stack([component[counted], name[counted]]), axis=0)
    return np.bincount(pairs[:, 0], minlength=parts)


def _pins(problem: Problem, members: Ints, component: Ints, parts: int) -> Ints:
    if problem.pinned is None:
        return np.zeros(parts, dtype=np.int64)
    held = problem.pinned[members] >= 0
    pairs = np.unique(np.column_stack([component[held], problem.pinned[members][held]]), axis=0)
    return np.bincount(pairs[:, 0], minlength=parts)


def possible_cases(core: Core, rules: Rules) -> list[Case]:
    """The numbers of grids that totals, parts and building counts admit; heaviest buildings are not looked
    at.
    """
    return list(cases_among(core, rules, rules.grid_range))


def cases_among(core: Core, rules: Rules, numbers: Iterable[int]) -> Iterator[Case]:
    """Those of some numbers of grids that are possible, in their order."""
    for grids in numbers:
        rest = grids - len(core.waived)
        if not 0 <= rest <= core.most or (rest == 0) != (len(core.members) == 0):
            continue
        bands = bands_for(rules, core.columns, core.households, rest)
        choice = share_grids(bands, core.totals, core.groups, core.pins).choice
        if choice is not None:
            yield Case(grids, bands, choice)
