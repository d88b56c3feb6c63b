"""How much a draw searches: by the effort's name, and more for the preset that asks for short borders."""

import pytest

from partitioning.search import EFFORTS, effort_for


@pytest.mark.parametrize("name", ["fast", "normal", "thorough"])
def test_every_other_preset_searches_by_the_name_alone(name):
    assert {effort_for(name, preset) for preset in ("balanced", "compact", "stable")} == {EFFORTS[name]}


def test_border_searches_more_at_normal_and_less_than_thorough():
    normal, border, thorough = EFFORTS["normal"], effort_for("normal", "border"), EFFORTS["thorough"]
    assert all(low <= here <= high for low, here, high in zip(normal, border, thorough, strict=True))
    assert border.rounds == 4 * normal.rounds
