"""Where a community stands, and which hard rules its adopted plan no longer keeps with the counts of today. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from gis_core.plans.checks import Check, grid_checks, plan_checks

Broken = dict[str, Any]
"""A rule that is broken: {rule, grid, value, low, high}; grid is null for the plan as a whole."""


class State(StrEnum):
    """What a community has: no plan, one underway, one in force, or one in force that no longer keeps its rules."""

    NONE = "none"
    DRAFT = "draft"
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    BROKEN = "broken"


def broken_rules_today(
    rules: Mapping[str, Any],
    grids: Sequence[Mapping[str, Any]],
    *,
    unassigned: int,
    estate_splits: int,
    pieces: Mapping[int, int],
) -> list[Broken]:
    """The hard rules that a plan breaks, grid by grid, then those of the plan as a whole.

    rules: as the plan keeps them. grids: {number, households, persons (None: unknown), buildings} of today. unassigned:
    buildings without a grid. estate_splits: over the estates, the grids that each lies in less one. pieces: {grid:
    number of pieces} of the grids that are not in one.
    """
    soft = frozenset(rules.get("soft") or ())
    checked = [(grid, grid_checks(grid, rules, pieces)) for grid in grids]
    ordinary = [grid for grid, checks in checked if not any(c and c.get("excused") for c in checks.values())]
    whole = plan_checks(
        rules, len(grids), {"deviation": _deviation([grid["households"] for grid in ordinary])}
    )
    limit = rules.get("estate_splits")
    found = [(name, grid["number"], check) for grid, checks in checked for name, check in checks.items()]
    found += [
        ("grids", None, whole["grids"]),
        ("balance", None, whole["balance_tolerance"]),
        ("estates", None, None if limit is None else _most(estate_splits, limit)),
        ("unassigned", None, _most(unassigned, 0)),
    ]
    return [
        {"rule": rule, "grid": grid, **{key: check[key] for key in ("value", "low", "high")}}
        for rule, grid, check in found
        if check is not None and not check["held"] and rule not in soft
    ]


def _most(value: int, high: int) -> Check:
    return {"value": value, "low": 0, "high": high, "held": value <= high}


def _deviation(households: Sequence[int]) -> float:
    """Largest |households - mean| / mean."""
    mean = sum(households) / len(households) if households else 0.0
    return max(abs(own - mean) for own in households) / mean if mean else 0.0
