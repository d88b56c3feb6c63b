"""The best that a draw has for each number of grids."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from partitioning.core import Core
from partitioning.graph import Ints
from partitioning.level import Target
from partitioning.objective import measure_terms
from partitioning.plan import Plan, number_grids
from partitioning.problem import Problem
from partitioning.rules import Rules
from partitioning.scores import score_plan
from partitioning.search import rank_of
from partitioning.soft import Soft, soft_cost
from partitioning.target import coefficients_of


@dataclass(frozen=True)
class Candidate:
    """A full assignment, numbered; excess over the bands (0 = kept) and objective."""

    labels: Ints
    excess: float
    objective: float

    @property
    def rank(self) -> tuple[float, float]:
        """Orders candidates: less excess first, then the better objective."""
        return rank_of(self.excess, self.objective)


class Pool:
    """The best candidate of each number of grids.

    problem: as the search divides it; asked: as it was given, by which plans are judged. targets, soft: of each number
    of grids.
    """

    def __init__(
        self,
        problem: Problem,
        asked: Problem,
        rules: Rules,
        core: Core,
        targets: Mapping[int, Target],
        soft: Mapping[int, Soft | None],
    ) -> None:
        self.best: dict[int, Candidate] = {}
        self._problem, self._asked, self._rules, self._core = problem, asked, rules, core
        self._targets, self._soft = targets, soft
        self._judged: tuple[Candidate, Plan | None] | None = None

    def keep(self, grids: int, labels: Ints, excess: float) -> None:
        """Add the waived buildings' own grids to an assignment of the core, and remember it if it is the best."""
        self.keep_full(grids, self.full(labels), excess)

    def full(self, labels: Ints) -> Ints:
        """(n,) an assignment of the core, with the waived buildings' own grids."""
        core = self._core
        full = np.empty(len(self._problem), dtype=np.int64)
        full[core.members] = labels
        full[core.waived] = labels.max(initial=-1) + 1 + np.arange(len(core.waived))
        return full

    def keep_full(self, grids: int, labels: Ints, excess: float) -> None:
        """Number a full assignment and remember it if it is the best of its number of grids; each grid that it lacks is
        an excess of 1.
        """
        labels = number_grids(labels, self._asked.xy_m)
        missing = grids - 1 - int(labels.max())
        candidate = Candidate(labels, excess + missing, self.value(grids, labels))
        if grids not in self.best or candidate.rank < self.best[grids].rank:
            self.best[grids] = candidate

    def value(self, grids: int, labels: Ints) -> float:
        """The objective of a full assignment, 0..K-1, that parts the core into grids."""
        value = measure_terms(self._problem, labels).value(coefficients_of(self._targets[grids]))
        return value + soft_cost(self._problem, self._rules, self._soft[grids], labels, self._core.waived)

    def leader(self) -> Candidate:
        """The best of all."""
        return min(self.best.values(), key=lambda candidate: candidate.rank)

    def has_plan(self) -> bool:
        """Whether a candidate keeps every hard rule."""
        return any(candidate.excess <= 1e-9 for candidate in self.best.values())

    def shown(self) -> Plan | None:
        """The best of all as a plan, if it keeps every hard rule; judged once."""
        if not self.best:
            return None
        best = self.leader()
        if self._judged is None or self._judged[0] is not best:
            scores = score_plan(self._asked, best.labels, self._rules)
            self._judged = (best, None if scores.violations else Plan(best.labels, scores))
        return self._judged[1]
