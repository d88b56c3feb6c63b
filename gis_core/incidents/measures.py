"""The measures of how incidents are handled: what they are, how they add up, which are too small to be told. No I/O.

A measure is told with its numerator and denominator. None is of a person: the smallest units are a grid and a
department.
"""

import math
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal, NamedTuple

Scope = Literal["grid", "community", "subdistrict", "district", "department"]
Form = Literal["share", "hours", "load", "balance"]
FEWEST = 5
"""Fewer cases than this are not told: they may point at persons."""
AREAS: tuple[Scope, ...] = ("district", "subdistrict", "community", "grid")
"""Scopes that lie in each other, the widest first."""
GRIDLESS = "/-"
"""Behind a community's code: its cases that lie in no grid."""


@dataclass(frozen=True)
class Measure:
    """A measure. above, below: what the numerator and the denominator count, (Chinese, English)."""

    code: str
    zh: str
    en: str
    form: Form
    above: tuple[str, str]
    below: tuple[str, str]
    departments: bool = True


class Count(NamedTuple):
    """Numerator and denominator. hours: the value and of how many cases. load: open cases and grids. balance: most
    and fewest open cases of a grid."""

    numerator: float
    denominator: float


def _read() -> tuple[Measure, ...]:
    text = files("gis_core.incidents").joinpath("data/measures.toml").read_text(encoding="utf-8")
    return tuple(
        Measure(
            row["code"], row["zh"], row["en"], row["form"], (row["above_zh"], row["above_en"]),
            (row["below_zh"], row["below_en"]), row.get("departments", True),
        )
        for row in tomllib.loads(text)["measure"]
    )  # fmt: skip


MEASURES = _read()
BY_CODE: Mapping[str, Measure] = {one.code: one for one in MEASURES}
_TIMES = {"whole": ("whole_median", "whole_p90"), "handle": ("handle_median", "handle_p90")}


class Place(NamedTuple):
    """Where cases count. community: its code. department: of those that were with one."""

    community: str
    grid: str | None
    department: str | None = None


@dataclass(frozen=True)
class Tree:
    """The areas. grids: grid in force → community. above: community → (subdistrict, district), either may be None.

    former: likewise of the grids that are in force no more.
    """

    grids: Mapping[str, str]
    above: Mapping[str, tuple[str | None, str | None]]
    former: Mapping[str, str] = field(default_factory=dict)

    def community_of(self, grid: str) -> str:
        """The community that a grid, or what lies in none, is of."""
        return self.grids.get(grid) or self.former.get(grid) or grid.removesuffix(GRIDLESS)

    def unit(self, scope: Scope, place: Place) -> str | None:
        """The unit of this scope that a place counts for."""
        if scope == "department":
            return place.department
        if scope == "grid":
            return place.grid or place.community + GRIDLESS
        if scope == "community":
            return place.community
        return self.above.get(place.community, (None, None))[scope == "district"]

    def parent(self, scope: Scope, code: str) -> str:
        """The area right above a unit; empty where there is none."""
        if scope == "grid":
            return self.community_of(code)
        if scope == "community":
            subdistrict, district = self.above.get(code, (None, None))
            return subdistrict or district or ""
        if scope == "subdistrict":
            return next((two or "" for one, two in self.above.values() if one == code), "")
        return ""


Counts = dict[str, dict[str, Count]]
"""Unit → measure → count."""


