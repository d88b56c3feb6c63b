"""How much a draw searches: by the effort's name, and more for presets that gain by it."""

import pytest

from partitioning.search import EFFORTS, effort_for


@pytest.mark.parametrize("name", ["fast", "normal", "thorough"])
def test_every_other_preset_searches_by_the_name_alone(name):
    assert {effort_for(name, preset) for preset in ("balanced", "compact")} == {EFFORTS[name]}


@pytest.mark.parametrize("preset", ["border", "stable"])
def test_some_presets_search_more_at_normal_and_less_than_thorough(preset):
    normal, here, thorough = EFFORTS["normal"], effort_for("normal", preset), EFFORTS["thorough"]
    assert all(low <= own <= high for low, own, high in zip(normal, here, thorough, strict=True))
    assert here.rounds > normal.rounds
