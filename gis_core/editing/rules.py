"""Rules of editing: what a move must keep, what locks hold, whose edits undo and redo take back. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from gis_core.errors import ConflictError, InvalidInputError, PreconditionError
from gis_core.plans.rules import FIFTEEN_DIGITS

MOST_MOVES = 20_000
"""Moves in one edit."""
MOST_NAMED = 5
MOST_GRIDS = FIFTEEN_DIGITS.most
"""As many as codes of grids have numbers."""
"""Buildings named in a sentence; the rest are counted."""
NAME_LENGTH = 100
"""Characters of a plan's name."""
KEY_LENGTH = 100
"""Characters of an idempotency key."""


class EditKind(StrEnum):
    """What an edit was made with; the first ones are tools that move buildings."""

    CLICK = "click"
    BRUSH = "brush"
    LASSO = "lasso"
    ESTATE = "estate"
    SWEEP = "sweep"
    MERGE = "merge"
    REMOVE = "remove"
    ACCEPT = "accept"
    REAPPLY = "reapply"
    UNDO = "undo"
    REDO = "redo"
    LOCKS = "locks"
    RULES = "rules"
    NAME = "name"
    STATUS = "status"


TOOLS = tuple(kind for kind in EditKind if kind not in ("undo", "redo", "locks", "rules", "name", "status"))
"""Kinds that a request to move buildings may name."""
UNDOABLE = frozenset({*TOOLS, EditKind.RULES})
"""Kinds that undo takes back: changes of the division and of its rules."""


@dataclass(frozen=True)
class Move:
    """A building leaves one grid for another; None is no grid."""

    building: int
    source: int | None
    target: int | None

    def back(self) -> "Move":
        """The move that takes this one back."""
        return Move(self.building, self.target, self.source)

    def to_list(self) -> list[int | None]:
        """[building, from, to], as the journal keeps it."""
        return [self.building, self.source, self.target]


