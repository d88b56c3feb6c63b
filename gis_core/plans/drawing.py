"""From a community's ground to a drawn plan: neighbours, engine, areas of the grids. No database, no files."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from partitioning import Outcome, Problem, Reason, Rules, Scores, draw_grids, explain_notes
from partitioning.adjacency import Ground, build_ground
from partitioning.areas import grid_areas
from partitioning.barriers import Barriers
from partitioning.plan import EffortName

Geometries = NDArray[np.object_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Town:
    """What is drawn: n buildings of one community, geometries in its metric CRS (metres).

    `persons` is None where nothing is known of persons. `estates` holds a number for each estate, -1 for none,
    `current` the grid of each building in the plan in force, -1 for none; None where no plan is in force.
    """

    code: str
    building_ids: tuple[str, ...]
    footprints: Geometries
    households: Ints
    persons: Ints | None
    estates: Ints
    boundary: shapely.Geometry
    barriers: Barriers
    current: Ints | None = None


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawn town: the rules as used, the neighbour graph, the engine's outcome and the area of each grid.

    `labels` (n,) are the grid numbers from 1, None where there is no plan, not even a nearest one.
    """

    town: Town
    rules: Rules
    ground: Ground
    problem: Problem
    outcome: Outcome
    labels: Ints | None
    areas: Geometries

    @property
    def drawn(self) -> bool:
        """Whether there is a plan that keeps every hard rule."""
        return self.outcome.status in ("optimal", "feasible")

    @property
    def notes(self) -> tuple[Reason, ...]:
        """What the rules let the plan do and a planner should know: soft rules that it breaks, gaps that it spans."""
        plan = self.outcome.plan
        if plan is None:
            return ()
        return explain_notes(self.problem, (*plan.scores.soft, *plan.scores.notes))

    @property
    def patches(self) -> tuple[int | None, ...]:
        """The patch of each grid, from 1; None where grids are not grouped."""
        plan = self.outcome.plan
        if plan is None:
            return ()
        if plan.patches is None:
            return (None,) * plan.grids
        return tuple(None if patch < 0 else int(patch) + 1 for patch in plan.patches)

    @property
    def split(self) -> Mapping[str, int]:
        """{building id: number of grids} of the buildings whose parts lie in several grids."""
        parts = None if self.outcome.plan is None else self.outcome.plan.parts
        if parts is None:
            return {}
        pairs = np.unique(np.column_stack([parts.building, parts.label]), axis=0)
        places, grids = np.unique(pairs[:, 0], return_counts=True)
        return {self.town.building_ids[place]: int(count) for place, count in zip(places, grids, strict=True)}


def draw_town(
    town: Town,
    rules: Rules,
    *,
    seed: int = 0,
    effort: EffortName = "normal",
    time_limit_s: float | None = None,
) -> Drawing:
    """Draw grids. The persons rule is left out where the town has no persons; `Drawing.rules` shows it.

    Raises:
        partitioning.PartitioningError: the town's arrays break a rule.
    """
    used = known_rules(rules, town)
    ground = town_ground(town)
    problem = town_problem(town, ground, split=rules.oversized == "split")
    outcome = draw_grids(problem, rules=used, seed=seed, effort=effort, time_limit_s=time_limit_s)
    if outcome.plan is None:
        return Drawing(town, used, ground, problem, outcome, None, np.empty(0, dtype=object))
    areas = grid_areas(ground, outcome.plan.labels, outcome.plan.parts)
    return Drawing(town, used, ground, problem, outcome, outcome.plan.labels + 1, areas)


def known_rules(rules: Rules, town: Town) -> Rules:
    """The rules without the one for persons where the town has none."""
    return rules if town.persons is not None else replace(rules, persons=None)


def town_ground(town: Town) -> Ground:
    """The ground of each building and its neighbours."""
    persons = 0 if town.persons is None else town.persons
    return build_ground(
        town.footprints,
        town.boundary,
        town.barriers,
        estates=town.estates,
        weights=town.households + persons,
    )


