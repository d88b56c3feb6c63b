"""Problems without a plan, of each kind, whose smallest relaxation is known by the way they are made.

Most are strips: a lattice whose columns fall into blocks, one grid each. What the blocks hold is chosen, and shared out
among their buildings by chance; a rule then asks for a little more than they have. Each case says which change is the
smallest of its kind: that it admits a plan is seen from the blocks, and that no smaller one does, from the argument in
its docstring.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from partitioning import Problem, Relaxation, Rules
from tests.towns.drawn import lattice, path, town

SIZES = {"small": (2, 1), "50": (5, 2), "200": (8, 5), "800": (16, 10)}
"""Columns of a block, and rows."""


@dataclass(frozen=True, eq=False)
class Case:
    """A problem that has no plan. smallest: the smallest changes that admit one, as far as they are known."""

    kind: str
    problem: Problem
    rules: Rules
    smallest: tuple[Relaxation, ...]


def share(rng: np.random.Generator, total: int, parts: int, least: int = 1) -> list[int]:
    """A total shared out among buildings, each with so many at the least."""
    return (least + rng.multinomial(total - least * parts, np.full(parts, 1 / parts))).tolist()


def strip(rng: np.random.Generator, size: str, blocks: list[int], **more: list[int]) -> Problem:
    """Blocks of buildings side by side with these households; more: further counts of each block, by name."""
    columns, rows = SIZES[size]

    def spread(totals: list[int]) -> list[int]:
        held = [np.array(share(rng, total, columns * rows)).reshape(rows, columns) for total in totals]
        return np.concatenate(held, axis=1).ravel().tolist()

    counts = {name: spread(totals) for name, totals in more.items()}
    return lattice(columns * len(blocks), rows, spread(blocks), **counts)


def only(**rules: object) -> Rules:
    return Rules(**{"persons": None, **rules})


def total_below(rng: np.random.Generator, size: str) -> Case:
    """Five blocks of 200, at least 201 and more asked for: five grids hold 200 in the mean."""
    block, low = int(rng.integers(1500, 2500)), int(rng.integers(1, 40))
    problem = strip(rng, size, [block] * 5)
    return Case(
        "total_below",
        problem,
        only(grids=(5, 7), households=(block + low, 2 * block)),
        (Relaxation("households", "least", block),),
    )


def total_above(rng: np.random.Generator, size: str) -> Case:
    """Five blocks, a little less than each has allowed, and no more grids."""
    block, over = int(rng.integers(1500, 2500)), int(rng.integers(1, 40))
    return Case(
        "total_above",
        strip(rng, size, [block] * 5),
        only(grids=(3, 5), households=(block // 2, block - over)),
        (Relaxation("households", "most", block),),
    )


def total_between(rng: np.random.Generator, size: str) -> Case:
    """Too much for five grids, and six of the least are more than there is."""
    block, over = int(rng.integers(1500, 2500)), int(rng.integers(1, 40))
    least = 5 * block // 6 + 1
    return Case(
        "total_between",
        strip(rng, size, [block] * 5),
        only(grids=(3, 8), households=(least, block - over)),
        (Relaxation("households", "most", block),),
    )


def persons_below(rng: np.random.Generator, size: str) -> Case:
    """The households need five grids, and the persons are a few too few for five."""
    block, few = int(rng.integers(1500, 2500)), int(rng.integers(1, 40))
    problem = strip(rng, size, [block] * 5, persons=[3 * block] * 5)
    return Case(
        "no_common_number",
        problem,
        Rules(grids=(2, 8), households=(5 * block // 6 + 1, block), persons=(3 * block + few, 6 * block)),
        (Relaxation("persons", "least", 3 * block),),
    )


def workload_above(rng: np.random.Generator, size: str) -> Case:
    """The households need five grids, and the visits are too many for five."""
    block = int(rng.integers(1500, 2500))
    problem = strip(rng, size, [block] * 5)
    visits = 2 * problem.households
    return Case(
        "no_common_number",
        problem.change(workloads={"visits": visits}),
        only(
            grids=(2, 8),
            households=(5 * block // 6 + 1, block),
            workloads={"visits": (1, 2 * block - int(rng.integers(1, 40)))},
        ),
        (Relaxation("visits", "most", 2 * block),),
    )


def oversized(rng: np.random.Generator, size: str) -> Case:
    """One building above the most, which may be a grid by itself."""
    block = int(rng.integers(1500, 2500))
    problem = strip(rng, size, [block] * 5)
    households = problem.households.copy()
    columns, _ = SIZES[size]
    last = np.arange(len(households)) % (5 * columns) >= 4 * columns
    heavy = block + int(rng.integers(1, 400))
    households[last] = 0
    households[int(rng.choice(np.flatnonzero(last)))] = heavy
    return Case(
        "oversized",
        problem.change(households=households),
        only(grids=5, households=(block, block)),
        (Relaxation("households", "most", heavy),),
    )


def too_few_buildings(rng: np.random.Generator, _size: str) -> Case:
    """Three or more buildings that each fill a grid, and more grids asked for."""
    n = int(rng.integers(3, 7))
    return Case(
        "too_few_buildings",
        path(rng.integers(200, 300, n).tolist()),
        only(grids=(n + int(rng.integers(1, 4)), 12), households=(150, 300)),
        (Relaxation("grids", "least", n),),
    )


def island(rng: np.random.Generator, size: str, east: list[int], blocks: list[int]) -> Problem:
    """Blocks, and a row of buildings across the water."""
    main = strip(rng, size, blocks)
    n, m = len(main), len(east)
    xy = [tuple(point) for point in main.xy_m / 100] + [(-9.0 - i, 0.0) for i in range(m)]
    edges = [tuple(pair) for pair in main.edges.tolist()] + [(n + i, n + i + 1) for i in range(m - 1)]
    return town(xy, edges, [*main.households.tolist(), *east])


def part_below(rng: np.random.Generator, size: str) -> Case:
    """An island below the least, the other blocks at or above it."""
    block = int(rng.integers(1500, 2500))
    small = block - int(rng.integers(1, 900))
    problem = island(rng, size, share(rng, small, 3), [block] * 4)
    return Case(
        "part_below",
        problem,
        only(grids=(2, 8), households=(block, 2 * block - 1)),
        (Relaxation("households", "least", small),),
    )


def part_between(rng: np.random.Generator, size: str) -> Case:
    """An island of two buildings that each exceed the most by a little, while three grids are more than it has."""
    block = int(rng.integers(1500, 2500))
    heavy = block + int(rng.integers(1, 100))
    problem = island(rng, size, [*share(rng, heavy, 2), *share(rng, heavy, 2)], [block] * 4)
    return Case(
        "part_between",
        problem,
        only(grids=(2, 8), households=(2 * heavy // 3 + 1, block)),
        (Relaxation("households", "most", heavy),),
    )


def parts_total(rng: np.random.Generator, size: str) -> Case:
    """Two islands of as many grids as blocks and no other number, and one more asked for."""
    block = int(rng.integers(1500, 2500))
    problem = island(rng, size, [block, block], [block] * 4)
    return Case(
        "parts_total",
        problem,
        only(grids=(7, 7), households=(4 * block // 5 + 1, block)),
        (Relaxation("grids", "least", 6),),
    )


def lock_heavy(rng: np.random.Generator, size: str) -> Case:
    """A whole block locked, a little above the most. One of its buildings less will do, as the next block has room."""
    columns, _ = SIZES[size]
    block = int(rng.integers(1500, 2500))
    problem = strip(rng, size, [block + 5, block // 2, block, block, block])
    column = np.arange(len(problem)) % (5 * columns)
    households = problem.households.copy()
    first = np.flatnonzero(column < columns)
    households[first] = 1
    households[columns - 1] = block + 5 - (len(first) - 1)  # nearly all of it stands beside the next block
    locked = np.where(column < columns, 0, -1)
    return Case(
        "lock_heavy",
        problem.change(households=households, locked=locked),
        only(grids=5, households=(1, block)),
        (Relaxation("households", "most", block + 5),),
    )


def lock_apart(rng: np.random.Generator, size: str) -> Case:
    """One building on either side of the water."""
    problem = island(rng, size, [2000], [2000] * 4)
    locked = np.full(len(problem), -1)
    locked[[int(rng.integers(len(problem) - 1)), len(problem) - 1]] = 3
    return Case(
        "lock_apart", problem.change(locked=locked), only(grids=5, households=(2000, 2000)), (release(1),)
    )


def lock_pinned_twice(rng: np.random.Generator, size: str) -> Case:
    """Two neighbours locked together and held in two grids."""
    problem = strip(rng, size, [2000] * 5)
    columns, _ = SIZES[size]
    locked, pinned = np.full(len(problem), -1), np.full(len(problem), -1)
    locked[[columns - 1, columns]] = 0
    pinned[columns - 1], pinned[columns] = 0, 1
    return Case(
        "lock_pinned_twice",
        problem.change(locked=locked, pinned=pinned),
        only(grids=5, households=(1500, 2500)),
        (release(1),),
    )


def held_light(rng: np.random.Generator, _size: str) -> Case:
    """A dead end held in one grid behind a building that is held in another."""
    light = int(rng.integers(60, 140))
    problem = path([light, 200, 200, 200, 200], pinned=[0, 1, -1, -1, -1])
    return Case(
        "held_light",
        problem,
        only(grids=(3, 5), households=(150, 400)),
        (Relaxation("households", "least", light), release(1)),
    )


def held_apart(rng: np.random.Generator, _size: str) -> Case:
    """a - b - c: the ends in one grid, the middle in another."""
    problem = path(rng.integers(150, 200, 4).tolist(), pinned=[0, 1, 0, -1])
    return Case("held_apart", problem, only(grids=(2, 4), households=(100, 700)), (release(1),))


def release(count: int) -> Relaxation:
    return Relaxation("locked", "release", count)


def unbalanced_building(rng: np.random.Generator, size: str) -> Case:
    """Five grids of 2,000 in the mean; one building has more, the others share the rest evenly."""
    over = 4 * int(rng.integers(40, 150))
    columns, _ = SIZES[size]
    problem = strip(rng, size, [2000 - over // 4] * 4 + [2000 + over])
    last = np.flatnonzero(np.arange(len(problem)) % (5 * columns) >= 4 * columns)
    households = problem.households.copy()
    households[last] = 0
    households[last[0]] = 2000 + over
    return Case(
        "unbalanced_building",
        problem.change(households=households),
        only(grids=5, households=(100, 9000), balance_tolerance=(over - 2) / 2000),
        (Relaxation("balance", "tolerance", int(np.ceil(over / 2)) / 1000),),
    )


def tolerance_too_tight(rng: np.random.Generator, size: str) -> Case:
    """One household more than five grids can share evenly: 2,001 is .0004 above the mean, a thousandth allows it."""
    return Case(
        "tolerance_too_tight",
        strip(rng, size, [2001, 2000, 2000, 2000, 2000]),
        only(grids=5, households=(100, 9000), balance_tolerance=0.0),
        (Relaxation("balance", "tolerance", 0.001),),
    )


def towers(rng: np.random.Generator, size: str) -> Case:
    """One tower above half the most in each block, and a grid fewer allowed than there are towers."""
    problem = strip(rng, size, [200] * 8) if size != "800" else strip(rng, "200", [200] * 8)
    columns = SIZES["200" if size == "800" else size][0]
    households = np.zeros(len(problem), dtype=np.int64)
    column = np.arange(len(problem)) % (8 * columns)
    for block in range(8):
        households[int(rng.choice(np.flatnonzero(column // columns == block)))] = 200
    return Case(
        "packing",
        problem.change(households=households),
        only(grids=(4, 7), households=(150, 300)),
        (Relaxation("grids", "most", 8), Relaxation("households", "most", 400)),
    )


def dead_end(rng: np.random.Generator, size: str) -> Case:
    """A block of 200 at the border and behind it one of 140, in need of 150: both are 340 together."""
    light = int(rng.integers(110, 149))
    main = strip(rng, size, [240] * 5) if size == "small" else strip(rng, size, [1200] * 5)
    low, high = (150, 300) if size == "small" else (150, 1400)
    middle = high - light + int(rng.integers(1, 50))
    n = len(main)
    xy = [tuple(point) for point in main.xy_m / 100] + [(-1.0, 0.0), (-2.0, 0.0)]
    edges = [tuple(pair) for pair in main.edges.tolist()] + [(0, n), (n, n + 1)]
    problem = town(xy, edges, [*main.households.tolist(), middle, light])
    return Case(
        "dead_end",
        problem,
        only(grids=(6, 8), households=(low, high)),
        (Relaxation("households", "most", middle + light), Relaxation("households", "least", light)),
    )


def star(rng: np.random.Generator, _size: str) -> Case:
    """All leaves are too light for a grid, so that all are one grid with the middle."""
    households = rng.integers(60, 149, 7).tolist()
    xy = [(0.0, 0.0), *[(float(np.cos(i)), float(np.sin(i))) for i in range(6)]]
    problem = town(xy, [(0, i) for i in range(1, 7)], households)
    return Case(
        "star",
        problem,
        only(grids=(1, 4), households=(150, 300)),
        (Relaxation("households", "most", sum(households)),),
    )


def odd_one_out(rng: np.random.Generator, _size: str) -> Case:
    """Pairs of blocks of 100 make 200; three in a row and three more at the other end leave one over."""
    end, middle = int(rng.integers(90, 110)), int(rng.integers(200, 220))
    problem = path([end] * 3 + [middle] + [end] * 3)
    return Case(
        "no_packing",
        problem,
        only(grids=(4, 5), households=(2 * end, middle + end - 1)),
        (Relaxation("households", "least", end),),
    )


def apart_clique(rng: np.random.Generator, size: str) -> Case:
    """A building of each block must not share a grid with those of the others, and a grid fewer is allowed."""
    columns, _ = SIZES[size]
    problem = strip(rng, size, [2000] * 5)
    chosen = [block * columns + int(rng.integers(columns)) for block in range(5)]
    pairs = [(a, b) for i, a in enumerate(chosen) for b in chosen[i + 1 :]]
    return Case(
        "apart_too_many",
        problem.change(apart=pairs),
        only(grids=(2, 4), households=(1500, 5000)),
        (Relaxation("grids", "most", 5), Relaxation("apart", "release", 1)),
    )


ANY_SIZE: tuple[Callable[[np.random.Generator, str], Case], ...] = (
    *(total_below, total_above, total_between, persons_below, workload_above, oversized),
    *(part_below, part_between, parts_total, lock_heavy, lock_apart, lock_pinned_twice),
    *(unbalanced_building, tolerance_too_tight, towers, dead_end, apart_clique),
)
SMALL = (too_few_buildings, held_light, held_apart, star, odd_one_out)


def cases(size: str, seed: int) -> Iterator[Case]:
    """One case of each kind."""
    for number, make in enumerate((*ANY_SIZE, *SMALL) if size == "small" else ANY_SIZE):
        yield make(np.random.default_rng([seed, number]), size)


def apply(case: Case, way: Relaxation, back: int = 0) -> tuple[Problem, Rules]:
    """Problem and rules after a change, `back` steps short of it; releases are taken whole."""
    problem, rules, value = case.problem, case.rules, way.value
    if way.end == "release":
        return _release(problem, way), rules
    if way.end == "tolerance":
        return problem, replace(rules, balance_tolerance=value - back / 1000)
    low, high = rules.grids if way.rule == "grids" else rules.bands[way.rule]
    band = (low, int(value) - back) if way.end == "most" else (int(value) + back, high)
    if way.rule in (rules.workloads or {}):
        return problem, replace(rules, workloads={**rules.workloads, way.rule: band})
    return problem, replace(rules, **{way.rule: band})


def _release(problem: Problem, way: Relaxation) -> Problem:
    places = [problem.building_ids.index(name) for name in way.buildings]
    if way.rule == "apart":
        gone = {frozenset(pair) for pair in zip(places[::2], places[1::2], strict=True)}
        return problem.change(apart=[pair for pair in problem.apart.tolist() if frozenset(pair) not in gone])
    freed = {}
    for name in ("locked", "pinned"):
        labels = getattr(problem, name)
        if labels is not None:
            freed[name] = np.where(np.isin(np.arange(len(problem)), places), -1, labels)
    return problem.change(**freed)
