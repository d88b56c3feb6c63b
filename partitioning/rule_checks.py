"""Reads the values of rules and collects their faults, in both languages."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from partitioning.errors import Told

Band = tuple[int, int]

OFF = "off"
"""How a file says that a rule is left out."""

SOFT_RULES = ("grids", "households", "persons", "balance", "locked", "contiguity")
"""The rules that `soft` may name, beside every workload."""

NO_WORKLOADS = (*SOFT_RULES, "pinned", "apart", "estates", "oversized", "patches", "buildings", "all")
"""Names that reasons and violations use already, and a workload may not have."""

MOST_COUNTED = 2**50
"""No sum of counts is above it, so that an end of a band above it counts as this one."""

_TWO_NUMBERS = Told(
    "two whole numbers, the least and the most, such as [150, 300]", "两个整数，即下限和上限，如 [150, 300]"
)
_ONE_OR_TWO = {"grids": "[4, 8]", "patches": "[2, 3]"}
"""Rules that may be one number, with an example of two."""


def is_workload(name: Any) -> bool:
    """Whether a workload may have that name."""
    return isinstance(name, str) and bool(name.strip()) and name not in NO_WORKLOADS


def is_whole(value: Any) -> bool:
    """Whether it is a whole number, of Python or numpy."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """A value as a rules file has it."""
    if value is None or isinstance(value, bool):
        return repr(OFF) if value is None else str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(shown, value))}]"
    return repr(value)


def unknown_rule(key: str, value: Any, known: Sequence[str]) -> Told:
    """The fault of a key that is no rule."""
    listed = ", ".join(known)
    return Told(
        f"{key} = {shown(value)} is not a rule; the rules are {listed}.",
        f"{key} = {shown(value)}：没有这项规则；可用的规则有 {listed}。",
    )


class RuleCheck:
    """Reads the values and collects the faults; what cannot be read is replaced so that checking goes on."""

    def __init__(self) -> None:
        self.faults: list[Told] = []

    def band(self, name: str, value: Any, least: int) -> Band | None:
        """(low, high) as ints, None where they are not two ordered whole numbers >= least."""
        try:
            low, high = value.tolist() if isinstance(value, np.ndarray) else value
        except (TypeError, ValueError):
            wanted = _TWO_NUMBERS
            if name in _ONE_OR_TWO:
                wanted = Told(
                    f"a whole number, or two, the least and the most, such as {_ONE_OR_TWO[name]}",
                    f"一个整数，或两个整数即下限和上限，如 {_ONE_OR_TWO[name]}",
                )
            self._tell(f"{name} = {shown(value)}", f" must be {wanted.en}.", f"应为{wanted.zh}。")
            return None
        said = f"{name} = {shown((low, high))}"
        if not (is_whole(low) and is_whole(high)):
            self._tell(said, " must be two whole numbers.", "应为两个整数。")
        elif low < least:
            self._tell(said, f": the least must be {least} or more.", f"下限不得小于 {least}。")
        elif low > high:
            self._tell(said, ": the least is above the most; swap them.", "下限大于上限，请对调。")
        else:
            return min(int(low), MOST_COUNTED), min(int(high), MOST_COUNTED)
        return None

    def share(self, name: str, value: Any) -> None:
        """A share of the mean, None for none."""
        if value is not None and not (_is_number(value) and value >= 0):
            said = f"{name} = {shown(value)}"
            self._tell(
                said,
                " must be a share of the mean, 0 or more, such as 0.1.",
                "应为平均值的比例，不小于 0，如 0.1。",
            )

    def count(self, name: str, value: Any) -> None:
        """A whole number from 0, None for none."""
        if value is not None and not (is_whole(value) and value >= 0):
            self._tell(
                f"{name} = {shown(value)}", " must be a whole number, 0 or more.", "应为不小于 0 的整数。"
            )

    def choice(self, name: str, value: Any, known: Sequence[str]) -> None:
        """One of the words."""
        if not isinstance(value, str) or value not in known:
            listed = ", ".join(known)
            self._tell(
                f"{name} = {shown(value)}",
                f" is unknown; choose one of {listed}.",
                f"没有这个取值；可选 {listed}。",
            )

    def workloads(self, value: Any) -> Mapping[str, Band] | None:
        """Bands by name, in the order of the names, so that the order in a file does not decide the plan."""
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self._tell(
                f"workloads = {shown(value)}",
                " must be a table of names with two whole numbers each.",
                "应为表，每个名称对应两个整数。",
            )
            return None
        bands: dict[str, Band] = {}
        for name in sorted(value, key=str):
            if not is_workload(name):
                listed = ", ".join(NO_WORKLOADS)
                self._tell(
                    f"workloads.{name}",
                    f" cannot be the name of a workload; any text may, except {listed}.",
                    f"不能用作工作量名称；除 {listed} 外的文字均可。",
                )
            elif value[name] is not None:
                band = self.band(f"workloads.{name}", value[name], 0)
                bands[name] = (0, 0) if band is None else band
        return bands or None

    def weights(
        self, key: str, value: Any, known: Sequence[str], kind: tuple[Told, str]
    ) -> Mapping[str, float] | None:
        """Weights by name; every name that is not known and every weight below 0 is a fault.

        kind: what the names are, and the word that stands for all of them in English.
        """
        if value is None:
            return None
        listed = ", ".join(known)
        if not isinstance(value, Mapping):
            self._tell(
                f"{key} = {shown(value)}",
                f" must be a table of {listed}.",
                f"应为表，其中的名称可用 {listed}。",
            )
            return None
        for name, weight in value.items():
            if name not in known:
                what, all_ = kind
                self._tell(
                    f"{key}.{name}",
                    f" is not {what.en}; {all_} are {listed}.",
                    f"不是{what.zh}；可用的有 {listed}。",
                )
            elif not (_is_number(weight) and weight >= 0):
                said = f"{key}.{name} = {shown(weight)}"
                self._tell(said, " must be a number, 0 or more.", "应为不小于 0 的数。")
        return {str(name): weight for name, weight in value.items()}

    def _tell(self, said: str, en: str, zh: str) -> None:
        self.faults.append(Told(said + en, f"{said}：{zh}"))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
