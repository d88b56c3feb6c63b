"""Editing a plan: each edit is judged and saved as a whole, or nothing is. The entry point owns the transaction.

Every function takes the plan's lock, so that edits of one plan come one after another, and names the revision that
it was made on: an edit made on an older one is refused with what has happened since.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import psycopg

from gis_core.editing import store
from gis_core.editing.admission import Request, check_whole, made_before, missed
from gis_core.editing.ground import Place, Places
from gis_core.editing.rules import (
    UNDOABLE,
    Edit,
    EditKind,
    Locks,
    Move,
    Standpoint,
    check_grid_range,
    check_locks,
    clean_moves,
    clean_name,
    undo_and_redo,
)
from gis_core.editing.standing import Standing, stand
from gis_core.editing.store import PlanRow
from gis_core.errors import ConflictError
from gis_core.plans.checks import grid_checks, grid_parts, plan_checks
from gis_core.plans.drawing import Ints, known_rules
from gis_core.plans.rules import next_codes
from gis_core.plans.store import issued_codes
from partitioning import Rules


@dataclass(eq=False)
class Draft:
    """A plan under edit in this transaction."""

    connection: psycopg.Connection
    request: Request
    row: PlanRow
    place: Place
    labels: Ints

    def known(self, buildings: Sequence[int]) -> dict[int, Standpoint]:
        """Where those of the buildings stand that belong to the community."""
        town, found = self.place.stored.town, self.place.numbers(buildings)
        return {
            building: Standpoint(
                self.place.stored.names[at],
                int(town.estates[at]) if town.estates[at] >= 0 else None,
                int(self.labels[at]) or None,
            )
            for building, at in found.items()
        }

    def move(self, moves: Sequence[Move]) -> None:
        """Carry out moves that were cleaned."""
        if not moves:
            return
        check_whole(self.row)
        found = self.place.numbers([move.building for move in moves])
        for move in moves:
            self.labels[found[move.building]] = move.target or 0
        targets = sorted({move.target for move in moves if move.target is not None})
        counts = _counts(self.place, self.labels, {n for m in moves for n in (m.source, m.target) if n})
        store.write_moves(self.connection, self.row, moves, counts, self._codes(targets))

    def _codes(self, numbers: Sequence[int]) -> dict[int, str]:
        """Codes of the plan's grids and of these numbers: provisional ones for those that are new."""
        codes = store.grid_codes(self.connection, self.row.id)
        new = [number for number in numbers if number not in codes]
        if new:
            issued = issued_codes(self.connection, self.row.community_id)
            serials = next_codes(self.row.community, issued, max(new))
            codes |= {number: serials[number - 1] for number in new}
        return codes

    def save(
        self,
        kind: EditKind,
        moves: Sequence[Move] = (),
        details: Mapping[str, Any] | None = None,
        undoes: int | None = None,
    ) -> Edit:
        """Append the edit to the journal."""
        ask = self.request
        name = store.name_of(self.connection, ask.by)
        edit = Edit(self.row.revision + 1, kind, ask.by, ask.now, tuple(moves), details or {}, undoes, name)
        store.write_edit(self.connection, self.row.id, edit, ask.key)
        self.row = replace(self.row, revision=edit.revision)
        return edit


def _counts(place: Place, labels: Ints, numbers: set[int]) -> dict[int, tuple[int, int | None, int]]:
    """{grid number: (households, persons, buildings)} of those of the grids that hold buildings."""
    town = place.stored.town
    counts: dict[int, tuple[int, int | None, int]] = {}
    for number in numbers:
        own = np.flatnonzero(labels == number)
        if len(own):
            persons = None if town.persons is None else int(town.persons[own].sum())
            counts[number] = int(town.households[own].sum()), persons, len(own)
    return counts


