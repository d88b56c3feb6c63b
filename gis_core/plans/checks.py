"""How a plan's figures stand to its rules, as plain data: a value, its limits, held or by how much not. Pure."""

from collections.abc import Mapping
from typing import Any

GRID_RULES = ("households", "persons")
"""Rules that bind a single grid; the number of grids and the balance bind the plan as a whole."""

Check = dict[str, Any]


def check_band(value: float | None, band: list[float] | None) -> Check | None:
    """How a value stands to [low, high], ends included: {value, low, high, held, by}; None without a band or a value.

    `by` is how far the value lies outside: negative below the band, positive above it, 0 inside.
    """
    if band is None or value is None:
        return None
    low, high = band
    by = min(value - low, 0) or max(value - high, 0)
    return {"value": value, "low": low, "high": high, "held": by == 0, "by": by}


def plan_checks(
    rules: Mapping[str, Any], grids: int, scores: Mapping[str, Any] | None
) -> dict[str, Check | None]:
    """The rules of the plan as a whole: number of grids, balance where a tolerance is set (shares of the mean), and
    the number of grids that are not in one piece.

    scores: the engine's record of the plan's figures, whose deviation leaves grids out that are one oversized building.
    """
    tolerance, deviation = rules.get("balance_tolerance"), (scores or {}).get("deviation")
    parts = grid_parts(scores)
    return {
        "grids": check_band(grids, rules.get("grids")) if grids else None,
        "balance_tolerance": None
        if deviation is None or tolerance is None
        else check_band(round(deviation, 9), [0.0, tolerance]),
        "contiguity": check_band(len(parts), [0, 0]) if parts is not None and grids else None,
    }


def grid_parts(scores: Mapping[str, Any] | None) -> dict[int, int] | None:
    """{grid number: pieces} of the grids that are not in one piece; None where the engine did not say."""
    violations = (scores or {}).get("violations")
    if violations is None:
        return None
    return {one["grid"]: int(one["value"]) for one in violations if one["rule"] == "contiguity"}


def grid_checks(
    grid: Mapping[str, Any], rules: Mapping[str, Any], parts: Mapping[int, int] | None
) -> dict[str, Check | None]:
    """The rules that bind a grid of these `number`, `households`, `persons` and `buildings`; parts: see grid_parts."""
    checks = {name: check_band(grid[name], rules.get(name)) for name in GRID_RULES}
    if rules.get("oversized") == "own_grid" and grid["buildings"] == 1:
        checks = _excused(checks)
    checks["contiguity"] = None if parts is None else check_band(parts.get(grid["number"], 1), [1, 1])
    return checks


def _excused(checks: dict[str, Check | None]) -> dict[str, Check | None]:
    """The checks of a grid of one building under `oversized = "own_grid"`: above one band it is bound by none."""
    if not any(check and check["by"] > 0 for check in checks.values()):
        return checks
    return {
        name: check | {"held": True, "excused": True} if check and check["by"] else check
        for name, check in checks.items()
    }
