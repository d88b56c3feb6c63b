"""Every kind of problem without a plan is explained, with the smallest relaxation that it was made with."""

from collections.abc import Iterator
from functools import cache

import pytest

from partitioning import Outcome, Reason, Relaxation, draw_grids
from tests.unit.infeasible import Case, apply, cases
from tests.unit.planted import planted

FOUND = {"feasible", "optimal"}
SMALL = [case for seed in range(4) for case in cases("small", seed)]
LARGE = [case for size, seed in (("50", 1), ("50", 2), ("200", 1), ("800", 1)) for case in cases(size, seed)]


@cache
def drawn(case: Case) -> Outcome:
    return draw_grids(case.problem, rules=case.rules, certify=False)


def grouped(cases: list[Case], size: str) -> list[object]:
    """The cases as parameters; tests of one go to one process, so that it is drawn once."""
    return [
        pytest.param(
            case, id=f"{case.kind}-{len(case.problem)}", marks=pytest.mark.xdist_group(f"{size} {number}")
        )
        for number, case in enumerate(cases)
    ]


EVERY = [*grouped(SMALL, "small"), *grouped(LARGE, "large")]


def named(reasons: tuple[Reason, ...]) -> Iterator[Relaxation]:
    for reason in reasons:
        yield from (way for way in (reason.relaxation, *reason.other_relaxations) if way is not None)


def missing(case: Case, reasons: tuple[Reason, ...]) -> list[Relaxation]:
    """Smallest changes that no reason names; which buildings to release does not matter, but how many."""
    known = {(way.rule, way.end, way.value) for way in named(reasons)}
    return [way for way in case.smallest if (way.rule, way.end, way.value) not in known]


@pytest.mark.parametrize("case", grouped(SMALL, "small"))
def test_small_ones_are_explained_with_changes_that_help_and_none_smaller_does(case: Case) -> None:
    outcome = drawn(case)
    assert outcome.status == "infeasible"
    assert missing(case, outcome.reasons) == []
    ways = [way for way in named(outcome.reasons) if way.confirmed]
    expected = {(way.rule, way.end, way.value) for way in case.smallest}
    assert expected <= {(way.rule, way.end, way.value) for way in ways}
    for way in ways:
        problem, rules = apply(case, way)
        assert draw_grids(problem, rules=rules, certify=False).status in FOUND, way
        if way.end != "release":
            problem, rules = apply(case, way, back=1)
            assert draw_grids(problem, rules=rules, certify=False).status == "infeasible", way


@pytest.mark.parametrize("case", grouped(LARGE, "large"))
def test_large_ones_are_explained_with_the_smallest_change(case: Case) -> None:
    outcome = drawn(case)
    assert outcome.status == "infeasible"
    assert missing(case, outcome.reasons) == []
    for way in named(outcome.reasons):
        assert way.confirmed == (way.reached == way.value)
        sentence = way.text("en")
        assert ("would allow it" in sentence) == (
            way.confirmed or (way.end == "release" and way.reached is not None)
        )


@pytest.mark.parametrize("case", EVERY)
def test_what_has_a_plan_is_not_called_infeasible(case: Case) -> None:
    """The rules changed as little as they must be: there is a plan by the way the problem was made."""
    for way in case.smallest:
        if way.end != "release":
            problem, rules = apply(case, way)
            assert draw_grids(problem, rules=rules, effort="fast", certify=False).status != "infeasible", way


@pytest.mark.parametrize("case", EVERY)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_sentences_are_whole_in_both_languages(case: Case, lang: str) -> None:
    for reason in drawn(case).reasons:
        text = reason.text(lang)
        assert "{" not in text
        assert text.endswith("." if lang == "en" else "。")
        assert any("一" <= sign <= "鿿" for sign in text) == (lang == "zh")


@pytest.mark.parametrize("seed", range(60))
def test_up_to_forty_buildings_a_plan_is_always_found(seed: int) -> None:
    problem, rules = planted(seed, 5 + seed % 36)
    assert draw_grids(problem, rules=rules, certify=False).status in FOUND


@pytest.mark.parametrize("seed", range(20))
def test_on_larger_ground_with_a_plan_none_is_ruled_out(seed: int) -> None:
    problem, rules = planted(seed, (60, 200)[seed % 2])
    assert draw_grids(problem, rules=rules, effort="fast", certify=False).status != "infeasible"