def _edit(
    connection: psycopg.Connection,
    places: Places,
    request: Request,
    change: Callable[[Draft], Edit | None],
    buildings: Collection[int] = (),
) -> dict[str, Any]:
    """Lock the plan, check that it may be edited on this revision, change it, and answer how it stands.

    Who comes too late is told before the lock is waited for: under many planners most of the waiting would be theirs.

    Args:
        buildings: those that the request names.
    """
    seen = store.plan_row(connection, request.plan)
    made_before(connection, request, seen, buildings)
    place = places.get(connection, seen.community)
    row = store.plan_row(connection, request.plan, lock=True)
    made = made_before(connection, request, row, buildings)
    labels = store.read_labels(connection, row.id, row.community_id)
    if len(labels) != len(place.keys):
        raise ConflictError(
            f"The buildings of {row.community} are being changed; send the edit again.",
            f"社区 {row.community} 的楼栋数据正在更新；请重新提交。",
        )
    draft = Draft(connection, request, row, place, labels)
    if made is not None:
        return answer(draft, made, replayed=True)
    return answer(draft, change(draft))


def answer(draft: Draft, edit: Edit | None, *, replayed: bool = False) -> dict[str, Any]:
    """How the plan stands after an edit, as the API answers it: see docs/planner.md."""
    row = draft.row
    rules = Rules.from_dict(row.rules)
    standing = stand(draft.place, draft.labels, rules)
    if edit is not None and edit.revision == row.revision and edit.kind in UNDOABLE:
        history = {"undo": _brief(edit), "redo": None}
    else:
        history = undo_and_redo_of(draft.connection, row.id, draft.request.by)
    return {
        "revision": row.revision,
        "edit": None if edit is None else edit.to_dict(),
        "missed": missed(
            draft.connection, draft.request, row.revision if edit is None else edit.revision - 1
        ),
        "replayed": replayed,
        **standing_record(standing, store.grid_codes(draft.connection, row.id)),
        "locks": row.locks.to_dict(),
        "rules": row.rules,
        "history": history,
    }


def standing_record(standing: Standing, codes: Mapping[int, str]) -> dict[str, Any]:
    """{unassigned, grids, checks} as plain data; codes: of the grids."""
    rules, scores = standing.rules.to_dict(), standing.record()["scores"]
    parts = grid_parts(scores)
    grids = [
        {"number": number, "code": codes.get(number, ""), "households": households, "persons": persons,
         "buildings": buildings}
        for number, (households, persons, buildings) in sorted(standing.counts().items())
    ]  # fmt: skip
    return {
        "unassigned": dict(standing.loose),
        "grids": [grid | {"rules": grid_checks(grid, rules, parts)} for grid in grids],
        "checks": plan_checks(rules, len(grids), scores),
    }


def undo_and_redo_of(connection: psycopg.Connection, plan: int, by: str) -> dict[str, Any]:
    """{undo, redo}: what this person would take back or make again, {revision, kind} or null."""
    undo, redo = undo_and_redo(store.edits_of(connection, plan, by))
    return {"undo": _brief(undo), "redo": _brief(redo)}


def _brief(edit: Edit | None) -> dict[str, Any] | None:
    return None if edit is None else {"revision": edit.revision, "kind": edit.kind}


