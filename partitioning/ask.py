"""What a draw is asked for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from partitioning.core import Case
from partitioning.rules import Rules


class Ask(NamedTuple):
    """The numbers of grids to draw. hard: the rules that no plan may break. beyond: an objective that no plan with
    another number is below.
    """

    hard: Rules
    cases: Sequence[Case]
    beyond: float = np.inf
