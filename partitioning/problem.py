"""The problem: buildings, counts, neighbours. Checked on construction, every fault reported at once."""

from collections.abc import Hashable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partitioning.errors import ProblemError
from partitioning.gaps import shortest_links
from partitioning.graph import Floats, Ints
from partitioning.holds import Holds, join_holds
from partitioning.rules import NO_WORKLOADS, is_workload

_LISTED = 5
"""How many places one fault names before it counts the rest."""


class Entrance(NamedTuple):
    """What one entrance of a building serves: households, persons (0 where they are not known), its place."""

    households: int
    persons: int
    xy_m: tuple[float, float]


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
        check = _Check(building_ids)
        self.soft_locks = self.links = None
        self.walked = False
        self.building_ids = check.ids
        self.households = check.counts("households", households)
        self.persons = None if persons is None else check.counts("persons", persons)
        self.workloads = check.workloads(workloads or {})
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
        self.entrances = check.entrances(entrances or {}, self.households, self.persons)
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
        changed.soft_locks, changed.links, changed.walked = self.soft_locks, self.links, self.walked
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

    def with_soft_locks(self, labels: Ints) -> "Problem":
        """The same problem with these locks, (n,) labels, -1 = free, to be broken at a cost."""
        loose = copy(self)
        loose.soft_locks = labels
        return loose

    def read_labels(self, name: str, values: ArrayLike) -> Ints:
        """(n,) labels, -1 = none, from what a caller gave under that name. Raises ProblemError with all faults."""
        check = _Check(self.building_ids)
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
    def laid(self) -> "dict[tuple[bool, bool], Problem]":
        """What partitioning.prepare has made of the ground already: with links or not, in the walking plane or not."""
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


