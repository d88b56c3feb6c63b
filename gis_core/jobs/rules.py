"""What a job of the engine may touch, and how its answer becomes moves of buildings. No I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from gis_core.editing.rules import Locks
from gis_core.errors import InvalidInputError
from partitioning import Reason, Relaxation
from partitioning.rules import Preset, Rules

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]
_STAYS = 1e12
"""Weight of a building that must stay, households: its grid keeps its number whatever else moves."""
SOFT_WEIGHT = 10.0
"""Weight of bands that a split may break where it cannot keep them, see docs/engine.md."""


class JobKind(StrEnum):
    """What the engine is asked for."""

    DRAW = "draw"
    REPAIR = "repair"
    COMPLETE = "complete"
    SUGGEST = "suggest"
    EXPLAIN = "explain"
    SPLIT = "split"


class JobStatus(StrEnum):
    """The life of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobStatus.QUEUED, JobStatus.RUNNING)


@dataclass(frozen=True)
class JobBody:
    """What goes with a job: keep: ids of buildings that stay; grid, into: for split; preset: in place of the rules'."""

    seed: int = 0
    keep: tuple[int, ...] = ()
    grid: int | None = None
    into: int | None = None
    preset: Preset | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "JobBody":
        """From plain data, as it is stored."""
        return cls(**(dict(data) | {"keep": tuple(data.get("keep", ()))}))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "seed": self.seed,
            "keep": list(self.keep),
            "grid": self.grid,
            "into": self.into,
            "preset": self.preset,
        }


def check_body(
    kind: JobKind, body: JobBody, buildings: Collection[int], grids: Collection[int], most: int
) -> None:
    """Refuse a body that does not fit the plan. grids: its numbers; most: the rule's largest number of grids.

    Raises:
        InvalidInputError: with all faults.
    """
    faults: list[tuple[str, str]] = []
    unknown = sorted(set(body.keep).difference(buildings))
    if unknown:
        shown = ", ".join(map(str, unknown[:5])) + (" …" if len(unknown) > 5 else "")
        faults.append((
            f"keep names buildings that this community has not: {shown}; leave them out.",
            f"keep 中有本社区没有的楼栋：{shown}；请去掉。",
        ))  # fmt: skip
    if kind is JobKind.SPLIT:
        if body.grid not in grids:
            named = ", ".join(map(str, sorted(grids)))
            faults.append((
                f"grid = {body.grid} is no grid of this plan; split one of {named}.",
                f"方案中没有网格 {body.grid}；可拆分：{named}。",
            ))  # fmt: skip
        room = most - len(grids) + 1
        if not 2 <= (body.into or 2) <= room:
            faults.append((
                f"into = {body.into or 2}: the plan has {len(grids)} grids and the rules allow {most}, so that one can "
                f"be split into {max(room, 1)} at the most; raise the number of grids in the rules.",
                f"into = {body.into or 2}：方案已有 {len(grids)} 个网格，规则最多 {most} 个，"
                f"因此最多拆成 {max(room, 1)} 个；请在规则中放宽网格数。",
            ))  # fmt: skip
    if faults:
        raise InvalidInputError(" ".join(en for en, _ in faults), "".join(zh for _, zh in faults))


@dataclass(frozen=True, eq=False)
class Room:
    """What the engine may work on.

    inside: (m,) places of the buildings that it is given, rising. kept: (m,) of these, which stay in their grid.
    closed: numbers of grids that are locked, and of those left out of a split: they neither give nor take.
    """

    inside: Ints
    kept: Truths
    closed: frozenset[int]


def room_for(
    kind: JobKind, body: JobBody, locks: Locks, buildings: Ints, estates: Ints, labels: Ints
) -> Room:
    """What a job may work on: (n,) ids of buildings, of their estates (-1: none), numbers of their grids (0: none)."""
    held = (
        np.isin(buildings, [*locks.buildings, *body.keep]) | np.isin(estates, list(locks.estates)) | locks.all
    )
    if kind is JobKind.SPLIT:
        own = labels == body.grid
        closed = frozenset(np.unique(labels[(labels > 0) & ~own]).tolist())
        inside = np.flatnonzero(own)
    else:
        closed = locks.grids & frozenset(labels.tolist())
        inside = np.flatnonzero(~np.isin(labels, list(closed)) & ~(held & (labels == 0)))
    return Room(inside, held[inside] & (labels[inside] > 0), closed)


def rules_within(kind: JobKind, body: JobBody, rules: Rules, room: Room) -> Rules | None:
    """The rules for what a job works on; None where the closed grids leave no grid to it.

    Buildings are never split by a job, since its answer is moves of whole buildings: one that is too large for every
    band stands alone.
    """
    low, high = rules.grid_range[0], rules.grid_range[-1]
    own = replace(
        rules,
        preset=body.preset or rules.preset,
        weights=None if body.preset else rules.weights,
        oversized="own_grid" if rules.oversized == "split" else rules.oversized,
    )
    if kind is JobKind.SPLIT:
        return replace(own, grids=body.into or 2)
    if high <= len(room.closed):
        return None
    return replace(own, grids=(max(1, low - len(room.closed)), high - len(room.closed)))


