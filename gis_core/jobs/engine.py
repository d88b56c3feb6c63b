"""What the engine answers to each kind of job, on a place that is in memory. No database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gis_core.editing.ground import Place
from gis_core.editing.rules import Locks
from gis_core.editing.standing import part_of
from gis_core.jobs.rules import (
    ALL_LOCKED,
    NO_GRID_LEFT,
    SPLIT_BREAKS,
    THERE_IS_A_PLAN,
    Alternative,
    Ints,
    JobBody,
    JobKind,
    Proposal,
    Room,
    counting_closed,
    rename_grids,
    room_for,
    rules_within,
    softened,
    without_closed,
)
from gis_core.plans.drawing import known_rules, plain, reason_record
from partitioning import (
    Outcome,
    Plan,
    Problem,
    Reason,
    Rules,
    complete_grids,
    draw_grids,
    explain_notes,
    explain_violations,
    repair_grids,
)
from partitioning.alternatives import pareto
from partitioning.rules import PRESETS

FOUND = ("optimal", "feasible")
"""Statuses of the engine with a plan that keeps every hard rule."""
Told = Callable[[float, dict[str, Any] | None], bool]
"""Called with the share done and the figures of the best plan so far; False ends the work."""


def propose(
    place: Place, kind: JobKind, body: JobBody, locks: Locks, rules: Rules, labels: Ints, told: Told
) -> Proposal:
    """Work out what a job asks for. labels: (n,) present numbers of grids, 0 for none; rules: the plan's."""
    town = place.stored.town
    room = room_for(kind, body, locks, place.keys, town.estates, labels)
    used = rules_within(kind, body, known_rules(rules, town), room)
    if used is None:
        return Proposal("infeasible", None, [NO_GRID_LEFT])
    if room.kept.all():
        return Proposal("none", None, [ALL_LOCKED])
    work = _Work(part_of(place.problem, room.inside), room, labels, used, body.seed, told)
    if kind is JobKind.SUGGEST:
        return work.suggest()
    outcome = work.run(kind, used)
    if kind is JobKind.EXPLAIN:
        return work.explained(outcome)
    if kind is JobKind.SPLIT and outcome.status == "infeasible" and not outcome.interrupted:
        loose = softened(used)
        answer = work.answer(work.run(kind, loose))
        return replace(answer, reasons=[SPLIT_BREAKS, *answer.reasons])
    return work.answer(outcome)


class _Work:
    """One job: the part of the place that it works on, and how the engine's answers are told."""

    def __init__(
        self, problem: Problem, room: Room, labels: Ints, rules: Rules, seed: int, told: Told
    ) -> None:
        self._problem, self._room, self._labels = problem, room, labels
        self._rules, self._seed, self._told = rules, seed, told
        self._share, self._done = 1.0, 0.0

    def _progress(self, share: float, best: Plan | None) -> bool:
        return self._told(self._done + share * self._share, None if best is None else figures_of(best))

    def run(self, kind: JobKind, rules: Rules) -> Outcome:
        """The engine's outcome for one kind; a suggestion is drawn as a draw is."""
        now = self._labels[self._room.inside] - 1
        common: dict[str, Any] = {"seed": self._seed, "progress": self._progress}
        if kind is JobKind.REPAIR:
            return repair_grids(self._problem, now, rules, keep=self._room.kept, **common)
        if kind is JobKind.COMPLETE:
            return complete_grids(self._problem, now, rules, **common)
        certify = kind is JobKind.DRAW
        if kind is JobKind.SPLIT or not self._room.kept.any():
            return draw_grids(self._problem, rules=rules, certify=certify, **common)
        kept = np.where(self._room.kept, now, -1)
        return complete_grids(self._problem, kept, rules, certify=certify, **common)

    def suggest(self) -> Proposal:
        """Plans by the weights of each preset, as far as none is at least as good in every figure."""
        self._problem = self._problem.change(current=self._labels[self._room.inside] - 1)
        presets = [self._rules.preset, *(name for name in PRESETS if name != self._rules.preset)]
        self._share = 1 / len(presets)
        plans: dict[str, Plan] = {}
        first: Outcome | None = None
        for number, preset in enumerate(presets):
            self._done = number * self._share
            rules = self._rules if number == 0 else replace(self._rules, preset=preset, weights=None)
            outcome = self.run(JobKind.SUGGEST, rules)
            first = first or outcome
            if outcome.plan is not None and outcome.status in FOUND:
                plans[preset] = outcome.plan
            if outcome.interrupted or not plans:
                break
        assert first is not None
        answer = self.answer(first)
        if not plans:
            return answer
        chosen, *others = plans.values()
        shown = [chosen, *pareto(chosen, others)]
        alternatives = [
            Alternative(preset, figures_of(plan), self.numbers(plan))
            for preset, plan in plans.items()
            if any(plan is one for one in shown)
        ]
        return replace(answer, alternatives=alternatives)

    def explained(self, outcome: Outcome) -> Proposal:
        """Why there is no plan, or that there is one; nothing is to be moved."""
        if outcome.status in FOUND:
            return Proposal(outcome.status, None, [THERE_IS_A_PLAN])
        return Proposal(outcome.status, None, self._told_of(outcome.reasons))

    def answer(self, outcome: Outcome) -> Proposal:
        """The outcome with the plan's own numbers of grids. A rule that was softened for a split is told as the hard
        one that it is.
        """
        reasons = list(outcome.reasons)
        if outcome.plan is None:
            return Proposal(outcome.status, None, self._told_of(reasons))
        if outcome.status in FOUND:
            scores, wished = outcome.plan.scores, self._rules.soft or {}
            reasons += explain_violations(
                self._problem, tuple(v for v in scores.soft if v.rule not in wished)
            )
            told = (*(v for v in scores.soft if v.rule in wished), *scores.notes)
            reasons += explain_notes(self._problem, told)
        labels = self.numbers(outcome.plan)
        names = dict(zip(outcome.plan.labels.tolist(), (labels[self._room.inside] - 1).tolist(), strict=True))
        named = [replace(reason, grid=names.get(reason.grid, reason.grid)) for reason in reasons]
        return Proposal(outcome.status, labels, self._told_of(named))

    def _told_of(self, reasons: Sequence[Reason]) -> list[Mapping[str, Any]]:
        """The reasons as plain data; where grids are locked, that their numbers leave those out. What they advise is
        said of the plan's rules, which count the locked grids.
        """
        closed = len(self._room.closed)
        apart = [without_closed(closed)] if reasons and closed else []
        return [*apart, *(reason_record(counting_closed(reason, closed)) for reason in reasons)]

    def numbers(self, plan: Plan) -> Ints:
        """(n,) numbers of the grids of all buildings, those outside of the work as they are."""
        inside = self._room.inside
        labels = self._labels.copy()
        labels[inside] = rename_grids(
            plan.labels, labels[inside], self._problem.households, self._room.kept, self._room.closed
        )
        return labels


def figures_of(plan: Plan) -> dict[str, Any]:
    """The figures of a plan by which alternatives are chosen, as plain data."""
    scores = plan.scores
    return {
        "grids": plan.grids,
        "border_cost_m": plain(scores.border_cost_m),
        "deviation": plain(scores.deviation),
        "inertia_m2": plain(scores.inertia_m2),
        "households_moved": plain(scores.households_moved),
    }
