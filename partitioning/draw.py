"""One draw: exact answers where the ground is small, search where it is not, the best judged at the end."""

from collections.abc import Callable
from functools import cached_property, partial

import numpy as np

from partitioning.ask import Ask
from partitioning.budget import Budget
from partitioning.core import Case, Core, possible_cases
from partitioning.exact import BRIEF, FULL, GLANCE, Limits, first_try, is_small
from partitioning.exact_grounds import Grounds, exact_grounds, solve_grounds
from partitioning.judge import judge
from partitioning.nodes import lay_nodes
from partitioning.packing import explain_packing, explain_refuted
from partitioning.plan import EffortName, Outcome
from partitioning.pool import Pool
from partitioning.problem import Problem
from partitioning.reasons import Reason
from partitioning.redraw import start_from_current
from partitioning.refute import Refutation, limits_of, refute
from partitioning.rounds import Effort
from partitioning.rules import Rules
from partitioning.search import THOROUGH, Found, effort_for, refine_start, search_rounds, stream_for
from partitioning.soft import soft_terms
from partitioning.target import lay_raster, make_target
from partitioning.terrain import survey

_FINALISTS = 2
"""Numbers of grids that get the full effort."""

_AGAIN, _BATCHES, _BATCHES_HELD, _BATCH = 1_000, 5, 15, 4
"""Where nothing was found: the number of the first round of a second search, its batches, more of them where buildings
are held, and the rounds of each.
"""
_PATIENCE = 4
"""Factor of the rounds of a bound at effort thorough."""

_ROUNDS_TO_DECIDE, _NODES_TO_DECIDE = (2, 8), 400
"""Rounds for each number of grids where it only matters whether there is a plan: so many nodes in all, within these."""