def move_buildings(
    connection: psycopg.Connection,
    places: Places,
    request: Request,
    moves: Sequence[Move],
    *,
    kind: EditKind,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Move buildings between grids, all of them or none. Moves to the grid that a building is in change nothing.

    Raises:
        NotFoundError, StaleError, RepeatedKeyError: the plan, its revision or the request's key do not fit.
        InvalidInputError, ConflictError: see `rules.clean_moves`; or the plan cannot be edited.
    """

    def change(draft: Draft) -> Edit | None:
        known = draft.known([move.building for move in moves])
        most = Rules.from_dict(draft.row.rules).grid_range[-1]
        kept = clean_moves(moves, known, most, draft.row.locks)
        if not kept:
            return None
        draft.move(kept)
        return draft.save(kind, kept, details)

    return _edit(connection, places, request, change, {move.building for move in moves})


def undo(connection: psycopg.Connection, places: Places, request: Request) -> dict[str, Any]:
    """Take back the last edit of this person that still stands. Buildings that others have moved since stay.

    Raises:
        ConflictError: there is nothing to undo, or a building is locked.
    """
    return _edit(connection, places, request, lambda draft: _turn(draft, EditKind.UNDO))


def redo(connection: psycopg.Connection, places: Places, request: Request) -> dict[str, Any]:
    """Make the edit again that this person undid last. Buildings that others have moved since stay.

    Raises:
        ConflictError: there is nothing to redo, or a building is locked.
    """
    return _edit(connection, places, request, lambda draft: _turn(draft, EditKind.REDO))


def _turn(draft: Draft, kind: EditKind) -> Edit:
    found = undo_and_redo(store.edits_of(draft.connection, draft.row.id, draft.request.by))
    brief = found[0] if kind is EditKind.UNDO else found[1]
    if brief is None:
        word, zh = ("undo", "撤销") if kind is EditKind.UNDO else ("redo", "重做")
        raise ConflictError(
            f"There is nothing to {word}: you have no such edit in plan {draft.row}.",
            f"没有可{zh}的操作：您在方案 {draft.row} 中没有这样的编辑。",
        )
    edit = store.one_edit(draft.connection, draft.row.id, brief.revision)
    wanted = [move.back() for move in edit.moves] if kind is EditKind.UNDO else list(edit.moves)
    known = draft.known([move.building for move in wanted])
    standing = [m for m in wanted if m.building in known and known[m.building].grid == m.source]
    moves = clean_moves(standing, known, None, draft.row.locks)
    draft.move(moves)
    details: dict[str, Any] = {"left": len(wanted) - len(moves)} if len(moves) < len(wanted) else {}
    if edit.kind is EditKind.RULES:
        details |= _turn_rules(draft, edit, kind)
    return draft.save(kind, moves, details, undoes=edit.revision)


def _turn_rules(draft: Draft, edit: Edit, kind: EditKind) -> dict[str, Any]:
    """Put back the rules from before an edit, or after it, unless somebody has changed them since."""
    before, after = edit.details["before"], edit.details["after"]
    source, target = (after, before) if kind is EditKind.UNDO else (before, after)
    if draft.row.rules != source:
        return {"left_rules": True}
    store.set_rules(draft.connection, draft.row.id, target)
    draft.row = replace(draft.row, rules=target)
    return {"before": source, "after": target}


def change_locks(
    connection: psycopg.Connection, places: Places, request: Request, *, lock: Locks, unlock: Locks
) -> dict[str, Any]:
    """Lock and unlock buildings, estates, grids or all.

    Raises:
        InvalidInputError: a building or estate to lock is not one of the community.
    """

    def change(draft: Draft) -> Edit | None:
        town = draft.place.stored.town
        check_locks(lock, draft.place.keys.tolist(), town.estates.tolist())
        before = draft.row.locks
        after = before.with_(lock).without(unlock)
        if after == before:
            return None
        store.set_locks(draft.connection, draft.row.id, after)
        draft.row = replace(draft.row, locks=after)
        return draft.save(EditKind.LOCKS, details={"lock": lock.to_dict(), "unlock": unlock.to_dict()})

    return _edit(connection, places, request, change)


def change_rules(
    connection: psycopg.Connection, places: Places, request: Request, rules: Rules
) -> dict[str, Any]:
    """Give the plan other rules; buildings stay where they are. A rule for persons is left out where none are known.

    Raises:
        InvalidInputError: the rules allow more grids than there are codes for.
    """
    check_grid_range(rules.grid_range[-1])

    def change(draft: Draft) -> Edit | None:
        before, after = draft.row.rules, known_rules(rules, draft.place.stored.town).to_dict()
        if before == after:
            return None
        store.set_rules(draft.connection, draft.row.id, after)
        draft.row = replace(draft.row, rules=after)
        return draft.save(EditKind.RULES, details={"before": before, "after": after})

    return _edit(connection, places, request, change)


def rename(connection: psycopg.Connection, places: Places, request: Request, name: str) -> dict[str, Any]:
    """Give the plan another name. Raises InvalidInputError where it is none."""
    clean = clean_name(name)

    def change(draft: Draft) -> Edit | None:
        before = draft.row.name
        if before == clean:
            return None
        store.set_name(draft.connection, draft.row.id, clean)
        draft.row = replace(draft.row, name=clean)
        return draft.save(EditKind.NAME, details={"before": before, "after": clean})

    return _edit(connection, places, request, change)
