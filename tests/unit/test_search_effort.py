"""How much a draw searches: by the effort's name, more for presets that gain by it."""

import pytest

from partitioning.search import FAST, THOROUGH, effort_for

FEW, MANY = 60, 3000


@pytest.mark.parametrize(("name", "effort"), [("fast", FAST), ("thorough", THOROUGH)])
def test_these_search_by_the_name_alone(name, effort):
    presets = ("balanced", "border", "compact", "stable")
    assert {effort_for(name, preset, nodes) for preset in presets for nodes in (FEW, MANY)} == {effort}


@pytest.mark.parametrize("preset", ["border", "compact", "stable"])
def test_some_presets_search_more_at_normal_and_less_than_thorough(preset):
    for nodes in (FEW, MANY):
        balanced, other = (effort_for("normal", name, nodes) for name in ("balanced", preset))
        assert FAST.rounds < balanced.rounds < other.rounds < THOROUGH.rounds


def test_the_number_of_nodes_decides_the_rounds_of_some_presets_at_normal():
    rounds = {
        preset: [effort_for("normal", preset, nodes).rounds for nodes in (60, 100, 101, 400, 401, 3000)]
        for preset in ("balanced", "border", "compact", "stable")
    }
    assert rounds["balanced"] == [4, 4, 6, 6, 3, 4]
    assert rounds["border"][3] > rounds["border"][4]
    assert rounds["compact"][3] < rounds["compact"][4]
    assert rounds["stable"][3] < rounds["stable"][4]
