"""Real communities of up to 16 buildings: what the engine calls infeasible, and the change that it says would help,
against an enumeration of all connected grids that shares no code with it.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gis_core.exchange.options import ImportOptions
from gis_core.exchange.plan_file import towns_of
from gis_core.exchange.read import read_source
from gis_core.plans.drawing import Town, draw_town
from partitioning import Problem, Relaxation, Rules

MOST = 16
FILES = {"singapore_queenstown.gpkg": 19, "shanghai_huangpu_lujiazui_cn.gpkg": 6}
OWN_GRID = Rules(persons=None, oversized="own_grid")
RULES = {
    "refuse": replace(OWN_GRID, oversized="refuse"),
    "own grid": OWN_GRID,
    "few grids": replace(OWN_GRID, grids=(4, 5)),
    "tight band": replace(OWN_GRID, households=(190, 300)),
    "balanced": replace(OWN_GRID, balance_tolerance=0.15),
}


def connected_sets(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """All sets of buildings that their neighbours join, as bit masks, and their households."""
    n = len(problem)
    masks = np.arange(1, 2**n)
    near = np.zeros(n, dtype=np.int64)
    for a, b in problem.edges:
        near[a] |= 1 << b
        near[b] |= 1 << a
    reached = masks & -masks
    while True:
        wider = reached.copy()
        for v in range(n):
            wider |= np.where(wider >> v & 1, near[v] & masks, 0)
        if np.array_equal(wider, reached):
            break
        reached = wider
    masks = masks[reached == masks]
    bits = masks[:, None] >> np.arange(n) & 1
    return masks, bits @ problem.households


def has_plan(problem: Problem, rules: Rules, sets: tuple[np.ndarray, np.ndarray]) -> bool:
    """Whether connected sets that keep the rules tile the ground, for any number of grids that is allowed."""
    masks, households = sets
    low, high = rules.households
    alone = (
        [1 << i for i in np.flatnonzero(problem.households > high)] if rules.oversized == "own_grid" else []
    )
    rest = (1 << len(problem)) - 1 - sum(alone)
    total = int(households[masks == rest].sum()) if (masks == rest).any() else None
    if total is None:
        total = int(problem.households[[i for i in range(len(problem)) if rest >> i & 1]].sum())
    for grids in rules.grid_range:
        ordinary = grids - len(alone)
        if ordinary < 0 or (ordinary == 0) != (rest == 0):
            continue
        keeps = (households >= low) & (households <= high) & (masks & ~rest == 0)
        if rules.balance_tolerance is not None and ordinary:
            mean = total / ordinary
            keeps &= np.abs(households - mean) <= rules.balance_tolerance * mean + 1e-9
        if tiles(rest, ordinary, masks[keeps]):
            return True
    return False


def tiles(ground: int, grids: int, masks: np.ndarray) -> bool:
    """Whether so many of the sets tile the ground."""
    lowest = masks & -masks

    @cache
    def covers(rest: int, grids: int) -> bool:
        if grids == 0 or rest == 0:
            return grids == 0 and rest == 0
        fitting = masks[(lowest == (rest & -rest)) & (masks & ~rest == 0)]
        return any(covers(rest & ~int(mask), grids - 1) for mask in fitting)

    return covers(ground, grids)


def relaxed(rules: Rules, way: Relaxation, back: int) -> Rules:
    """The rules after a change, `back` steps short of it."""
    if way.end == "tolerance":
        return replace(rules, balance_tolerance=way.value - back / 1000)
    low, high = getattr(rules, way.rule)
    band = (low, int(way.value) - back) if way.end == "most" else (int(way.value) + back, high)
    return replace(rules, **{way.rule: band})


@cache
def small_towns(file: Path) -> tuple[Town, ...]:
    """The communities of a file that have few enough buildings."""
    options = ImportOptions(by="community_id")
    towns = towns_of(read_source(file, options), options).towns
    return tuple(town for town in towns if len(town.building_ids) <= MOST)


@pytest.mark.parametrize(("file", "towns"), FILES.items())
@pytest.mark.parametrize("name", RULES)
def test_what_is_infeasible_has_no_plan(file: str, towns: int, name: str, shared_data: Path) -> None:
    rules = RULES[name]
    small = small_towns(shared_data / file)
    assert len(small) == towns
    refused = 0
    for town in small:
        drawing = draw_town(town, rules, effort="fast")
        outcome, sets = drawing.outcome, connected_sets(drawing.problem)
        found = has_plan(drawing.problem, rules, sets)
        assert outcome.status in ({"feasible", "optimal"} if found else {"infeasible"}), town.code
        refused += outcome.status == "infeasible"
        for reason in outcome.reasons[:1]:
            for way in (reason.relaxation, *reason.other_relaxations):
                if way is not None and way.confirmed:
                    assert has_plan(drawing.problem, relaxed(rules, way, 0), sets), (town.code, way)
                    assert not has_plan(drawing.problem, relaxed(rules, way, 1), sets), (town.code, way)
    assert refused >= 4