class Draw:
    """One draw: the ground, the numbers of grids that are still possible, the best candidate of each.

    problem: as the search divides it, see partitioning.prepare; asked: as it was given, by which plans are judged.
    """

    def __init__(
        self,
        problem: Problem,
        rules: Rules,
        core: Core,
        asked: Problem,
        ask: Ask | None = None,
        *,
        seed: int,
        effort: EffortName,
        certify: bool,
        budget: Budget,
    ) -> None:
        self.problem, self.rules, self.core, self.asked = problem, rules, core, asked
        self.ask = ask or Ask(rules, possible_cases(core, rules))
        self.seed, self.certify, self.budget = seed, certify, budget
        self.spend = effort_for(effort, rules.preset, len(core.members))
        self.patient = effort != "fast"
        self.patience = _PATIENCE if effort == "thorough" else 1
        self.open = list(self.ask.cases)
        self.soft = {case.grids: soft_terms(problem, rules, case.grids, core.waived) for case in self.open}
        raster = lay_raster(problem, core)
        self.targets = {case.grids: make_target(problem, rules, core, case, raster) for case in self.open}
        self.pool = Pool(problem, asked, rules, core, self.targets, self.soft)
        self.nodes = lay_nodes(problem, core)
        self.refuted: list[Refutation] = []
        self.solved: list[Case] = []
        self.found: dict[int, Found] = {}
        self.rounds_done = 0
        self.rounds = 1

    def run(self) -> Outcome:
        """Exact answers first; search for what they leave open; exact again where the search found
        nothing.
        """
        nodes = int(self.nodes.level.counts.any(axis=1).sum())
        if self.budget.left() and any(is_small(nodes, case.grids) for case in self.open):
            self._solve_exactly(first_try(self.grounds.loose.level))
        if self.open:
            self._search()
        if self.open and not self.pool.has_plan() and self.budget.left():
            self._refute()
        resorts: list[Callable[[], None]] = [self._persist, partial(self._solve_exactly, FULL)]
        if self.patient:  # the solver may take many seconds
            resorts.append(self._solve_model)
        for resort in resorts:
            if self.open and not self.pool.has_plan() and self.budget.left() and not self.budget.brief:
                resort()
        if not self.open and not self.pool.best:
            reasons = () if self.budget.brief else self._explain()
            return Outcome("infeasible", None, reasons=reasons, interrupted=self.budget.spent)
        return judge(self)

    def decide(self) -> bool | None:
        """Whether there is a plan: exact answers that cost less than a search, a short search, exact answers that cost
        more; None where none of them tells.
        """
        if is_small(len(self.nodes.level.households)):
            self._refute()
            self._solve_exactly(GLANCE)
            if self.pool.has_plan() or not self.open:
                return self.pool.has_plan()
        rounds = np.clip(_NODES_TO_DECIDE // len(self.nodes.level.households), *_ROUNDS_TO_DECIDE)
        for number in range(rounds):
            for case in self.open:
                self._start(case, range(number, number + 1))
                if self.pool.has_plan():
                    return True
        self._refute()
        self._solve_exactly(BRIEF)
        return True if self.pool.has_plan() else None if self.open else False

    def nearest(self) -> Outcome | None:
        """The plan that breaks least, by search alone: for nodes that may be cut further, so that no proof counts.

        None where arithmetic leaves no number of grids.
        """
        if not self.open:
            return None
        self._search()
        return judge(self)

    @cached_property
    def grounds(self) -> Grounds:
        """The grounds that exact answers are sought on."""
        return exact_grounds(self.problem, self.core)

    def _refute(self) -> None:
        """Close the cases that are refuted on the whole ground."""
        terrain, still_open = survey(self.grounds.strict.level.graph, self.grounds.strict.level.counts), []
        for case in self.open:
            found = refute(terrain, limits_of(self.targets[case.grids]))
            if found is None:
                still_open.append(case)
            else:
                self.refuted.append(found)
                self.pool.best.pop(case.grids, None)
        self.open = still_open

    def _explain(self) -> tuple[Reason, ...]:
        hard = self.ask.hard
        if self.refuted and len(self.refuted) == len(self.targets):
            return explain_refuted(self.problem, hard, self.core, self.grounds, self.refuted)
        return explain_packing(self.problem, hard, self.core, self.grounds, self.targets.values())

    def _solve_exactly(self, limits: Limits) -> None:
        """Close the cases that an exact search answers: refuted, or with the best plan there is."""
        still_open = []
        for case in self.open:
            if not self.go_on():
                still_open.append(case)
                continue
            target = self.targets[case.grids]
            answer = solve_grounds(self.grounds, target, limits)
            if answer.proven and answer.labels is None:
                self.pool.best.pop(case.grids, None)
                continue
            if answer.labels is not None:
                self.pool.keep(case.grids, answer.labels, 0.0)
                if answer.proven and target.moved == 0:
                    self.solved.append(case)
                    continue
            still_open.append(case)
        self.open = still_open

    def _solve_model(self) -> None:
        """Where there are few nodes and still no plan: one by mixed integer programming."""
        from partitioning.model import find_plan

        for case in sorted(self.open, key=lambda case: self.pool.best[case.grids].rank)[:_FINALISTS]:
            if not self.go_on():
                return
            labels = find_plan(self.grounds.strict, self.targets[case.grids], self.budget.seconds())
            if labels is not None:
                self.pool.keep(case.grids, labels, 0.0)
                return

    def _search(self) -> None:
        """Every open case gets one round, that nearest to the plan in force first; the best few share the others."""
        near = len(self.problem.grid_names)
        cases = sorted(self.open, key=lambda case: abs(case.grids - near))
        more = self.spend.rounds - 1
        self.rounds = len(cases) + more * min(_FINALISTS, len(cases)) + (len(cases) if self.certify else 0)
        self.go_on()
        at_once = self.budget.silent and self.problem.current is None
        if at_once and len(cases) == 1:
            self._start(cases[0], range(self.spend.rounds))
            return
        for case in cases:
            if not self._start(case, range(1)):
                return
        finalists = sorted(cases, key=lambda case: self.pool.best[case.grids].rank)[:_FINALISTS]
        step = max(more, 1) if at_once else 1
        for first in range(1, self.spend.rounds, step):
            for case in finalists:
                if not self._start(case, range(first, first + step)):
                    return

    def _persist(self) -> None:
        """Where nothing was found: longer rounds from new starts, as long as there is no plan; held buildings are
        joined over ever other ground, since what they are joined over rules some plans out.
        """
        cases = sorted(self.open, key=lambda case: self.pool.best[case.grids].rank)[: _FINALISTS + 1]
        for batch in range(_BATCHES_HELD):
            joined = batch > 0 and self._join_again(batch)
            if batch >= _BATCHES and not joined:
                return
            first = _AGAIN + batch * _BATCH
            for case in cases:
                if not self.go_on():
                    return
                self._keep_found(case, self._rounds(case, THOROUGH, range(first, first + _BATCH), None))
                if self.pool.has_plan():
                    return

    def _join_again(self, attempt: int) -> bool:
        """Join what is held over other ground; False where there is none."""
        if self.problem.holds is None:
            return False
        nodes = lay_nodes(self.problem, self.core, (self.seed, attempt))
        if np.array_equal(nodes.part, self.nodes.part):
            return False
        self.nodes = nodes
        self.found.clear()
        return True

    def _rounds(self, case: Case, effort: Effort | None, rounds: range, best: Found | None) -> Found:
        """What rounds of the search find for a number of grids, the best before them combined with it."""
        stream, target = stream_for(self.seed, case.grids), self.targets[case.grids]
        level, component = self.nodes.level, self.nodes.component
        return search_rounds(level, target, component, case.shares, effort, stream, rounds, best)

    def _start(self, case: Case, rounds: range) -> bool:
        """Rounds from the coarsest level, and from the plan in force; when the time is up, from that alone.

        Returns whether there is time for more, or nothing found yet.
        """
        if self.budget.left() or not self._start_near(case, rounds.start):
            effort = self.spend if self.budget.left() else None
            self._keep_found(case, self._rounds(case, effort, rounds, self.found.get(case.grids)))
            if self.go_on() or not self.pool.has_plan():
                self._start_near(case, rounds.start)
        self.rounds_done += len(rounds)
        return self.go_on() or not self.pool.best

    def _start_near(self, case: Case, number: int) -> bool:
        """Refine a start made from the plan in force, as long as there is time; False where none can be made."""
        if self.problem.current is None:
            return False
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, case.grids, number])))
        level = self.nodes.level
        current = np.full(len(level.households), -1, dtype=np.int64)
        current[self.nodes.part] = self.problem.current[self.core.members]
        held = level.pin >= 0
        current[held] = self.problem.grid_names[level.pin[held]]
        start = start_from_current(level, current, self.nodes.component, case.shares, rng)
        if start is None:
            return False
        share = self.spend.last if self.budget.left() else 0.0
        self._keep_found(case, refine_start(level, self.targets[case.grids], start, share, rng))
        return True

    def _keep_found(self, case: Case, found: Found) -> None:
        """Judge an assignment of the nodes if it is the best of its number of grids."""
        if case.grids not in self.found or found.rank < self.found[case.grids].rank:
            self.found[case.grids] = found
            self.pool.keep(case.grids, found.labels[self.nodes.part], found.excess + self.nodes.torn)

    def go_on(self) -> bool:
        """Tell the caller how far the draw is; whether it may go on."""
        return self.budget.report(self.rounds_done / self.rounds, self.pool.shown)