@dataclass(frozen=True)
class Edit:
    """An entry of a plan's journal.

    undoes: of an undo or redo, the revision that is taken back or made again. by_name: what the account is called.
    """

    revision: int
    kind: EditKind
    by: str
    at: datetime
    moves: tuple[Move, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    undoes: int | None = None
    by_name: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as the API answers it."""
        return {
            "revision": self.revision,
            "kind": self.kind,
            "by": self.by,
            "by_name": self.by_name or self.by,
            "at": self.at.isoformat(),
            "moves": [move.to_list() for move in self.moves],
            "details": dict(self.details),
            "undoes": self.undoes,
        }


@dataclass(frozen=True)
class Locks:
    """What edits and the engine must leave where it is: buildings and estates by id, grids by number, or all."""

    buildings: frozenset[int] = frozenset()
    estates: frozenset[int] = frozenset()
    grids: frozenset[int] = frozenset()
    all: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Locks from plain data, as they are stored; what is absent is not locked."""
        sets = {name: frozenset(data.get(name, ())) for name in ("buildings", "estates", "grids")}
        return cls(**sets, all=bool(data.get("all", False)))

    def to_dict(self) -> dict[str, Any]:
        """Plain data, sorted."""
        return {"buildings": sorted(self.buildings), "estates": sorted(self.estates),
                "grids": sorted(self.grids), "all": self.all}  # fmt: skip

    def with_(self, other: "Locks") -> Self:
        """These and the other locks."""
        sets = {one.name: getattr(self, one.name) | getattr(other, one.name) for one in fields(self)}
        return replace(self, **sets)

    def without(self, other: "Locks") -> Self:
        """These locks but the other ones. Lifting the lock of all leaves the single ones."""
        sets = {
            name: getattr(self, name) - getattr(other, name) for name in ("buildings", "estates", "grids")
        }
        return replace(self, **sets, all=self.all and not other.all)

    def hold(self, building: int, estate: int | None, *grids: int | None) -> bool:
        """Whether a building of that estate may not move between these grids."""
        return (
            self.all
            or building in self.buildings
            or estate in self.estates
            or any(grid in self.grids for grid in grids)
        )


def check_locks(locks: Locks, buildings: Collection[int], estates: Collection[int]) -> None:
    """Raises InvalidInputError where locks name buildings or estates that are not among the community's."""
    faults = []
    for noun, zh, asked, known in (
        ("building", "楼栋", locks.buildings, buildings),
        ("estate", "小区", locks.estates, estates),
    ):
        unknown = [str(one) for one in sorted(asked.difference(known))]
        if unknown:
            faults.append((
                f"This community has no {noun} with the id {_listed(unknown)}.",
                f"本社区没有编号为 {_listed(unknown)} 的{zh}。",
            ))  # fmt: skip
    if faults:
        raise InvalidInputError(" ".join(en for en, _ in faults), "".join(zh for _, zh in faults))


@dataclass(frozen=True)
class Standpoint:
    """What is known of a building that is to move: its name for people, its estate, its present grid."""

    name: str
    estate: int | None
    grid: int | None


def clean_moves(
    moves: Sequence[Move], known: Mapping[int, Standpoint], most_grids: int | None, locks: Locks
) -> tuple[Move, ...]:
    """The moves that change something, in the order of their buildings.

    known: of the community's buildings among those moved. most_grids: the largest grid number, None for any.

    Raises:
        InvalidInputError: unknown buildings, one moved twice, a grid beyond the rule, too many moves: all faults.
        ConflictError: a building is locked, or not in the grid that it is said to leave.
    """
    faults = _form_faults(moves, known, most_grids)
    if faults:
        raise InvalidInputError(" ".join(en for en, _ in faults), "".join(zh for _, zh in faults))
    elsewhere = [move for move in moves if known[move.building].grid != move.source]
    if elsewhere:
        one = elsewhere[0]
        at = known[one.building]
        raise ConflictError(
            f"{_some(elsewhere, known)} not in the grid that the edit takes them from: {at.name!r} is in "
            f"{_grid(at.grid)}, not in {_grid(one.source)}. Read the plan again, then repeat.",
            f"{_some_zh(elsewhere, known)}不在所说的原网格："
            f"{at.name}在{_grid_zh(at.grid)}，不在{_grid_zh(one.source)}。请重新读取方案后再操作。",
        )
    changing = [move for move in moves if move.source != move.target]
    held = [m for m in changing if locks.hold(m.building, known[m.building].estate, m.source, m.target)]
    if held:
        raise ConflictError(
            f"{_some(held, known)} locked; unlock them, their estate or their grids first, or leave them out.",
            f"{_some_zh(held, known)}已锁定；请先解锁这些楼栋、所在小区或网格，或者不要移动它们。",
        )
    return tuple(sorted(changing, key=lambda move: move.building))


def _form_faults(
    moves: Sequence[Move], known: Mapping[int, Standpoint], most_grids: int | None
) -> list[tuple[str, str]]:
    """What is wrong with the moves in themselves, in English and Chinese."""
    faults = []
    if len(moves) > MOST_MOVES:
        faults.append((
            f"{len(moves)} moves are more than the {MOST_MOVES} of one edit; send them in several.",
            f"{len(moves)} 个移动超过一次 {MOST_MOVES} 个的上限；请分几次提交。",
        ))  # fmt: skip
    unknown = [str(move.building) for move in moves if move.building not in known]
    if unknown:
        faults.append((
            f"No building of this community has the id {_listed(unknown)}; take ids from its list of buildings.",
            f"本社区没有编号为 {_listed(unknown)} 的楼栋；请使用楼栋列表中的编号。",
        ))  # fmt: skip
    twice = [str(one) for one, times in Counter(move.building for move in moves).items() if times > 1]
    if twice:
        faults.append((
            f"The edit moves {_listed(twice)} more than once; give one move a building.",
            f"同一次编辑多次移动了楼栋 {_listed(twice)}；每栋只能移动一次。",
        ))  # fmt: skip
    beyond = sorted({m.target for m in moves if m.target is not None and not _allowed(m.target, most_grids)})
    if beyond:
        limit = (
            "1 or more" if most_grids is None else f"1-{most_grids}, since the rules allow {most_grids} grids"
        )
        limit_zh = "不小于 1" if most_grids is None else f"1–{most_grids}（规则最多 {most_grids} 个网格）"
        faults.append((
            f"Grid {_listed(map(str, beyond))} is out of range: numbers are {limit}; raise the rule first, or choose "
            "another grid.",
            f"网格 {_listed(map(str, beyond))} 超出范围：网格号须{limit_zh}；请先修改规则，或选择其他网格。",
        ))  # fmt: skip
    return faults


def _allowed(number: int, most_grids: int | None) -> bool:
    return number >= 1 and (most_grids is None or number <= most_grids)


def undo_and_redo(edits: Iterable[Edit]) -> tuple[Edit | None, Edit | None]:
    """The edit that undo would take back and the one that redo would make again; edits: one person's, oldest first."""
    done: list[Edit] = []
    undone: list[Edit] = []
    for edit in edits:
        if edit.kind is EditKind.UNDO:
            undone.append(done.pop())
        elif edit.kind is EditKind.REDO:
            done.append(undone.pop())
        elif edit.kind in UNDOABLE:
            done.append(edit)
            undone.clear()
    return (done[-1] if done else None), (undone[-1] if undone else None)


_ETAG = re.compile(r'\s*(?:W/)?"r(\d{1,18})(?:\.[^"]*)?"\s*')


def revision_of(if_match: str | None) -> int:
    """The revision that an If-Match header names: `"r12"`, or the ETag of the plan, which begins so.

    Raises:
        PreconditionError: there is none.
        InvalidInputError: it is not of that form.
    """
    if if_match is None:
        raise PreconditionError()
    found = _ETAG.fullmatch(if_match)
    if found is None:
        raise InvalidInputError(
            f'If-Match: {if_match} is not the ETag of a plan; send the one of GET /plans/{{id}}, such as "r12".',
            f'If-Match: {if_match} 不是方案的 ETag；请发送 GET /plans/{{id}} 的 ETag，如 "r12"。',
        )
    return int(found[1])


def check_grid_range(most: int) -> None:
    """Raises InvalidInputError where a plan's rules allow more grids than there are codes for."""
    if most > MOST_GRIDS:
        raise InvalidInputError(
            f"grids = {most} is more than the {MOST_GRIDS} that a community has codes for; set a smaller number.",
            f"网格数 {most} 超过一个社区编码的上限 {MOST_GRIDS}；请改小。",
        )


def clean_name(name: str) -> str:
    """The name without spaces around it. Raises InvalidInputError where it is too long or has control characters."""
    name = name.strip()
    if len(name) > NAME_LENGTH or not name.isprintable():
        raise InvalidInputError(
            f"A plan's name has at most {NAME_LENGTH} printable characters; this one has {len(name)}. Shorten it.",
            f"方案名称最多 {NAME_LENGTH} 个可见字符，现在有 {len(name)} 个；请缩短。",
        )
    return name


def _some(moves: Sequence[Move], known: Mapping[int, Standpoint]) -> str:
    verb = "is" if len(moves) == 1 else "are"
    noun = "Building" if len(moves) == 1 else f"{len(moves)} buildings:"
    return f"{noun} {_listed(known[move.building].name for move in moves)} {verb}"


def _some_zh(moves: Sequence[Move], known: Mapping[int, Standpoint]) -> str:
    return f"{len(moves)} 栋楼（{_listed((known[move.building].name for move in moves), '、')}）"


def _listed(names: Iterable[str], comma: str = ", ") -> str:
    every = list(names)
    return comma.join(every[:MOST_NAMED]) + ("…" if len(every) > MOST_NAMED else "")


def _grid(number: int | None) -> str:
    return "no grid" if number is None else f"grid {number}"


def _grid_zh(number: int | None) -> str:
    return "未分配" if number is None else f"网格 {number}"
