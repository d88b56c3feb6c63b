"""Proofs by arithmetic that what is locked or held in grids leaves no plan."""

from collections.abc import Iterator

import numpy as np

from partitioning.bands import counted_bands, fits_band
from partitioning.core import Core
from partitioning.graph import Ints, Truths, components
from partitioning.holds import Holds
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.rules import Rules


def prove_holds(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """Groups of buildings that must share a grid but cannot, and more grids held than may be."""
    holds = problem.holds
    if holds is None:
        return
    conflicts = list(_conflicts(problem, holds))
    yield from conflicts
    if conflicts:
        return
    _, component = components(len(problem), problem.edges)
    for group in range(len(holds.size)):
        places = np.flatnonzero(holds.group == group)
        grid = int(holds.pin[group]) if holds.pin[group] >= 0 else None
        pieces = len(np.unique(component[places]))
        if pieces > 1:
            yield Reason("locked", "lock_apart", pieces, 1, problem.names(places), grid)
        else:
            yield from _out_of_reach(problem, rules, core, holds, group)
        yield from _too_heavy(problem, rules, places, grid)
    yield from _too_many(problem, rules, core)


def _conflicts(problem: Problem, holds: Holds) -> Iterator[Reason]:
    """Buildings that must share a grid although they are held in several."""
    if problem.pinned is None:
        return
    for group in range(len(holds.size)):
        places = np.flatnonzero(holds.group == group)
        pins = np.unique(problem.pinned[places])
        grids = len(pins[pins >= 0])
        if grids > 1:
            yield Reason("locked", "lock_pinned_twice", grids, 1, problem.names(places))


def _too_heavy(problem: Problem, rules: Rules, places: Ints, grid: int | None) -> Iterator[Reason]:
    for rule, counts, band in counted_bands(problem, rules):
        value = int(counts[places].sum())
        if len(places) > 1 and value > band[1]:
            names = problem.names(places)
            yield Reason(rule, "lock_heavy", value, band[1], names, grid, Relaxation(rule, "most", value))


def _out_of_reach(problem: Problem, rules: Rules, core: Core, holds: Holds, group: int) -> Iterator[Reason]:
    """A group that the ground held in other grids parts, or leaves too little ground to fill a grid."""
    places = np.flatnonzero(holds.group == group)
    grounds = [_reach(problem, holds, places, pin) for pin in _pins_for(holds, group)]
    pieces = min((count for count, _ in grounds), default=1)
    if pieces > 1:
        grid = int(holds.pin[group]) if holds.pin[group] >= 0 else None
        yield Reason("locked", "held_apart", pieces, 1, problem.names(places), grid)
    elif holds.pin[group] >= 0 and not np.isin(places, core.waived).any():
        reach = grounds[0][1]
        reach[core.waived] = False
        for rule, counts, band in counted_bands(problem, rules):
            value = int(counts[reach].sum())
            if value < band[0]:
                names, way = problem.names(places), Relaxation(rule, "least", value)
                yield Reason(rule, "held_light", value, band[0], names, int(holds.pin[group]), way)


def _pins_for(holds: Holds, group: int) -> Ints:
    """The pins that a group's grid may have."""
    pins: Ints = holds.pin[group : group + 1]
    return pins if pins[0] >= 0 else np.unique(holds.pin[holds.pin >= 0])


def _reach(problem: Problem, holds: Holds, places: Ints, pin: int) -> tuple[int, Truths]:
    """Number of pieces that buildings lie in without the ground of all pins but one, and (n,) all they reach."""
    pins = np.where(holds.group >= 0, holds.pin[holds.group], -1)
    own = (pins < 0) | (pins == pin)
    _, component = components(len(problem), problem.edges[own[problem.edges].all(axis=1)])
    reached = np.unique(component[places])
    return len(reached), own & np.isin(component, reached)


def _too_many(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """Buildings held in more grids than the rules allow, each for itself, for these counts."""
    if problem.pinned is None:
        return
    held = len(np.unique(problem.pinned[problem.pinned >= 0]))
    rest = most_grids(rules, core)
    pinned_waived = int((problem.pinned[core.waived] >= 0).sum())
    if rest is None or held - pinned_waived <= rest:
        return
    most = rest + pinned_waived
    way = Relaxation("grids", "most", held) if rest + len(core.waived) == rules.grid_range[-1] else None
    places = np.flatnonzero(problem.pinned >= 0)
    yield Reason("locked", "held_too_many", held, most, problem.names(places), None, way)


def most_grids(rules: Rules, core: Core) -> int | None:
    """The most grids that rules and totals allow beside those of waived buildings, each rule for itself; None where
    they allow none.
    """
    rest = numbers_beside(rules, core)
    return rest[-1] if rest else None


def numbers_beside(rules: Rules, core: Core) -> list[int]:
    """The numbers of grids that rules and totals allow beside those of waived buildings, each rule for itself."""
    rest = [grids - len(core.waived) for grids in rules.grid_range if grids > len(core.waived)]
    for rule, band in rules.hard_bands.items():
        if rule in core.columns:
            total = int(core.totals[:, core.columns.index(rule)].sum())
            rest = [k for k in rest if fits_band(total, band, k)]
    return rest
