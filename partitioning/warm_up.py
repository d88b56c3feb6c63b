"""`python -m partitioning.warm_up`: compile the engine once, so that the first draw does not wait for it.

numba keeps the compiled code beside the sources and compiles again when they change. Set-up calls this. The search is
compiled in one process and all else in another, each of them about half of the work.
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import get_args

import numpy as np

from partitioning.bound import lower_bound
from partitioning.core import build_core, possible_cases
from partitioning.engine import draw_grids
from partitioning.exact_grounds import exact_grounds
from partitioning.local import Division, split_again
from partitioning.prepare import lay_ground
from partitioning.problem import Problem
from partitioning.refute import limits_of, refute
from partitioning.rules import Centres, Rules
from partitioning.target import make_target
from partitioning.terrain import survey

_RULES = Rules(grids=4, households=(150, 300), persons=None)


def warm_up() -> None:
    """Compile what draws need: packings, exact divisions, annealing, bounds and local certificates."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        for done in [processes.submit(_search), processes.submit(_prove)]:
            done.result()


def _search() -> None:
    draw_grids(_lattice(12, 8), rules=_RULES, certify=False)


def _prove() -> None:
    """Divide a few buildings exactly; bound and certify stripes of many, which need no search."""
    for centres in get_args(Centres):
        rules = replace(_RULES, centres=centres)
        draw_grids(_lattice(4, 60), rules=rules)
        town = lay_ground(_lattice(12, 8), rules)
        core = build_core(town, rules)
        target = make_target(town, rules, core, possible_cases(core, rules)[0])
        stripes = np.arange(len(town)) * rules.grid_range[-1] // len(town)
        lower_bound(town, core, target, stripes, patience=2)
        ground = exact_grounds(town, core).strict
        refute(survey(ground.level.graph, ground.level.counts), limits_of(target))
        division = Division(town, core, ground, target)
        split_again(division, stripes, lambda _: 1.0, lambda _: True, lambda: True)


def _lattice(side: int, households: int) -> Problem:
    """side x side buildings with so many households each, in estates of two rows, 20 m apart."""
    place = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [np.column_stack([place[:, :-1].ravel(), place[:, 1:].ravel()]),
         np.column_stack([place[:-1].ravel(), place[1:].ravel()])]
    )  # fmt: skip
    x, y = place.ravel() % side, place.ravel() // side
    return Problem(
        place.ravel().tolist(),
        np.full(side * side, households),
        None,
        20.0 * np.column_stack([x, y]),
        edges,
        np.full(len(edges), 20.0),
        np.full(len(edges), 10.0),
        estates=y // 2,
    )


if __name__ == "__main__":
    warm_up()
