"""The rules of a division as data: bands, number of grids, weights; read from TOML, checked all at once."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal, cast

from partitioning.errors import RulesError

Band = tuple[int, int]
Preset = Literal["balanced", "border", "compact", "stable"]
Oversized = Literal["refuse", "own_grid", "split"]
Contiguity = Literal["hard", "gaps"]
Distance = Literal["straight", "walking"]
Centres = Literal["centroids", "buildings"]

TERMS = ("border", "compactness", "balance", "estates", "moved")
"""The soft terms of the objective, see docs/engine.md."""

PRESETS: Mapping[Preset, Mapping[str, float]] = MappingProxyType(
    {
        "balanced": MappingProxyType(dict(zip(TERMS, (1.2, 0.8, 0.4, 0.35, 0.0), strict=True))),
        "border": MappingProxyType(dict(zip(TERMS, (1.0, 0.02, 0.02, 0.02, 0.0), strict=True))),
        "compact": MappingProxyType(dict(zip(TERMS, (0.005, 1.0, 0.005, 0.005, 0.0), strict=True))),
        "stable": MappingProxyType(dict(zip(TERMS, (1.0, 0.02, 0.01, 0.05, 1.75), strict=True))),
    }
)
SOFT_RULES = ("grids", "households", "persons", "balance", "locked", "contiguity")
"""The rules that `soft` may name, beside every workload."""

NO_WORKLOADS = (*SOFT_RULES, "pinned", "apart", "estates", "oversized", "patches", "buildings", "all")
"""Names that reasons and violations use already, and a workload may not have."""

_BANDS = ("grids", "households", "persons")
_CHOICES = (
    ("oversized", ("refuse", "own_grid", "split")),
    ("contiguity", ("hard", "gaps")),
    ("distance", ("straight", "walking")),
    ("centres", ("centroids", "buildings")),
)
_OFF = "off"
_MOST = 2**40
"""No count is above it, so that an end of a band above it counts as this one."""
_TWO_NUMBERS = "two whole numbers, the least and the most, such as [150, 300]"
_NUMBERS = {
    "grids": "a whole number, or two, the least and the most, such as [4, 8]",
    "patches": "a whole number, or two, the least and the most, such as [2, 3]",
}
"""What is told where a rule is neither."""


@dataclass(frozen=True)
class Rules:
    """What a plan must keep (hard), and how much the soft terms weigh.

    grids: least and most grids, or one number. households, persons: least and most a grid, ends included;
    None leaves the rule out. workloads: least and most a grid of further counts of the problem, by their names.
    balance_tolerance: no grid's households may differ from the mean by more than
    this share of the mean; None leaves it out. preset: weights of the soft terms; weights: overrides some of
    them. soft: rules (SOFT_RULES, workloads) that a plan may break, with the weight at which that
    enters the objective, see docs/engine.md; a rule that is not set is not minded there. oversized: what
    happens to a building that alone exceeds a grid's most under a hard rule: "refuse" names it, "own_grid" gives it
    a grid of its own for which the bands do not count, "split" divides it into parts, which may lie in different
    grids. estate_splits: how often estates may be split at the most, an estate in g grids g - 1 times; 0 keeps all
    whole, None leaves the rule out. contiguity: "hard" gives parts of the ground that do not touch grids of their own,
    "gaps" lets a grid span the gaps between them over the shortest links, as does a soft contiguity at its weight.
    patches: least and most patches, or one number, that the grids are grouped into after the draw: contiguous and with
    households as even as can be; None groups none. distance: what compactness measures by, "straight" lines or
    "walking" over the neighbours of buildings. centres: what it measures from, the "centroids" of the grids, or the
    best of the "buildings" of each, as in the model of Hess et al. 1965: where its service point may stand.

    Raises RulesError with all faults.
    """

    grids: Band | int = (4, 8)
    households: Band | None = (150, 300)
    persons: Band | None = (600, 1000)
    balance_tolerance: float | None = None
    preset: Preset = "balanced"
    weights: Mapping[str, float] | None = None
    oversized: Oversized = "refuse"
    workloads: Mapping[str, Band] | None = None
    soft: Mapping[str, float] | None = None
    estate_splits: int | None = None
    contiguity: Contiguity = "hard"
    patches: Band | int | None = None
    distance: Distance = "straight"
    centres: Centres = "centroids"

    def __post_init__(self) -> None:
        faults: list[str] = []
        for name in ("grids", "patches"):
            value = getattr(self, name)
            band = (value, value) if _is_whole(value) else value
            if name == "grids" or band is not None:
                object.__setattr__(self, name, _band(name, band, 1, faults))
        for name in ("households", "persons"):
            band = getattr(self, name)
            object.__setattr__(self, name, None if band is None else _band(name, band, 0, faults))
        tolerance = self.balance_tolerance
        if tolerance is not None and not (_is_number(tolerance) and tolerance >= 0):
            faults.append(
                f"balance_tolerance = {tolerance!r} must be a share of the mean, 0 or more, such as 0.1."
            )
        splits = self.estate_splits
        if splits is not None and not (_is_whole(splits) and splits >= 0):
            faults.append(f"estate_splits = {splits!r} must be a whole number, 0 or more.")
        if self.preset not in tuple(PRESETS):
            faults.append(f"preset = {self.preset!r} is unknown; choose one of {', '.join(PRESETS)}.")
        for name, known in _CHOICES:
            if (value := getattr(self, name)) not in known:
                told = repr(_OFF if value is None else value)
                faults.append(f"{name} = {told} is unknown; choose one of {', '.join(known)}.")
        object.__setattr__(self, "weights", _weights(self.weights, faults))
        object.__setattr__(self, "workloads", _workloads(self.workloads, faults))
        object.__setattr__(self, "soft", _soft(self.soft, self.workloads or {}, faults))
        if faults:
            raise RulesError(faults)

    @property
    def grid_range(self) -> range:
        """The numbers of grids that the rule allows."""
        low, high = self.grids  # type: ignore[misc]  # a pair since __post_init__
        return range(low, high + 1)

    @property
    def term_weights(self) -> dict[str, float]:
        """Weight of each soft term: the preset's, overridden by `weights`."""
        return {**PRESETS[self.preset], **(self.weights or {})}

    @property
    def bands(self) -> dict[str, Band]:
        """The bands that are set, hard or soft, by the name of what they count: households, persons, workloads."""
        named = {"households": self.households, "persons": self.persons, **(self.workloads or {})}
        return {name: band for name, band in named.items() if band is not None}

    @property
    def hard_bands(self) -> dict[str, Band]:
        """The bands that no plan may break."""
        return {name: band for name, band in self.bands.items() if not self.is_soft(name)}

    def with_band(self, rule: str, band: Band) -> "Rules":
        """These rules with another band for the number of grids, households, persons or a workload."""
        changed = {rule: band} if rule in _BANDS else {"workloads": {**(self.workloads or {}), rule: band}}
        return replace(self, **changed)

    def hard(self, buildings: int) -> "Rules":
        """What no plan of so many buildings may break: soft bands and tolerances left out, any number of grids where
        the rule for it is soft.
        """
        if self.soft is None:
            return self
        left = ("grids", "balance", *self.bands)
        return replace(
            self,
            grids=(1, buildings) if self.is_soft("grids") else self.grids,
            households=None if self.is_soft("households") else self.households,
            persons=None if self.is_soft("persons") else self.persons,
            workloads={name: band for name, band in (self.workloads or {}).items() if not self.is_soft(name)},
            balance_tolerance=None if self.is_soft("balance") else self.balance_tolerance,
            soft={rule: weight for rule, weight in self.soft.items() if rule not in left},
        )

    def is_soft(self, rule: str) -> bool:
        """Whether a plan may break the rule, at a cost."""
        return self.soft is not None and rule in self.soft

    @property
    def patch_numbers(self) -> Band | None:
        """The least and most patches that grids are grouped into, None where they are not."""
        return cast(Band | None, self.patches)  # a pair since __post_init__

    @property
    def spans_gaps(self) -> bool:
        """Whether a grid may span gaps between parts of the ground that do not touch."""
        return self.contiguity == "gaps" or self.is_soft("contiguity")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Rules":
        """Rules from plain data, as of TOML or JSON; lists are bands, "off" or None leaves a rule out.

        Raises RulesError with all faults, unknown keys included.
        """
        known = [field.name for field in fields(cls)]
        faults = [
            f"{key} = {value!r} is not a rule; the rules are {', '.join(known)}."
            for key, value in data.items()
            if key not in known
        ]
        values = {key: _plain(value) for key, value in data.items() if key in known}
        try:
            rules = cls(**values)
        except RulesError as error:
            raise RulesError([*faults, *error.faults]) from None
        if faults:
            raise RulesError(faults)
        return rules

    @classmethod
    def from_toml(cls, text: str) -> "Rules":
        """Rules from TOML text, see docs/howto/rules.md. Raises RulesError, also where the text is not
        TOML.
        """
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RulesError([f"The text is not TOML: {error}."]) from None
        return cls.from_dict(data)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `from_dict` reads back to equal rules."""
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: _to_plain(value) for key, value in data.items()}


def is_workload(name: Any) -> bool:
    """Whether a workload may have that name."""
    return isinstance(name, str) and bool(name.strip()) and name not in NO_WORKLOADS


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_plain(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(value)
    return None if value == _OFF else value


def _is_whole(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _band(name: str, value: Any, least: int, faults: list[str]) -> Band | None:
    """(low, high) as ints; a fault is noted where they are not two ordered whole numbers >= least."""
    try:
        low, high = value
    except (TypeError, ValueError):
        faults.append(f"{name} = {value!r} must be {_NUMBERS.get(name, _TWO_NUMBERS)}.")
        return None
    if not (_is_whole(low) and _is_whole(high)):
        faults.append(f"{name} = [{low!r}, {high!r}] must be two whole numbers.")
    elif low < least:
        faults.append(f"{name} = [{low}, {high}]: the least must be {least} or more.")
    elif low > high:
        faults.append(f"{name} = [{low}, {high}]: the least is above the most; swap them.")
    else:
        return min(int(low), _MOST), min(int(high), _MOST)
    return None


def _weights(value: Any, faults: list[str]) -> Mapping[str, float] | None:
    return _weighed("weights", value, TERMS, ("a term", "the terms"), faults)


def _workloads(value: Any, faults: list[str]) -> Mapping[str, Band] | None:
    """Bands by name, in the order of the names, so that the order in a file does not decide the plan."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        faults.append(f"workloads = {value!r} must be a table of names with two whole numbers each.")
        return None
    bands: dict[str, Band] = {}
    for name in sorted(value, key=str):
        if not is_workload(name):
            faults.append(
                f"workloads.{name} cannot be the name of a workload; any text may, except "
                f"{', '.join(NO_WORKLOADS)}."
            )
        elif value[name] is not None:
            band = _band(f"workloads.{name}", value[name], 0, faults)
            bands[name] = (0, 0) if band is None else band
    return bands or None


def _soft(value: Any, workloads: Mapping[str, Band], faults: list[str]) -> Mapping[str, float] | None:
    known = (*SOFT_RULES, *workloads)
    return _weighed("soft", value, known, ("a rule that can be soft", "those"), faults) or None


def _weighed(
    key: str, value: Any, known: Sequence[str], kind: tuple[str, str], faults: list[str]
) -> Mapping[str, float] | None:
    """Weights by name; a fault is noted for every name that is not known and every weight below 0."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        faults.append(f"{key} = {value!r} must be a table of {', '.join(known)}.")
        return None
    for name, weight in value.items():
        if name not in known:
            faults.append(f"{key}.{name} is not {kind[0]}; {kind[1]} are {', '.join(known)}.")
        elif not (_is_number(weight) and weight >= 0):
            faults.append(f"{key}.{name} = {weight!r} must be a number, 0 or more.")
    return {str(name): weight for name, weight in value.items()}
