"""What a caller is told while a draw goes on, and what a cancel at any moment leaves."""

import numpy as np
import pytest

from partitioning import DrawCancelledError, Problem, Rules, check_plan, draw_grids, repair_grids
from tests.towns.drawn import lattice

RULES = Rules(grids=(4, 5), households=(150, 400), persons=None)


def with_current() -> tuple[Problem, np.ndarray]:
    """196 buildings of 6 in four quarters, the first too large by a row."""
    place = np.arange(196)
    quarter = 2 * (place // 14 >= 8) + (place % 14 >= 7)
    return lattice(14, 14, 6), quarter


def draws():
    """Draws that go through each of the searches."""
    town, quarter = with_current()
    hard = lattice(7, 7, np.random.default_rng(3).integers(20, 50, 49).tolist())
    mean = int(hard.households.sum()) // 5
    return {
        "search": lambda told: draw_grids(town, rules=RULES, effort="fast", progress=told),
        "redraw": lambda told: repair_grids(town, quarter, RULES, effort="fast", progress=told),
        "exact": lambda told: draw_grids(lattice(3, 5, 60), rules=RULES, progress=told),
        "exact at last": lambda told: draw_grids(
            hard,
            rules=Rules(grids=5, households=(mean, mean + 1), persons=None),
            effort="fast",
            progress=told,
        ),
        "in vain": lambda told: draw_grids(
            lattice(4, 4, 100),
            rules=Rules(grids=3, households=(520, 590), persons=None),
            progress=told,
        ),
        "ruled out by arithmetic": lambda told: draw_grids(
            lattice(3, 3, 50), rules=Rules(grids=4, households=(150, 300), persons=None), progress=told
        ),
    }


@pytest.mark.parametrize("name", draws())
def test_a_cancel_at_any_call_keeps_the_best_so_far(name):
    draw = draws()[name]
    told = []
    whole = draw(lambda share, best: told.append((share, best)))
    assert told
    assert not whole.interrupted
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    for last in range(len(told)):
        calls = []

        def cancel(_, best, calls=calls, last=last):
            calls.append(best)
            return len(calls) <= last

        stopped = draw(cancel)
        assert stopped.interrupted
        assert len(calls) == last + 1
        best = calls[-1]
        if best is not None:
            assert stopped.status in {"feasible", "optimal"}
            assert stopped.objective <= best.scores.objective
        if stopped.status == "unknown":
            assert stopped.reasons[0].kind == "stopped"
            assert stopped.plan.scores.violations


def test_search_and_refinement_are_told_apart():
    """A round is a search from the coarsest level and a refinement of the plan in force: each is told."""
    town, quarter = with_current()
    shares = []
    repair_grids(
        town, quarter, RULES, effort="fast", certify=False, progress=lambda share, _: shares.append(share)
    )
    assert len(shares) >= 2 * 2 + 1
    assert shares[0] == 0
    assert shares[-1] == 1


def test_a_redraw_stopped_at_once_answers_with_the_plan_in_force():
    """The plan in force holds, so that it is the best so far before anything is searched."""
    town, _ = with_current()
    place = np.arange(196)
    quarter = 2 * (place // 14 >= 7) + (place % 14 >= 7)

    def refuse(*_):
        raise DrawCancelledError

    for stop in ({"progress": refuse}, {"progress": lambda *_: False}, {"time_limit_s": 0.0}):
        outcome = repair_grids(town, quarter, RULES, **stop)
        assert outcome.interrupted
        assert outcome.status == "feasible"
        assert outcome.plan.labels.tolist() == quarter.tolist()
        assert check_plan(town, outcome.plan.labels, RULES) == ()
