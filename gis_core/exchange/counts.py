"""Counts of a source made complete: missing ones estimated and marked, or left at nought and marked unknown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gis_core.exchange.estimate import estimated_households, estimated_persons
from gis_core.exchange.faults import Fault
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import SourceLayer


@dataclass(frozen=True)
class CompletedCounts:
    """Columns households, households_kind, persons, persons_kind (whole numbers), and what has to be said."""

    columns: pd.DataFrame
    households_estimated: int
    persons_estimated: int
    faults: tuple[Fault, ...]


def complete_counts(
    buildings: SourceLayer, footprint_m2: np.ndarray, options: ImportOptions
) -> CompletedCounts:
    """Counts of every building. Where a source says how its counts are known, it is believed: a 0 of kind `none` is
    not estimated. Squares that stand for points have no footprint to estimate from."""
    frame = buildings.frame
    households, persons = (frame[name].to_numpy(np.float64) for name in ("households", "persons"))
    household_kinds, person_kinds = (
        frame[name].to_numpy(object).copy() for name in ("households_kind", "persons_kind")
    )
    missing = np.isnan(households) & (buildings.mapping.column("households_kind") is None)
    estimable = missing & options.estimates & (not buildings.point_footprints)
    assumed = 0
    if estimable.any():
        floors, heights = frame["floors"].to_numpy(np.float64), frame["height_m"].to_numpy(np.float64)
        estimate = estimated_households(
            footprint_m2, floors, heights, frame["use"].to_numpy(object), options.estimate
        )
        estimable &= estimate > 0
        assumed = int((estimable & np.isnan(floors) & np.isnan(heights)).sum())
        households = np.where(estimable, estimate, households)
        household_kinds[estimable] = "estimated"
    persons_missing = np.isnan(persons) & (buildings.mapping.column("persons_kind") is None)
    inhabited = persons_missing & (np.nan_to_num(households) > 0) & options.estimates
    per_household = options.persons_per_household or options.estimate.persons_per_household
    persons = np.where(inhabited, estimated_persons(households, per_household), persons)
    person_kinds[inhabited] = "estimated"
    columns = pd.DataFrame(
        {
            "households": np.nan_to_num(households).astype(np.int64),
            "households_kind": household_kinds,
            "persons": np.nan_to_num(persons).astype(np.int64),
            "persons_kind": person_kinds,
        },
        index=frame.index,
    )
    said = [
        Fault(f"{name}_missing", buildings.layer_name, value=int(count), limit=len(frame))
        for name, count in (("households", missing.sum()), ("persons", persons_missing.sum()))
        if count
    ]
    if assumed:
        floors_taken = options.estimate.default_floors
        said.append(Fault("floors_assumed", buildings.layer_name, value=assumed, limit=floors_taken))
    return CompletedCounts(columns, int(estimable.sum()), int(inhabited.sum()), tuple(said))