@dataclass
class Facts:
    """What the history tells. shares: (place, measure) → [numerator, denominator]. seconds: (place, whole|handle)."""

    shares: dict[tuple[Place, str], list[float]] = field(
        default_factory=lambda: defaultdict(lambda: [0.0, 0.0])
    )
    seconds: dict[tuple[Place, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, place: Place, measure: str, numerator: float, denominator: float) -> None:
        """Count these in."""
        one = self.shares[place, measure]
        one[0] += numerator
        one[1] += denominator


def roll_up(facts: Facts, tree: Tree, scope: Scope) -> Counts:
    """All units of a scope with what was counted there; a measure without a case is left out."""
    summed: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for (place, measure), (numerator, denominator) in facts.shares.items():
        unit = tree.unit(scope, place)
        if unit is not None and (scope != "department" or BY_CODE[measure].departments):
            one = summed[unit][measure]
            one[0] += numerator
            one[1] += denominator
    for (place, span), told in facts.seconds.items():
        unit = tree.unit(scope, place)
        if unit is not None:
            seconds[unit, span] += told
    found: Counts = defaultdict(dict)
    for unit, measures in summed.items():
        found[unit] = {name: Count(*pair) for name, pair in measures.items()}
    for (unit, span), told in seconds.items():
        median, p90 = _TIMES[span]
        found[unit] |= {median: Count(quantile(told, 0.5) / 3600, len(told)),
                        p90: Count(quantile(told, 0.9) / 3600, len(told))}  # fmt: skip
    if scope != "department":
        _loads(found, facts, tree, scope)
        return found
    for own in found.values():
        if "open" in own:
            own["open"] = Count(own["open"].numerator, 1.0)
    return found


def _loads(found: Counts, facts: Facts, tree: Tree, scope: Scope) -> None:
    """Open cases by how many grids there are, and how they are spread among them."""
    open_in: dict[str, float] = dict.fromkeys(tree.grids, 0.0)
    for (place, measure), (numerator, _) in facts.shares.items():
        if measure == "open" and place.grid in open_in:
            open_in[place.grid] += numerator
    by_unit: dict[str, list[float]] = defaultdict(list)
    for grid, count in open_in.items():
        unit = tree.unit(scope, Place(tree.grids[grid], grid))
        if unit is not None:
            by_unit[unit].append(count)
    for unit in found.keys() | by_unit.keys():
        loads = by_unit.get(unit, [])
        if "open" in found[unit] or loads:
            told = found[unit].get("open", Count(0.0, 0.0)).numerator
            found[unit]["open"] = Count(told, float(len(loads)))
        if len(loads) > 1:
            found[unit]["balance"] = Count(max(loads), min(loads))


def quantile(values: Sequence[float], share: float) -> float:
    """The value at a share of the sorted values, between neighbours in proportion (Hyndman and Fan's type 7)."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def cases_of(measure: Measure, count: Count) -> float:
    """How many cases stand behind it."""
    return count.numerator if measure.form == "load" else count.denominator


def value_of(measure: Measure, count: Count) -> float | None:
    """A share from 0 to 1, hours, cases a grid, or how many times as many; None where it is divided by nothing."""
    if measure.form == "hours":
        return count.numerator
    return count.numerator / count.denominator if count.denominator else None


def withheld(by_scope: Mapping[Scope, Counts], tree: Tree) -> set[tuple[Scope, str, str]]:
    """(scope, unit, measure) that are not told.

    Those with fewer than FEWEST cases. Where those kept back in one area are fewer than FEWEST together, they would
    follow from the area's own number: the next smallest is kept back too. What lies in an area that is kept back is
    kept back. The balance of an area is kept back with the open cases of any of its grids.
    """
    hidden: set[tuple[Scope, str, str]] = set()
    for measure in MEASURES:
        for scope in AREAS:
            groups: dict[str, dict[str, float]] = defaultdict(dict)
            for code, counts in by_scope.get(scope, {}).items():
                count = counts.get(measure.code)
                groups[tree.parent(scope, code)][code] = 0.0 if count is None else cases_of(measure, count)
            for parent, sizes in groups.items():
                whole = any((above, parent, measure.code) in hidden for above in AREAS[: AREAS.index(scope)])
                gone = set(sizes) if whole and measure.form != "balance" else _too_small(sizes, measure)
                hidden |= {(scope, code, measure.code) for code in gone}
        for code, counts in by_scope.get("department", {}).items():
            count = counts.get(measure.code)
            if count is None or cases_of(measure, count) < FEWEST:
                hidden.add(("department", code, measure.code))
    return hidden | _unbalanced(hidden, tree)


def _too_small(sizes: Mapping[str, float], measure: Measure) -> set[str]:
    gone = {code for code, size in sizes.items() if size < FEWEST}
    if measure.form == "balance":
        return gone
    ordered = sorted(sizes.keys() - gone, key=lambda code: (sizes[code], code))
    while ordered and 0 < sum(sizes[code] for code in gone) < FEWEST:
        gone.add(ordered.pop(0))
    return gone


def _unbalanced(hidden: Iterable[tuple[Scope, str, str]], tree: Tree) -> set[tuple[Scope, str, str]]:
    found: set[tuple[Scope, str, str]] = set()
    for scope, code, measure in list(hidden):
        if scope == "grid" and measure == "open" and not code.endswith(GRIDLESS):
            for above in AREAS[:-1]:
                unit = tree.unit(above, Place(tree.community_of(code), code))
                found |= {(above, unit, "balance")} if unit else set()
    return found
