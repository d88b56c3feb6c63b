"""What a draw returns: plans, the outcome with its reasons, and the numbering of grids."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from partitioning.graph import Floats, Ints
from partitioning.parts import Parts
from partitioning.reasons import Reason
from partitioning.scores import Scores

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
EffortName = Literal["fast", "normal", "thorough"]


@dataclass(frozen=True, eq=False)
class Plan:
    """An assignment of every building to a grid.

    labels: (n,) grid of each building, 0..K-1, numbered west to east, then north to south. scores: its
    figures. parts: where oversized buildings were split, their parts and the grid of each; labels then hold the
    grid of most of a building's households, and scores count the parts where they lie. patches: (K,) patch of each
    grid in the order of the scores, where there are patches; -1 = in none.
    """

    labels: Ints
    scores: Scores
    parts: Parts | None = None
    patches: Ints | None = None

    @property
    def grids(self) -> int:
        """Number of grids."""
        return len(self.scores.grids)


@dataclass(frozen=True)
class LocalCertificate:
    """What is proven of the splits of two neighbouring grids, all other grids being as they are.

    pairs: of neighbouring grids. proven: of these, for how many no split is better at all. improvement: share of the
    objective that no split of one pair gains more than. gains: better splits that were met and taken on the way.
    """

    pairs: int
    proven: int
    improvement: float
    gains: int


@dataclass(frozen=True, eq=False)
class Outcome:
    """Answer to a draw.

    status: "feasible" and "optimal" plans keep every hard rule; "infeasible" is proven and `reasons` say why;
    "unknown" means that the search found no plan: `plan` is then the nearest one and `reasons` what it
    breaks. objective: of the plan, see docs/engine.md. bound: proven lower bound of the objective over all
    plans with the plan's number of grids, None where none was asked for. gap: (objective - bound) /
    objective, at least 0. alternatives: further feasible plans, see partitioning.alternatives.
    interrupted: a time cap or a cancel ended the search. local: what is proven of other splits of neighbouring grids,
    None where none was asked for, or the plan is not exact and moves count or buildings are centres.
    """

    status: Status
    plan: Plan | None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    reasons: tuple[Reason, ...] = ()
    alternatives: tuple[Plan, ...] = field(default=())
    interrupted: bool = False
    local: LocalCertificate | None = None


def number_grids(labels: Ints, xy_m: Floats) -> Ints:
    """The same division, numbered 0..K-1 by the mean position of the buildings: west to east, then north to
    south.

    Positions are compared in whole millimetres, so that rounding does not decide between equal ones.
    """
    _, place = np.unique(labels, return_inverse=True)
    count = np.bincount(place)
    x, y = (np.round(1000 * np.bincount(place, weights=xy_m[:, axis]) / count) for axis in (0, 1))
    rank = np.empty(len(count), dtype=np.int64)
    rank[np.lexsort((-y, x))] = np.arange(len(count))
    return rank[place]
