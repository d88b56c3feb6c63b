"""Reads the arguments of a problem and collects their faults."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partitioning.graph import Floats, Ints
from partitioning.rule_checks import MOST_COUNTED, NO_WORKLOADS, is_workload

_FARTHEST_M = 1e9
"""No coordinate and no length is beyond it, so that squares and sums of them stay numbers."""

_LISTED = 5
"""How many places one fault names before it counts the rest."""


class Entrance(NamedTuple):
    """What one entrance of a building serves: households, persons (0 where they are not known), its place."""

    households: int
    persons: int
    xy_m: tuple[float, float]


class Check:
    """Reads the arguments and collects the faults; what cannot be read is replaced so that checking goes
    on.
    """

    def __init__(self, building_ids: Sequence[Hashable] | NDArray[Any]) -> None:
        self.faults: list[str] = []
        try:
            listed = building_ids.tolist() if isinstance(building_ids, np.ndarray) else list(building_ids)
        except TypeError:
            self.faults.append(
                f"building_ids = {building_ids!r} is no sequence; give an id for each building."
            )
            listed = []
        plain = set(map(type, listed)) <= {str, int}
        if plain and len(set(listed)) == len(listed) > 0:
            self.ids = cast(tuple[Hashable, ...], tuple(listed))
            return
        self.ids = cast(tuple[Hashable, ...], tuple(name if _is_id(name) else repr(name) for name in listed))
        if not self.ids and not self.faults:
            self.faults.append("building_ids is empty; a problem needs at least one building.")
        seen: dict[Hashable, int] = {}
        for place, (name, given) in enumerate(zip(self.ids, listed, strict=True)):
            if not _is_id(given):
                self.faults.append(f"building_ids[{place}] = {given!r} is no id; give a text or a number.")
            elif name in seen:
                self.faults.append(
                    f"building_ids[{place}] = {name!r} repeats building_ids[{seen[name]}]; ids must be "
                    "distinct: merge the two rows or give one another id."
                )
            else:
                seen[name] = place

    def counts(self, name: str, values: ArrayLike) -> Ints:
        """(n,) whole numbers from 0."""
        n = len(self.ids)
        array = self._numbers(name, values, (n,))
        whole = self._require(name, array, np.isfinite(array), "must be a number; set 0 where nobody lives")
        whole &= self._require(name, array, ~whole | (array >= 0), "must not be negative; correct the count")
        whole &= self._require(
            name, array, ~whole | (array == np.floor(array)), "must be a whole number; round it"
        )
        self._require(name, array, ~whole | (array < 2**40), "is beyond 2^40; correct the count")
        counts = np.where(whole & (array < 2**40), array, 0).astype(np.int64)
        if counts.sum() > MOST_COUNTED:
            self.faults.append(f"{name} add up to {counts.sum()}, beyond 2^50; correct the counts.")
        return counts

    def workloads(self, given: Mapping[str, ArrayLike]) -> Mapping[str, Ints]:
        """Counts of each workload by its name."""
        given = self._mapping("workloads", given, "the counts of each building by name")
        self.faults += [
            f"workloads[{name!r}] cannot be the name of a workload; any text may, except {', '.join(NO_WORKLOADS)}."
            for name in given
            if not is_workload(name)
        ]
        return {name: self.counts(f"workloads[{name!r}]", given[name]) for name in given}

    def _mapping(self, name: str, given: Any, what: str) -> Mapping[Any, Any]:
        """A mapping, empty where it is none. what: what it must be."""
        if isinstance(given, Mapping):
            return given
        self.faults.append(f"{name} = {given!r} is no mapping; give {what}.")
        return {}

    def coordinates(self, values: ArrayLike, name: str = "xy_m", count: int | None = None) -> Floats:
        """(count, 2) metres, a row a building where no count is given."""
        array = self._numbers(name, values, (len(self.ids) if count is None else count, 2))
        finite = np.isfinite(array)
        self._require(name, array, finite, "must be a finite number of metres; give the building a location")
        near = ~finite | (np.abs(array) <= _FARTHEST_M)
        self._require(name, array, near, "is beyond 10^9 metres; give coordinates in a projected CRS")
        return np.where(finite & near, array, 0.0)

    def entrances(
        self, given: Mapping[Hashable, Sequence[Entrance]], households: Ints, persons: Ints | None
    ) -> Mapping[Hashable, tuple[Entrance, ...]]:
        """Entrances of each building id, adding up to the building's counts."""
        given = self._mapping("entrances", given, "those of a building by its id")
        place = dict(zip(self.ids, range(len(self.ids)), strict=True)) if given else {}
        read: dict[Hashable, tuple[Entrance, ...]] = {}
        for name, rows in given.items():
            if name not in place:
                self.faults.append(f"entrances[{name!r}] names no building; use one of building_ids.")
                continue
            read[name] = self._entrances_of(name, rows)
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

    def _entrances_of(self, name: Hashable, rows: Any) -> tuple[Entrance, ...]:
        """The entrances of one building, none where one of them cannot be read."""
        listed = list(rows) if isinstance(rows, Sequence | np.ndarray) and not isinstance(rows, str) else None
        read = [_entrance(row) for row in listed or ()]
        if listed is None or None in read:
            told = rows if listed is None else listed[read.index(None)]
            self.faults.append(
                f"entrances[{name!r}] = {told!r} is no entrance; give (households, persons, (x, y)): whole numbers "
                "from 0, and finite metres."
            )
            return ()
        return tuple(entrance for entrance in read if entrance is not None)

    def apart(self, values: ArrayLike) -> Ints | None:
        """(p, 2) places of buildings that must not share a grid, None where there are none."""
        pairs = self.pairs("apart", values, "sets building {} apart from itself", "leave one out")
        return pairs if len(pairs) else None

    def pairs(self, name: str, values: ArrayLike, loop: str, repeated: str) -> Ints:
        """(m, 2) places of two buildings each; loop, repeated: what is said of a pair of one, and of one that is
        given again.
        """
        n, empty = len(self.ids), np.empty((0, 2), dtype=np.int64)
        try:
            array = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
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
            return np.zeros((len(array), 2), dtype=np.int64) if array.ndim else empty
        inside = np.isfinite(array) & (array >= 0) & (array < n) & (array == np.floor(array))
        self._require(name, array, inside, f"must be the place of a building, 0 to {n - 1}")
        rows = np.flatnonzero(inside.all(axis=1))
        pairs = array[rows].astype(np.int64)
        for row in np.flatnonzero(pairs[:, 0] == pairs[:, 1])[:_LISTED]:
            itself = loop.format(repr(self.ids[pairs[row, 0]]))
            self.faults.append(f"{name}[{rows[row]}] {itself}; leave the row out.")
        self._repeated(name, rows, np.sort(pairs, axis=1), repeated)
        return pairs if len(rows) == len(array) else np.zeros(array.shape, dtype=np.int64)

    def _repeated(self, name: str, rows: Ints, ordered: Ints, repeated: str) -> None:
        """Tell pairs that stand again; rows: where each stands in what was given."""
        key = ordered[:, 0] * len(self.ids) + ordered[:, 1]
        if len(np.unique(key)) == len(key):
            return
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        again = np.flatnonzero(first[place] != np.arange(len(key)))
        for row in again[:_LISTED]:
            a, b = (self.ids[i] for i in ordered[row])
            self.faults.append(
                f"{name}[{rows[row]}] repeats the pair {a!r}-{b!r} of {name}[{rows[first[place[row]]]}]; "
                f"each pair may stand once: {repeated}."
            )

    def lengths(self, name: str, values: ArrayLike, m: int) -> Floats:
        """(m,) metres from 0."""
        array = self._numbers(name, values, (m,))
        good = np.isfinite(array) & (array >= 0) & (array <= _FARTHEST_M)
        self._require(name, array, good, "must be a finite length in metres, 0 to 10^9")
        return np.where(good, array, 0.0)

    def labels(self, name: str, values: ArrayLike) -> Ints:
        """(n,) whole numbers from 0, -1 = none."""
        array = self._numbers(name, values, (len(self.ids),))
        good = np.isfinite(array) & (array >= -1) & (array == np.floor(array)) & (array < 2**40)
        self._require(name, array, good, "must be a whole number, or -1 for none")
        return np.where(good, array, -1).astype(np.int64)

    def _numbers(self, name: str, values: ArrayLike, shape: tuple[int, ...]) -> Floats:
        try:
            array = np.array(values, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
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


def _entrance(row: Any) -> Entrance | None:
    """An entrance, None where it is none."""
    try:
        households, persons, (x, y) = row
        entrance = Entrance(int(households), int(persons), (float(x), float(y)))
    except (TypeError, ValueError, OverflowError):
        return None
    whole = (entrance.households, entrance.persons) == (households, persons) and min(entrance[:2]) >= 0
    near = all(abs(place) <= _FARTHEST_M for place in entrance.xy_m)  # False for what is no number
    return entrance if whole and near else None


def _is_id(name: Any) -> bool:
    try:
        hash(name)
    except TypeError:
        return False
    return True
