"""The problem: buildings, counts, neighbours. Checked on construction, every fault reported at once."""

from collections.abc import Hashable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partitioning.errors import ProblemError
from partitioning.gaps import shortest_links
from partitioning.graph import Floats, Ints
from partitioning.holds import Holds, join_holds
from partitioning.problem_checks import Check, Entrance


class Problem:
    """A community to divide: n buildings and the m pairs of them that are neighbours.

    building_ids: n distinct identifiers. households, persons: (n,) whole numbers >= 0; persons may be None,
    then the persons rule must be left out. workloads: further counts by name, (n,) whole numbers >= 0 each, for
    rules of that name. xy_m: (n, 2) metres in a projected CRS. edges: (m, 2) places of
    neighbouring buildings, each pair once; m may be 0. border_m: (m,) length of the shared border, metres.
    border_cost: (m,) cost of cutting it, metres (cheap along roads and walls). estates: (n,) number of the
    estate, -1 = none. locked: (n,) label, -1 = free; buildings with the same label must share a grid (others
    may join them). current: (n,) grid in the plan in force, -1 = in none. pinned: (n,) grid that a building is
    held in, -1 = free; buildings with the same number must share a grid, with different ones they must not, and
    the numbers are those of `current`, where there is one. apart: (p, 2) places of buildings that must not lie in
    one grid, each pair once. patches: (n,) patch that a building lies in, -1 = none; no grid lies in two.

    Only for rules that split oversized buildings: entrances: of each building id where they are known, adding up
    to the building's counts. axes_m: (n, 2) from the middle of a building to the end of its long axis, metres;
    0, 0 = not known. touch_m: (m, 2) a point of each shared border: the neighbour touches the part nearest to it.

    Raises ProblemError with all faults: place, value, rule and way out. The arrays are copies and read-only.
    """

    building_ids: tuple[Hashable, ...]
    households: Ints
    persons: Ints | None
    workloads: Mapping[str, Ints]
    xy_m: Floats
    edges: Ints
    border_m: Floats
    border_cost: Floats
    estates: Ints | None
    locked: Ints | None
    current: Ints | None
    pinned: Ints | None
    apart: Ints | None
    patches: Ints | None
    entrances: Mapping[Hashable, tuple[Entrance, ...]]
    axes_m: Floats | None
    touch_m: Floats | None
    links: Ints | None
    """(l, 2) edges that span a gap, where partitioning.prepare has added such."""
    walked: bool
    """Whether partitioning.prepare has put the buildings into the plane of walking distances."""
    anchored: bool
    """Whether compactness is measured about the best building of each grid, as partitioning.prepare has found."""
    soft_locks: Ints | None
    """(n,) locks that may be broken at a cost and hold nothing together: `locked` where the rules make it soft."""

    def __init__(
        self,
        building_ids: Sequence[Hashable] | NDArray[Any],
        households: ArrayLike,
        persons: ArrayLike | None,
        xy_m: ArrayLike,
        edges: ArrayLike,
        border_m: ArrayLike,
        border_cost: ArrayLike,
        estates: ArrayLike | None = None,
        locked: ArrayLike | None = None,
        current: ArrayLike | None = None,
        entrances: Mapping[Hashable, Sequence[Entrance]] | None = None,
        axes_m: ArrayLike | None = None,
        pinned: ArrayLike | None = None,
        touch_m: ArrayLike | None = None,
        workloads: Mapping[str, ArrayLike] | None = None,
        apart: ArrayLike | None = None,
        patches: ArrayLike | None = None,
    ) -> None:
        check = Check(building_ids)
        self.soft_locks = self.links = None
        self.walked = self.anchored = False
        self.building_ids = check.ids
        self.households = check.counts("households", households)
        self.persons = None if persons is None else check.counts("persons", persons)
        self.workloads = check.workloads({} if workloads is None else workloads)
        self.xy_m = check.coordinates(xy_m)
        self.edges = check.pairs("edges", edges, "joins building {} to itself", "add up their borders")
        self.border_m = check.lengths("border_m", border_m, len(self.edges))
        self.border_cost = check.lengths("border_cost", border_cost, len(self.edges))
        self.estates = None if estates is None else check.labels("estates", estates)
        self.locked = None if locked is None else check.labels("locked", locked)
        self.current = None if current is None else check.labels("current", current)
        self.pinned = None if pinned is None else check.labels("pinned", pinned)
        self.apart = None if apart is None else check.apart(apart)
        self.patches = None if patches is None else check.labels("patches", patches)
        self.axes_m = None if axes_m is None else check.coordinates(axes_m, "axes_m")
        self.touch_m = None if touch_m is None else check.coordinates(touch_m, "touch_m", len(self.edges))
        self.entrances = check.entrances(
            {} if entrances is None else entrances, self.households, self.persons
        )
        if check.faults:
            raise ProblemError(check.faults)
        for name in ("households", "persons", "xy_m", "edges", "border_m", "border_cost"):
            _freeze(getattr(self, name))
        for name in ("estates", "locked", "current", "pinned", "apart", "patches", "axes_m", "touch_m"):
            _freeze(getattr(self, name))
        for counts in self.workloads.values():
            _freeze(counts)

    def counts_of(self, rule: str) -> Ints | None:
        """(n,) what a band of that name counts: households, persons or a workload; None where it is not known."""
        known = {"households": self.households, "persons": self.persons, **self.workloads}
        return known.get(rule)

    def change(self, **arguments: Any) -> "Problem":
        """The same problem with other values for some arguments, checked anew."""
        changed = Problem(**{name: getattr(self, name) for name in _ARGUMENTS} | arguments)
        changed.soft_locks, changed.links = self.soft_locks, self.links
        changed.walked, changed.anchored = self.walked, self.anchored
        if "gap_links" in vars(self) and not arguments.keys() & {"xy_m", "edges"}:
            changed.gap_links = self.gap_links
        return changed

    def with_links(self, links: Ints) -> "Problem":
        """The same problem with these edges more, (l, 2), which span gaps and cost nothing to cut."""
        none = np.zeros(len(links))
        linked = self.change(
            edges=np.concatenate([self.edges, links]),
            border_m=np.concatenate([self.border_m, none]),
            border_cost=np.concatenate([self.border_cost, none]),
            touch_m=None,
        )
        linked.links = links
        return linked

    def on_plane(self, xy_m: Floats) -> "Problem":
        """The same problem on the plane of walking distances, (n, 2) metres, which may reach beyond what maps hold."""
        moved = self.change()
        moved.xy_m = xy_m
        _freeze(xy_m)
        moved.walked = True
        return moved

    def with_soft_locks(self, labels: Ints) -> "Problem":
        """The same problem with these locks, (n,) labels, -1 = free, to be broken at a cost."""
        loose = self._copy()
        loose.soft_locks = labels
        return loose

    def about_buildings(self) -> "Problem":
        """The same problem with compactness measured about the best building of each grid."""
        anchored = self._copy()
        anchored.anchored = True
        return anchored

    def _copy(self) -> "Problem":
        """The same problem, on which the grounds laid for this one do not count."""
        other = copy(self)
        other.__dict__.pop("laid", None)
        return other

    def read_labels(self, name: str, values: ArrayLike) -> Ints:
        """(n,) labels, -1 = none, from what a caller gave under that name. Raises ProblemError with all faults."""
        check = Check(self.building_ids)
        labels = check.labels(name, values)
        if check.faults:
            raise ProblemError(check.faults)
        return labels

    def __len__(self) -> int:
        return len(self.building_ids)

    @cached_property
    def estate_places(self) -> tuple[Ints, Ints, int]:
        """Buildings of estates, the estate of each as 0..E-1, and E."""
        estates = np.empty(0, dtype=np.int64) if self.estates is None else self.estates
        members = np.flatnonzero(estates >= 0)
        names, place = np.unique(estates[members], return_inverse=True)
        return members, place, len(names)

    @cached_property
    def holds(self) -> Holds | None:
        """Groups that locks and pins make, None where there are none."""
        return join_holds(self.locked, self.pinned)

    @cached_property
    def open_edges(self) -> Ints:
        """(o, 2) edges whose ends may lie in one grid: all but those between two patches."""
        if self.patches is None:
            return self.edges
        ends = self.patches[self.edges]
        kept: Ints = self.edges[(ends[:, 0] == ends[:, 1]) | (ends < 0).any(axis=1)]
        return kept

    @cached_property
    def laid(self) -> "dict[tuple[bool, bool, bool], Problem]":
        """What partitioning.prepare has made of the ground already: with links or not, in the walking plane or not,
        measured about buildings or not.
        """
        return {}

    @cached_property
    def gap_links(self) -> Ints:
        """(l, 2) the shortest links that join parts of the ground that do not touch, see partitioning.gaps."""
        return shortest_links(self.xy_m, self.edges)

    @cached_property
    def grid_names(self) -> Ints:
        """Numbers of grids in the plan in force and of those that buildings are held in, in rising order."""
        given = [labels for labels in (self.current, self.pinned) if labels is not None]
        names = np.unique(np.concatenate(given)) if given else np.empty(0, dtype=np.int64)
        return names[names >= 0]

    def names(self, places: Ints) -> tuple[Hashable, ...]:
        """Identifiers of the buildings at these places."""
        return tuple(self.building_ids[place] for place in places)

    def __repr__(self) -> str:
        households = int(self.households.sum())
        return f"Problem({len(self)} buildings, {households} households, {len(self.edges)} pairs)"


_ARGUMENTS = (
    *("building_ids", "households", "persons", "xy_m", "edges", "border_m", "border_cost"),
    *(
        "estates",
        "locked",
        "current",
        "entrances",
        "axes_m",
        "pinned",
        "touch_m",
        "workloads",
        "apart",
        "patches",
    ),
)


def _freeze(array: NDArray[Any] | None) -> None:
    if array is not None:
        array.setflags(write=False)
