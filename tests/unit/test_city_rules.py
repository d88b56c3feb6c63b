from typing import Any

import pytest

from gis_core.city.rules import broken_rules_today

RULES: dict[str, Any] = {
    "grids": [2, 3],
    "households": [100, 200],
    "persons": None,
    "balance_tolerance": None,
}


def grids(*households: int, persons: int | None = None, buildings: int = 5) -> list[dict[str, Any]]:
    return [
        {"number": number, "households": own, "persons": persons, "buildings": buildings}
        for number, own in enumerate(households, 1)
    ]


def broken(rules: dict[str, Any], own: list[dict[str, Any]], **told: Any) -> list[tuple[Any, ...]]:
    """(rule, grid, value, low, high) of each."""
    given = {"unassigned": 0, "estate_splits": 0, "pieces": {}} | told
    found = broken_rules_today(RULES | rules, own, **given)
    return [tuple(one[key] for key in ("rule", "grid", "value", "low", "high")) for one in found]


def test_a_plan_that_keeps_its_rules_breaks_none() -> None:
    assert broken({}, grids(100, 200)) == []


def test_grids_outside_a_band_are_named_with_value_and_limits() -> None:
    assert broken({}, grids(99, 201, 150)) == [
        ("households", 1, 99, 100, 200),
        ("households", 2, 201, 100, 200),
    ]
    assert broken({"persons": [300, 400]}, grids(150, 150, persons=401)) == [
        ("persons", 1, 401, 300, 400),
        ("persons", 2, 401, 300, 400),
    ]


def test_unknown_persons_break_nothing() -> None:
    assert broken({"persons": [300, 400]}, grids(150, 150)) == []


def test_rules_of_the_plan_as_a_whole() -> None:
    """Three grids of 100, 140 and 180: the mean is 140, and 40 / 140 = 0.2857 off it."""
    assert broken({}, grids(150)) == [("grids", None, 1, 2, 3)]
    assert broken({}, grids(150, 150), unassigned=2) == [("unassigned", None, 2, 0, 0)]
    assert broken({"estate_splits": 1}, grids(150, 150), estate_splits=2) == [("estates", None, 2, 0, 1)]
    assert broken({"balance_tolerance": 0.3}, grids(100, 140, 180)) == []
    [found] = broken({"balance_tolerance": 0.28}, grids(100, 140, 180))
    assert found == ("balance", None, pytest.approx(0.285714286), 0, 0.28)


def test_a_grid_in_pieces() -> None:
    assert broken({}, grids(150, 150), pieces={2: 3}) == [("contiguity", 2, 3, 1, 1)]


@pytest.mark.parametrize(
    ("soft", "told"),
    [
        ("households", {}),
        ("balance", {}),
        ("grids", {}),
        ("estates", {"estate_splits": 5}),
        ("contiguity", {}),
    ],
)
def test_a_soft_rule_may_be_broken(soft: str, told: dict[str, Any]) -> None:
    rules = {"balance_tolerance": 0.1, "estate_splits": 0, "grids": [3, 3], "soft": {soft: 1.0}}
    found = broken(rules, grids(50, 250), pieces={1: 2}, **told)
    assert soft not in [one[0] for one in found]
    assert len(found) >= 3


def test_an_oversized_building_in_a_grid_of_its_own_is_excused() -> None:
    own = [*grids(150, 160), *grids(450, buildings=1)]
    own[2]["number"] = 3
    rules = {"oversized": "own_grid", "balance_tolerance": 0.05}
    assert broken(rules, own) == []
    assert [one[:2] for one in broken(rules | {"oversized": "refuse"}, own)] == [
        ("households", 3),
        ("balance", None),
    ]
