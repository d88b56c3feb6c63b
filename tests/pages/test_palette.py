"""Any two colours of the palette stay apart for normal and colour-blind eyes, and numbers are legible on them."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from gis_core.city.rules import State
from maps.style import COLOURS, INK, PATTERNS, STATE_STYLES, grid_style, relative_luminance, text_colour

# Machado, Oliveira, Fernandes 2009: matrices of full severity on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
LEAST_DISTANCE = 25.0


def lab(colour: str, vision: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as seen with this vision."""
    srgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    t = TO_XYZ @ np.clip(vision @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(
    "colours", [COLOURS, [style.colour for style in STATE_STYLES.values()]], ids=["grids", "states"]
)
def test_any_two_colours_stay_apart(vision: str, colours: Sequence[str]) -> None:
    seen = {colour: lab(colour, VISION[vision]) for colour in colours}
    closest = min(combinations(colours, 2), key=lambda pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]))
    assert np.linalg.norm(seen[closest[0]] - seen[closest[1]]) >= LEAST_DISTANCE, closest


@pytest.mark.parametrize("colour", COLOURS)
def test_text_on_a_colour_is_legible(colour: str) -> None:
    lighter, darker = sorted(
        (relative_luminance(colour), relative_luminance(text_colour(colour))), reverse=True
    )
    assert (lighter + 0.05) / (darker + 0.05) >= 3.0  # WCAG 2.2, large bold text


def test_white_and_ink_have_their_luminance() -> None:
    assert relative_luminance("#ffffff") == pytest.approx(1)
    assert text_colour("#ffffff") == INK
    assert text_colour("#000000") == "#ffffff"


def test_no_two_of_the_first_grids_look_the_same() -> None:
    looks = [grid_style(number) for number in range(1, len(COLOURS) * len(PATTERNS) + 1)]
    assert len(set(looks)) == len(looks)
    assert all(look.pattern == "solid" for look in looks[: len(COLOURS)])


def test_every_state_has_a_look_of_its_own() -> None:
    assert list(STATE_STYLES) == list(State)
    assert len(set(STATE_STYLES.values())) == len(State)
