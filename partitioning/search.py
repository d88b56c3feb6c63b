"""Search for a plan with a given number of grids: how much, and the best of its rounds."""

from dataclasses import dataclass

import numpy as np

from partitioning.graph import Ints
from partitioning.level import Level, Target
from partitioning.plan import EffortName
from partitioning.rounds import WARM, Effort, best_round, refine
from partitioning.rules import Preset

FAST, THOROUGH = Effort(1, 2, 150, 0, 8.0, 8.0), Effort(100, 4, 200, 0, 16.0, 20.0)

_NORMAL: tuple[tuple[int, dict[Preset, Effort]], ...] = (
    (1500, {"balanced": Effort(4, 2, 200, 0, 8.0, 8.0)}),
    (
        400,
        {
            "balanced": Effort(3, 2, 200, 0, 8.0, 8.0),
            "border": Effort(24, 2, 100, 10, 8.0, 16.0),
            "compact": Effort(24, 2, 200, 0, 8.0, 8.0),
            "stable": Effort(20, 2, 200, 0, 8.0, 60.0),
        },
    ),
    (100, {"balanced": Effort(6, 2, 200, 0, 8.0, 8.0)}),
    (
        -1,
        {
            "balanced": Effort(4, 2, 300, 0, 8.0, 2.0),
            "border": Effort(32, 2, 100, 10, 8.0, 16.0),
            "compact": Effort(12, 2, 200, 0, 8.0, 8.0),
            "stable": Effort(10, 2, 200, 0, 8.0, 60.0),
        },
    ),
)
"""`normal` on more buildings than so many, the first that knows the preset: what a round finds and takes differs. What
this gains and costs stands in docs/engine.md.
"""

_AT_ONCE = Effort(1, 1, 0, 0, 0.0, 0.0)
"""What is still done when the time is up and there is no plan yet: a grown start."""


def effort_for(name: EffortName, preset: Preset, buildings: int) -> Effort:
    """The effort of that name; `normal` depends on the preset and the number of buildings."""
    if name != "normal":
        return FAST if name == "fast" else THOROUGH
    return next(efforts[preset] for least, efforts in _NORMAL if buildings > least and preset in efforts)


@dataclass(frozen=True)
class Found:
    """An assignment of the nodes; excess 0 means that the bands are kept. value: objective up to a
    constant.
    """

    labels: Ints
    excess: float
    value: float

    @property
    def rank(self) -> tuple[float, float]:
        """Orders assignments: less excess first, then the better objective."""
        return rank_of(self.excess, self.value)


def rank_of(excess: float, value: float) -> tuple[float, float]:
    """Orders plans: less excess over the bands first, none where it is rounding alone, then the better objective."""
    return (excess if excess > 1e-9 else 0.0, value)


def stream_for(seed: int, grids: int) -> np.uint64:
    """Where the random numbers of a number of grids begin; a round adds its own number."""
    return np.uint64(np.random.SeedSequence([seed, grids]).generate_state(1, np.uint64)[0])


def search_rounds(
    level: Level,
    target: Target,
    component: Ints,
    shares: list[int],
    effort: Effort | None,
    stream: np.uint64,
    rounds: range,
    best: Found | None,
) -> Found:
    """The best of what was found before and of some rounds; effort None: a grown start and no more.

    component: (n,) of each node; shares: number of grids of each component.
    """
    before = (
        (np.empty(0, dtype=np.int64), 0.0, 0.0) if best is None else (best.labels, best.excess, best.value)
    )
    spend, first, last = effort or _AT_ONCE, rounds.start, rounds.stop
    return Found(*best_round(level, target, component, np.array(shares), spend, stream, first, last, before))


def refine_start(level: Level, target: Target, labels: Ints, share: float, rng: np.random.Generator) -> Found:
    """Anneal a given assignment of the nodes at low temperature, so that its shape is kept."""
    state = rng.integers(1, 2**63, size=1).astype(np.uint64)
    return Found(*refine(level, target, labels, share, WARM / 2, state))
