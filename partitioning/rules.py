"""The rules of a division as data: bands, number of grids, weights; read from TOML, checked all at once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal, cast

from partitioning.errors import RulesError, Told
from partitioning.rule_checks import OFF, SOFT_RULES, Band, RuleCheck, is_whole, shown, unknown_rule
from partitioning.toml_faults import chinese

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
_BANDS = ("grids", "households", "persons")
_CHOICES = (
    ("preset", tuple(PRESETS)),
    ("oversized", ("refuse", "own_grid", "split")),
    ("contiguity", ("hard", "gaps")),
    ("distance", ("straight", "walking")),
    ("centres", ("centroids", "buildings")),
)
_TERM = (Told("a term", "目标项"), "the terms")
_SOFT_RULE = (Told("a rule that can be soft", "可设为软性的规则"), "those")


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
        check = RuleCheck()
        for name in ("grids", "patches"):
            value = getattr(self, name)
            band = (value, value) if is_whole(value) else value
            if name == "grids" or band is not None:
                object.__setattr__(self, name, check.band(name, band, 1))
        for name in ("households", "persons"):
            band = getattr(self, name)
            object.__setattr__(self, name, None if band is None else check.band(name, band, 0))
        check.share("balance_tolerance", self.balance_tolerance)
        check.count("estate_splits", self.estate_splits)
        for name, known in _CHOICES:
            check.choice(name, getattr(self, name), known)
        workloads = check.workloads(self.workloads)
        soft = check.weights("soft", self.soft, (*SOFT_RULES, *(workloads or {})), _SOFT_RULE)
        object.__setattr__(self, "weights", check.weights("weights", self.weights, TERMS, _TERM))
        object.__setattr__(self, "workloads", workloads)
        object.__setattr__(self, "soft", soft or None)
        if check.faults:
            raise RulesError(check.faults)

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

    def trimmed(self, buildings: int) -> "Rules":
        """These rules without numbers of grids above that of buildings, since no plan has more: nothing needs to look
        for any.
        """
        fewest, most = self.grid_range[0], self.grid_range[-1]
        return self if most <= buildings else replace(self, grids=(fewest, max(fewest, buildings)))

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
        if not isinstance(data, Mapping):
            told = f"{shown(data)} is no table of rules.", f"{shown(data)} 不是规则表。"
            raise RulesError([Told(*told)])
        known = [field.name for field in fields(cls)]
        faults = [unknown_rule(key, value, known) for key, value in data.items() if key not in known]
        values = {key: _plain(value) for key, value in data.items() if key in known}
        try:
            rules = cls(**values)
        except RulesError as error:
            raise RulesError([*faults, *error.told]) from None
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
            raise RulesError(
                [Told(f"The text is not TOML: {error}.", f"文本不是有效的 TOML：{chinese(str(error))}。")]
            ) from None
        return cls.from_dict(data)

    def to_dict(self) -> dict[str, Any]:
        """Plain data that `from_dict` reads back to equal rules."""
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return {key: _to_plain(value) for key, value in data.items()}


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _to_plain(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return tuple(value)
    return None if value == OFF else value
