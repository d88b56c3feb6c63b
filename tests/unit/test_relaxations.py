"""Relaxations against an enumeration of all divisions that shares no code with the engine."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from partitioning import Problem, Relaxation, Rules, draw_grids
from partitioning.relax import approach, least_step
from tests.towns.drawn import town


def set_partitions(n: int) -> list[list[list[int]]]:
    """Every division of n things into sets."""
    if n == 0:
        return [[]]
    found = []
    for division in set_partitions(n - 1):
        found.append([*division, [n - 1]])
        found += [[*division[:i], [*group, n - 1], *division[i + 1 :]] for i, group in enumerate(division)]
    return found


DIVISIONS = set_partitions(7)


def joined(group: list[int], pairs: set[tuple[int, int]]) -> bool:
    """Whether a walk over neighbours reaches the whole group."""
    reached, waiting = {group[0]}, [group[0]]
    while waiting:
        at = waiting.pop()
        for other in group:
            if other not in reached and ((at, other) in pairs or (other, at) in pairs):
                reached.add(other)
                waiting.append(other)
    return len(reached) == len(group)


def has_plan(problem: Problem, rules: Rules, locked: list[int]) -> bool:
    """Whether any division into connected grids keeps the bands, the number of grids and the locks."""
    pairs = {(int(a), int(b)) for a, b in problem.edges}
    labels = {lock for lock in locked if lock >= 0}
    low, high = rules.households
    for division in DIVISIONS:
        if len(division) not in rules.grid_range:
            continue
        sums = [sum(int(problem.households[i]) for i in group) for group in division]
        mean = sum(sums) / len(sums)
        tolerance = rules.balance_tolerance
        if not all(low <= value <= high for value in sums):
            continue
        if tolerance is not None and any(abs(value - mean) > tolerance * mean + 1e-9 for value in sums):
            continue
        if any(len({k for k, g in enumerate(division) for i in g if locked[i] == x}) > 1 for x in labels):
            continue
        if all(joined(group, pairs) for group in division):
            return True
    return False


def some_problem(seed: int) -> tuple[Problem, Rules, list[int]]:
    """Seven buildings in a row with a few more neighbours and perhaps a gap, hard to divide."""
    rng = np.random.default_rng(seed)
    pairs = [pair for pair in pairwise(range(7)) if rng.random() < 0.9]
    pairs += [(i, i + 2) for i in range(5) if rng.random() < 0.2]
    locked = np.where(rng.random(7) < 0.3, rng.integers(0, 2, 7), -1) if seed % 3 == 0 else np.full(7, -1)
    households = rng.integers(80, 291, 7).tolist()
    problem = town([(float(i), float(i % 2)) for i in range(7)], pairs, households, locked=locked)
    tolerance = 0.2 if seed % 4 == 1 else None
    rules = Rules(grids=(3, 5), households=(200, 400), persons=None, balance_tolerance=tolerance)
    return problem, rules, locked.tolist()


def loosened(
    rules: Rules, locked: list[int], problem: Problem, way: Relaxation, back: int
) -> tuple[Rules, list[int]]:
    """Rules and locks after a relaxation, `back` steps short of it."""
    if way.end == "release":
        freed = {problem.building_ids.index(name) for name in way.buildings}
        return rules, [-1 if i in freed else lock for i, lock in enumerate(locked)]
    if way.end == "tolerance":
        return replace(rules, balance_tolerance=way.value - back / 1000), locked
    low, high = getattr(rules, way.rule)
    band = (low, int(way.value) - back) if way.end == "most" else (int(way.value) + back, high)
    return replace(rules, **{way.rule: band}), locked


def helpful_ends(problem: Problem, rules: Rules, locked: list[int]) -> set[tuple[str, str]]:
    """The rules' ends of which one alone, moved as far as can be, admits a plan."""
    (low, high), (fewest, most) = rules.households, rules.grids
    widest = {
        ("households", "most"): replace(rules, households=(low, 10_000)),
        ("households", "least"): replace(rules, households=(1, high)),
        ("grids", "most"): replace(rules, grids=(fewest, 7)),
        ("grids", "least"): replace(rules, grids=(1, most)),
    }
    if rules.balance_tolerance is not None:
        widest["balance", "tolerance"] = replace(rules, balance_tolerance=7.0)
    ends = {end for end, changed in widest.items() if has_plan(problem, changed, locked)}
    freed = has_plan(problem, rules, [-1] * len(locked))
    return ends | {("locked", "release")} if freed else ends


@pytest.mark.parametrize("seed", range(40))
def test_statuses_and_relaxations_agree_with_all_divisions(seed):
    problem, rules, locked = some_problem(seed)
    outcome = draw_grids(problem, rules=rules)
    if has_plan(problem, rules, locked):
        assert outcome.status in {"feasible", "optimal"}
        return
    assert outcome.status == "infeasible"
    helpful = helpful_ends(problem, rules, locked)
    for reason in outcome.reasons:
        named = [way for way in (reason.relaxation, *reason.other_relaxations) if way and way.confirmed]
        assert {(way.rule, way.end) for way in named} == helpful
        for way in named:
            assert has_plan(problem, *loosened(rules, locked, problem, way, 0)), way
            if way.end != "release":
                assert not has_plan(problem, *loosened(rules, locked, problem, way, 1)), way


def test_many_of_them_have_no_plan():
    """The problems above are no easy ones: what they prove would otherwise be little."""
    statuses = [draw_grids(problem, rules=rules).status for problem, rules, _ in map(some_problem, range(40))]
    assert statuses.count("infeasible") >= 10


@pytest.mark.parametrize("reach", [1, 2, 3, 7, 8, 9, 100])
def test_the_least_step_is_found_by_doubling(reach):
    for least in range(1, reach + 3):
        asked = []

        def holds(step, least=least, asked=asked):
            asked.append(step)
            return step >= least

        assert least_step(holds, 1, reach) == (least if least <= reach else None)
        assert max(asked, default=0) <= min(reach, 2 * least)
    assert least_step(lambda _: True, 1, 0) is None


@pytest.mark.parametrize("reach", [1, 2, 3, 7, 8, 9, 100])
def test_an_approach_tells_what_is_ruled_out_from_what_is_found(reach):
    """No plan below `least`, which is proven; one from `found` on; between the two nothing is known."""
    for least in range(1, reach + 2):
        for found in {least, min(least + 2, reach + 1), reach + 1}:

            def admits(step, least=least, found=found):
                return True if step >= found else None if step >= least else False

            expected = (least if least <= reach else None, found if found <= reach else None)
            open_from, reached = approach(admits, 1, reach, 50)
            assert reached == expected[1]
            if found == least:
                assert open_from == expected[0]
            elif open_from is not None:
                assert open_from <= least
    assert approach(lambda _: None, 4, 9, 50) == (4, None)
    assert approach(lambda step: step >= 9, 4, 9, 1) == (5, None)
