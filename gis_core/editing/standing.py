"""How a plan stands to its rules while it is edited: the engine's own judge, on the buildings that have a grid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis_core.editing.ground import Place
from gis_core.plans.drawing import Ints, known_rules, reason_record, scores_record
from partitioning import Problem, Rules, Scores, explain_notes, score_plan
from partitioning.explain import explain_violations


@dataclass(frozen=True, eq=False)
class Standing:
    """A plan's figures. scores: with grids from 0 as the engine has them, None where no building has a grid.

    loose: the buildings, households and persons that have none.
    """

    rules: Rules
    problem: Problem
    scores: Scores | None
    loose: Mapping[str, int | None]

    @property
    def keeps_rules(self) -> bool:
        """Whether every building has a grid and no hard rule is broken."""
        return self.scores is not None and not self.scores.violations and not self.loose["buildings"]

    def counts(self) -> dict[int, tuple[int, int | None, int]]:
        """{grid number: (households, persons, buildings)}."""
        grids = () if self.scores is None else self.scores.grids
        return {grid.grid + 1: (grid.households, grid.persons, grid.buildings) for grid in grids}

    def record(self) -> dict[str, Any]:
        """The engine's record of an edited plan: its figures are of now, and nothing is proven of it."""
        scores = None if self.scores is None else scores_record(self.scores)
        return {"status": "edited", "objective": None, "bound": None, "gap": None, "scores": scores}


def stand(place: Place, labels: Ints, rules: Rules) -> Standing:
    """Judge a plan. labels: (n,) number of each building's grid, 0 for none."""
    town, problem = place.stored.town, place.problem
    used = known_rules(rules, town)
    loose = labels == 0
    persons = None if town.persons is None else int(town.persons[loose].sum())
    told = {
        "buildings": int(loose.sum()),
        "households": int(town.households[loose].sum()),
        "persons": persons,
    }
    inside = np.flatnonzero(~loose)
    if not len(inside):
        return Standing(used, problem, None, told)
    part = problem if len(inside) == len(labels) else part_of(problem, inside)
    return Standing(used, part, score_plan(part, labels[inside] - 1, used), told)


def part_of(problem: Problem, inside: Ints) -> Problem:
    """The problem of these buildings alone; inside: their places, rising. Its gaps are those of the whole ground: what
    lies apart only because buildings between have no grid is in pieces.
    """
    place = np.full(len(problem), -1)
    place[inside] = np.arange(len(inside))
    kept = (place[problem.edges] >= 0).all(axis=1)
    links = place[problem.gap_links]
    part = Problem(
        [problem.building_ids[i] for i in inside],
        problem.households[inside],
        None if problem.persons is None else problem.persons[inside],
        problem.xy_m[inside],
        place[problem.edges[kept]],
        problem.border_m[kept],
        problem.border_cost[kept],
        estates=None if problem.estates is None else problem.estates[inside],
        current=None if problem.current is None else problem.current[inside],
    )
    part.gap_links = links[(links >= 0).all(axis=1)]
    return part


def broken_rules(standing: Standing) -> list[dict[str, Any]]:
    """The hard rules that the plan breaks, as reasons with their sentences in both languages."""
    scores = standing.scores
    told = () if scores is None else explain_violations(standing.problem, scores.violations)
    return [reason_record(reason) for reason in told]


def let_pass(standing: Standing) -> list[dict[str, Any]]:
    """What the plan's rules let pass, in the same form."""
    scores = standing.scores
    told = () if scores is None else explain_notes(standing.problem, (*scores.soft, *scores.notes))
    return [reason_record(reason) for reason in told]