class Borders(Protocol):
    """The neighbours of a ground: see partitioning.adjacency.Ground."""

    @property
    def edges(self) -> Ints: ...  # noqa: D102
    @property
    def border_m(self) -> Floats: ...  # noqa: D102
    @property
    def border_cost(self) -> Floats: ...  # noqa: D102
    @property
    def touch(self) -> Floats: ...  # noqa: D102


def town_problem(town: Town, ground: Borders, *, split: bool) -> Problem:
    """The town as the engine takes it; split: whether oversized buildings may be split."""
    return Problem(
        town.building_ids,
        town.households,
        town.persons,
        shapely.get_coordinates(shapely.centroid(town.footprints)),
        ground.edges,
        ground.border_m,
        ground.border_cost,
        estates=town.estates,
        current=town.current,
        axes_m=half_axes(town.footprints) if split else None,
        touch_m=ground.touch,
    )


def half_axes(footprints: Geometries) -> Floats:
    """(n, 2) from the middle of each footprint to the end of its long axis, metres; 0, 0 for one without any area."""
    frames = shapely.minimum_rotated_rectangle(footprints)
    axes = np.zeros((len(footprints), 2))
    flat = np.flatnonzero(shapely.get_type_id(frames) == shapely.GeometryType.POLYGON)
    corners = shapely.get_coordinates(frames[flat]).reshape(-1, 5, 2)
    sides = corners[:, 1:3] - corners[:, :2]
    longer = (sides**2).sum(axis=2).argmax(axis=1)
    axes[flat] = sides[np.arange(len(flat)), longer] / 2
    return axes


def engine_record(drawing: Drawing) -> dict[str, Any]:
    """The engine's answer as plain data, for storage and reports: numbers of grids from 1, the patch of each grid in
    their order where grids are grouped.
    """
    outcome = drawing.outcome
    return {
        "status": outcome.status,
        "objective": outcome.objective,
        "bound": outcome.bound,
        "gap": outcome.gap,
        "interrupted": outcome.interrupted,
        "reasons": [reason_record(reason) for reason in outcome.reasons],
        "scores": None if outcome.plan is None else scores_record(outcome.plan.scores),
        "notes": [reason_record(reason) for reason in drawing.notes],
        "joined_over_barriers": len(drawing.ground.joined),
        "split": dict(drawing.split),
        "patches": None
        if drawing.outcome.plan is None or drawing.outcome.plan.patches is None
        else drawing.patches,
    }


def reason_record(reason: Reason) -> dict[str, Any]:
    """A reason as plain data with its sentences in both languages."""
    return {
        "rule": reason.rule,
        "kind": reason.kind,
        "value": plain(reason.value),
        "limit": plain(reason.limit),
        "grid": None if reason.grid is None else reason.grid + 1,
        "buildings": [str(building) for building in reason.buildings],
        "relaxation": None if reason.relaxation is None else plain(asdict(reason.relaxation)),
        "text": {"zh": reason.text("zh"), "en": reason.text("en")},
    }


def scores_record(scores: Scores) -> dict[str, Any]:
    """The figures of a plan as plain data."""
    return {
        "border_cost_m": plain(scores.border_cost_m),
        "inertia_m2": plain(scores.inertia_m2),
        "deviation": plain(scores.deviation),
        "estates_split": plain(scores.estates_split),
        "households_moved": plain(scores.households_moved),
        "objective": plain(scores.objective),
        "soft_cost": plain(scores.soft_cost),
        "violations": [
            {
                "rule": violation.rule,
                "value": plain(violation.value),
                "limit": plain(violation.limit),
                "grid": None if violation.grid is None else violation.grid + 1,
            }
            for violation in scores.violations
        ],
    }


def plain(value: Any) -> Any:
    """Numpy scalars inside of a value as Python's own, so that JSON takes them."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value
