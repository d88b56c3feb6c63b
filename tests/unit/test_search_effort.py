"""How much a draw searches: by the effort's name, more for presets that gain by it."""

import pytest

from partitioning.search import EFFORTS, effort_for

FEW, MANY = 60, 3000


@pytest.mark.parametrize("name", ["fast", "thorough"])
def test_these_search_by_the_name_alone(name):
    presets = ("balanced", "border", "compact", "stable")
    assert {effort_for(name, preset, nodes) for preset in presets for nodes in (FEW, MANY)} == {EFFORTS[name]}


@pytest.mark.parametrize("preset", ["border", "compact", "stable"])
def test_some_presets_search_more_at_normal_and_less_than_thorough(preset):
    normal, thorough = EFFORTS["normal"], EFFORTS["thorough"]
    for nodes in (FEW, MANY):
        assert normal.rounds < effort_for("normal", preset, nodes).rounds < thorough.rounds


def test_the_number_of_nodes_decides_the_rounds_of_some_presets_at_normal():
    rounds = {
        preset: (effort_for("normal", preset, FEW).rounds, effort_for("normal", preset, MANY).rounds)
        for preset in ("balanced", "border", "compact", "stable")
    }
    assert rounds["balanced"][0] > rounds["balanced"][1]
    assert rounds["border"][0] > rounds["border"][1]
    assert rounds["compact"][0] < rounds["compact"][1]
    assert rounds["stable"][0] == rounds["stable"][1]
