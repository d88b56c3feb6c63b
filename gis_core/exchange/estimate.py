"""Households and persons where a source counts none, from footprint and floors. Pure arrays; marked `estimated`.

    households = footprint_m2 x floors x net_to_gross / dwelling_m2        (at least 1 in a dwelling house)
    persons    = households x persons_per_household

The first is the usual gross-floor-area estimate; its parameters are settings (`EstimateSettings`), because dwelling
sizes and household sizes differ from city to city.
"""

import numpy as np
from numpy.typing import NDArray

from gis_core.config import EstimateSettings

Numbers = NDArray[np.float64]
Texts = NDArray[np.object_]

_UNKNOWN_USES = ("", "yes", "unknown", "indifférencié", "indifferencie", "未知", "其他")
_DWELLING_WORDS = (
    "residential", "apartment", "house", "detached", "terrace", "dormitory", "bungalow", "dwelling", "résidentiel",
    "residentiel", "habitation", "住宅", "居住", "居民", "公寓", "宿舍", "商住", "民居",
)  # fmt: skip
_OTHER_WORDS = (
    "non-resid",
    "non_resid",
    "nonresid",
    "非住",
    "非居",
    "warehouse",
    "greenhouse",
    "boathouse",
    "farmhouse_",
)


def may_hold_dwellings(use: Texts) -> NDArray[np.bool_]:
    """True where a building's use is residential or unknown; `use` holds texts or None."""
    words = {word: _use_may_hold_dwellings(word) for word in set(use)}
    return np.array([words[word] for word in use], dtype=bool)


def _use_may_hold_dwellings(use: str | None) -> bool:
    plain = "" if use is None else use.strip().casefold()
    if any(word in plain for word in _OTHER_WORDS):
        return False
    return plain in _UNKNOWN_USES or any(word in plain for word in _DWELLING_WORDS)


def assumed_floors(floors: Numbers, height_m: Numbers, settings: EstimateSettings) -> Numbers:
    """Floors as known, else from the height (m), else the default; always at least 1. NaN means unknown."""
    from_height = np.maximum(1.0, np.round(height_m / settings.floor_height_m))
    known = np.where(np.isnan(floors), from_height, floors)
    return np.where(np.isnan(known), float(settings.default_floors), known)


def estimated_households(
    footprint_m2: Numbers, floors: Numbers, height_m: Numbers, use: Texts, settings: EstimateSettings
) -> Numbers:
    """Whole numbers of households; 0 where the use is not residential or the footprint is that of a shed."""
    gross_m2 = footprint_m2 * assumed_floors(floors, height_m, settings)
    households = np.maximum(1.0, np.round(gross_m2 * settings.net_to_gross / settings.dwelling_m2))
    dwelling = may_hold_dwellings(use) & (footprint_m2 >= settings.min_footprint_m2)
    return np.where(dwelling, households, 0.0)


def estimated_persons(households: Numbers, persons_per_household: float) -> Numbers:
    """Whole numbers of persons for numbers of households."""
    return np.round(households * persons_per_household)