class _Check:
    """Reads the arguments and collects the faults; what cannot be read is replaced so that checking goes
    on.
    """

    def __init__(self, building_ids: Sequence[Hashable] | NDArray[Any]) -> None:
        self.faults: list[str] = []
        listed = building_ids.tolist() if isinstance(building_ids, np.ndarray) else list(building_ids)
        self.ids = cast(tuple[Hashable, ...], tuple(listed))
        if not self.ids:
            self.faults.append("building_ids is empty; a problem needs at least one building.")
        seen: dict[Hashable, int] = {}
        for place, name in enumerate(self.ids):
            if name in seen:
                self.faults.append(
                    f"building_ids[{place}] = {name!r} repeats building_ids[{seen[name]}]; ids must be "
                    "distinct: merge the two rows or give one another id."
                )
            else:
                seen[name] = place

    def counts(self, name: str, values: ArrayLike) -> Ints:
        n = len(self.ids)
        array = self._numbers(name, values, (n,))
        whole = self._require(name, array, np.isfinite(array), "must be a number; set 0 where nobody lives")
        whole &= self._require(name, array, ~whole | (array >= 0), "must not be negative; correct the count")
        whole &= self._require(
            name, array, ~whole | (array == np.floor(array)), "must be a whole number; round it"
        )
        self._require(name, array, ~whole | (array < 2**40), "is beyond 2^40; correct the count")
        return np.where(whole & (array < 2**40), array, 0).astype(np.int64)

    def workloads(self, given: Mapping[str, ArrayLike]) -> Mapping[str, Ints]:
        self.faults += [
            f"workloads[{name!r}] cannot be the name of a workload; any text may, except {', '.join(NO_WORKLOADS)}."
            for name in given
            if not is_workload(name)
        ]
        return {name: self.counts(f"workloads[{name!r}]", given[name]) for name in given}

    def coordinates(self, values: ArrayLike, name: str = "xy_m", count: int | None = None) -> Floats:
        array = self._numbers(name, values, (len(self.ids) if count is None else count, 2))
        finite = np.isfinite(array)
        self._require(name, array, finite, "must be a finite number of metres; give the building a location")
        return np.where(finite, array, 0.0)

    def entrances(
        self, given: Mapping[Hashable, Sequence[Entrance]], households: Ints, persons: Ints | None
    ) -> Mapping[Hashable, tuple[Entrance, ...]]:
        place = {name: i for i, name in enumerate(self.ids)}
        read: dict[Hashable, tuple[Entrance, ...]] = {}
        for name, rows in given.items():
            if name not in place:
                self.faults.append(f"entrances[{name!r}] names no building; use one of building_ids.")
                continue
            read[name] = tuple(Entrance(*row) for row in rows)
            for count, whole in (("households", households), ("persons", persons)):
                values = [getattr(entrance, count) for entrance in read[name]]
                if whole is None or not values:
                    continue
                if min(values) < 0 or sum(values) != whole[place[name]]:
                    self.faults.append(
                        f"entrances[{name!r}] have {values} {count}, {sum(values)} together; the building has "
                        f"{whole[place[name]]}: give each 0 or more, adding up to the building's."
                    )
        return read

    def apart(self, values: ArrayLike) -> Ints | None:
        pairs = self.pairs("apart", values, "sets building {} apart from itself", "leave one out")
        return pairs if len(pairs) else None

    def pairs(self, name: str, values: ArrayLike, loop: str, repeated: str) -> Ints:
        """(m, 2) places of two buildings each; loop, repeated: what is said of a pair of one, and of one that is
        given again.
        """
        n, empty = len(self.ids), np.empty((0, 2), dtype=np.int64)
        try:
            array = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            self.faults.append(
                f"{name} holds values that are not numbers; give places 0 to n-1 of the buildings."
            )
            return empty
        if array.size == 0:
            return empty
        if array.ndim != 2 or array.shape[1] != 2:
            self.faults.append(
                f"{name} has shape {array.shape}; it must be (m, 2): the places of two buildings a row."
            )
            return empty
        inside = np.isfinite(array) & (array >= 0) & (array < n) & (array == np.floor(array))
        self._require(name, array, inside, f"must be the place of a building, 0 to {n - 1}")
        if not inside.all():
            return np.zeros(array.shape, dtype=np.int64)
        pairs = array.astype(np.int64)
        loops = np.flatnonzero(pairs[:, 0] == pairs[:, 1])
        for row in loops[:_LISTED]:
            itself = loop.format(repr(self.ids[pairs[row, 0]]))
            self.faults.append(f"{name}[{row}] {itself}; leave the row out.")
        ordered = np.sort(pairs, axis=1)
        key = ordered[:, 0] * n + ordered[:, 1]
        if len(np.unique(key)) == len(key):
            return pairs
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        again = np.flatnonzero(first[place] != np.arange(len(pairs)))
        for row in again[:_LISTED]:
            a, b = (self.ids[i] for i in ordered[row])
            self.faults.append(
                f"{name}[{row}] repeats the pair {a!r}-{b!r} of {name}[{first[place[row]]}]; "
                f"each pair may stand once: {repeated}."
            )
        return pairs

    def lengths(self, name: str, values: ArrayLike, m: int) -> Floats:
        array = self._numbers(name, values, (m,))
        good = np.isfinite(array) & (array >= 0)
        self._require(name, array, good, "must be a finite length in metres, 0 or more")
        return np.where(good, array, 0.0)

    def labels(self, name: str, values: ArrayLike) -> Ints:
        array = self._numbers(name, values, (len(self.ids),))
        good = np.isfinite(array) & (array >= -1) & (array == np.floor(array)) & (array < 2**40)
        self._require(name, array, good, "must be a whole number, or -1 for none")
        return np.where(good, array, -1).astype(np.int64)

    def _numbers(self, name: str, values: ArrayLike, shape: tuple[int, ...]) -> Floats:
        try:
            array = np.array(values, dtype=np.float64)
        except (TypeError, ValueError):
            self.faults.append(
                f"{name} holds values that are not numbers; it must be an array of shape {shape}."
            )
            return np.zeros(shape)
        if array.size == 0 and 0 in shape:
            return np.zeros(shape)
        if array.shape != shape:
            self.faults.append(f"{name} has shape {array.shape}; it must be {shape}: one entry for each row.")
            return np.zeros(shape)
        return array

    def _require(self, name: str, array: Floats, good: NDArray[np.bool_], rule: str) -> NDArray[np.bool_]:
        """Fault for the entries that are not good; each is named by place, building and value."""
        if good.all():
            return good
        bad = np.argwhere(~good)
        for place in bad[:_LISTED]:
            where = ", ".join(str(int(i)) for i in place)
            of = (
                f" (building {self.ids[place[0]]!r})"
                if len(array) == len(self.ids) and name not in {"edges", "apart"}
                else ""
            )
            self.faults.append(f"{name}[{where}]{of} = {array[tuple(place)]:g} {rule}.")
        if len(bad) > _LISTED:
            self.faults.append(f"{name}: {len(bad) - _LISTED} more entries of the same kind.")
        return good.copy()
