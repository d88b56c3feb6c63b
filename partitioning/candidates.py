"""What a draw is asked for, and the best that it has for a number of grids."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from partitioning.core import Case
from partitioning.graph import Ints
from partitioning.rules import Rules


@dataclass(frozen=True)
class Candidate:
    """A full assignment, numbered; excess over the bands (0 = kept) and objective."""

    labels: Ints
    excess: float
    objective: float

    @property
    def rank(self) -> tuple[float, float]:
        """Orders candidates: less excess first, then the better objective."""
        return (self.excess if self.excess > 1e-9 else 0.0, self.objective)


class Ask(NamedTuple):
    """The numbers of grids to draw. hard: the rules that no plan may break. beyond: an objective that no plan with
    another number is below.
    """

    hard: Rules
    cases: Sequence[Case]
    beyond: float = np.inf