def softened(rules: Rules) -> Rules:
    """The same rules with bands that may be broken: what a split falls back to."""
    soft = dict.fromkeys(rules.bands, SOFT_WEIGHT)
    return replace(rules, soft={**soft, **(rules.soft or {})})


def rename_grids(found: Ints, before: Ints, households: Ints, kept: Truths, closed: Collection[int]) -> Ints:
    """The engine's division under the plan's numbers, so that as few households as possible move.

    found: (m,) grids from 0. before: (m,) present numbers, 0 for none. kept: (m,) buildings whose number stays. closed:
    numbers that are not to be taken. New grids get the lowest free numbers.
    """
    names, place = np.unique(found, return_inverse=True)
    numbers, at = np.unique(before[before > 0], return_inverse=True)
    common = np.zeros((len(names), len(numbers)))
    weight = np.where(kept, _STAYS, households + 1.0)
    np.add.at(common, (place[before > 0], at), weight[before > 0])
    rows, columns = linear_sum_assignment(-common)
    new = {
        int(row): int(numbers[column])
        for row, column in zip(rows, columns, strict=True)
        if common[row, column] > 0
    }
    taken = {*new.values(), *closed}
    free = (number for number in range(1, len(names) + len(taken) + 1) if number not in taken)
    for row in range(len(names)):
        if row not in new:
            new[row] = next(free)
    return np.array([new[row] for row in range(len(names))], dtype=np.int64)[place]


def moves_between(buildings: Ints, before: Ints, after: Ints) -> list[dict[str, int | None]]:
    """[{building, from, to}] of the buildings whose number changes, 0 being null."""
    return [
        {"building": int(buildings[i]), "from": int(before[i]) or None, "to": int(after[i]) or None}
        for i in np.flatnonzero(before != after)
    ]


Text = dict[str, str]


def reason_of(zh: str, en: str) -> dict[str, Text]:
    """A reason in both languages."""
    return {"text": {"zh": zh, "en": en}}


ALL_LOCKED = reason_of(
    "全部楼栋都已锁定或不在可调整范围内，没有可以移动的楼栋；请先解锁一部分。",
    "Every building is locked, so that nothing can move; unlock some first.",
)
NO_GRID_LEFT = reason_of(
    "锁定的网格已达到规则允许的网格数，其余楼栋没有网格可用；请解锁一个网格，或在规则中放宽网格数。",
    "The locked grids are as many as the rules allow, so that the other buildings have none; unlock one, or raise the "
    "number of grids in the rules.",
)
THERE_IS_A_PLAN = reason_of(
    "按现在的规则和锁定，方案是存在的：“重新划分”或“修补”可以找到它。",
    "With these rules and locks there is a plan: Draw or Repair finds one.",
)
SPLIT_BREAKS = reason_of(
    "这个网格无法拆成都符合规则的部分；下面是最接近的拆分。",
    "This grid cannot be split into parts that all keep the rules; this is the nearest split.",
)


def without_closed(closed: int) -> dict[str, Text]:
    """That what follows counts without the grids that a job leaves as they are."""
    return reason_of(
        f"下列数字不含未参与计算的 {closed} 个网格；建议的网格数则已计入。",
        f"The numbers below leave out the {closed} grids that were not to be touched; a number of grids that is "
        "advised counts them.",
    )


def counting_closed(reason: Reason, closed: int) -> Reason:
    """The reason with the numbers of grids that it advises as the plan's rules count them: with the closed ones."""

    def counted(change: Relaxation) -> Relaxation:
        if change.rule != "grids":
            return change
        reached = None if change.reached is None else change.reached + closed
        return replace(change, value=change.value + closed, reached=reached)

    first = None if reason.relaxation is None else counted(reason.relaxation)
    others = tuple(counted(change) for change in reason.other_relaxations)
    return replace(reason, relaxation=first, other_relaxations=others)


FAILED = reason_of(
    "计算中断了。请再试一次；如果仍然失败，请告诉管理员任务编号。",
    "The work broke off. Try again; where it fails again, tell the operator the number of the job.",
)


@dataclass(frozen=True, eq=False)
class Alternative:
    """A plan of several: the preset whose weights it has, its figures, and (n,) the numbers of the buildings' grids."""

    preset: str
    figures: Mapping[str, float | int]
    labels: Ints


@dataclass(frozen=True, eq=False)
class Proposal:
    """What a job found.

    status: the engine's. labels: (n,) numbers of grids, 0 for none; None where there is no plan.
    """

    status: str
    labels: Ints | None
    reasons: Sequence[Mapping[str, Any]] = ()
    alternatives: Sequence[Alternative] = field(default=())


def failure(reason: Mapping[str, Any]) -> dict[str, Any]:
    """The result of a job that came to nothing."""
    return {
        "status": "failed", "moves": [], "reasons": [reason], "before": None, "after": None, "alternatives": []
    }  # fmt: skip
