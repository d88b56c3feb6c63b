"""What a job of the engine may touch, and how its answer becomes moves: arithmetic on small arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.editing.rules import Locks
from gis_core.errors import InvalidInputError
from gis_core.jobs.rules import (
    JobBody,
    JobKind,
    check_body,
    counting_closed,
    moves_between,
    rename_grids,
    room_for,
    rules_within,
    softened,
)
from partitioning import Reason, Relaxation, Rules

BUILDINGS = np.array([11, 12, 13, 14, 15, 16])
ESTATES = np.array([7, 7, -1, -1, 8, 8])
LABELS = np.array([1, 1, 2, 2, 3, 0])
NO_LOCKS = Locks(frozenset(), frozenset(), frozenset(), False)
RULES = Rules(grids=(3, 8), households=(150, 300), oversized="split")


def locks(**held: object) -> Locks:
    return Locks.from_dict({"buildings": [], "estates": [], "grids": [], "all": False, **held})


def room(kind: JobKind, body: JobBody = JobBody(), held: Locks = NO_LOCKS):  # noqa: B008
    return room_for(kind, body, held, BUILDINGS, ESTATES, LABELS)


def test_a_job_keeps_what_is_locked_or_named_and_leaves_locked_grids_out() -> None:
    free = room(JobKind.DRAW)
    assert free.inside.tolist() == [0, 1, 2, 3, 4, 5]
    assert not free.kept.any()
    assert free.closed == frozenset()
    held = room(JobKind.REPAIR, JobBody(keep=(13,)), locks(estates=[7], grids=[3]))
    assert held.inside.tolist() == [0, 1, 2, 3, 5], "grid 3 neither gives nor takes"
    assert held.kept.tolist() == [True, True, True, False, False]
    assert held.closed == {3}


def test_a_locked_building_without_a_grid_stays_without_one() -> None:
    assert room(JobKind.COMPLETE, held=locks(buildings=[16])).inside.tolist() == [0, 1, 2, 3, 4]
    everything = room(JobKind.DRAW, held=locks(all=True))
    assert everything.kept.all()
    assert len(everything.inside) == 5


def test_a_split_works_on_its_grid_alone() -> None:
    one = room(JobKind.SPLIT, JobBody(grid=2, into=2), locks(buildings=[13]))
    assert one.inside.tolist() == [2, 3]
    assert one.kept.tolist() == [True, False]
    assert one.closed == {1, 3}


def test_the_rules_leave_room_for_the_locked_grids() -> None:
    within = rules_within(
        JobKind.DRAW, JobBody(preset="border"), RULES, room(JobKind.DRAW, held=locks(grids=[1, 2]))
    )
    assert within is not None
    assert (within.grids, within.preset, within.oversized) == ((1, 6), "border", "own_grid")
    halves = rules_within(
        JobKind.SPLIT, JobBody(grid=2, into=3), RULES, room(JobKind.SPLIT, JobBody(grid=2, into=3))
    )
    assert halves is not None
    assert halves.grids == (3, 3)
    few = Rules(grids=2, households=(150, 300))
    assert rules_within(JobKind.DRAW, JobBody(), few, room(JobKind.DRAW, held=locks(grids=[1, 2]))) is None


def test_softened_rules_may_be_broken_at_a_price() -> None:
    soft = softened(Rules(grids=2, households=(150, 300), persons=None))
    assert set(soft.soft or {}) >= {"households"}


def test_grids_keep_the_number_that_most_households_know_them_by() -> None:
    found = np.array([1, 1, 0, 0, 2, 2])
    households = np.array([50, 10, 30, 30, 5, 70])
    named = rename_grids(found, LABELS, households, np.zeros(6, dtype=bool), ())
    assert named.tolist() == [1, 1, 2, 2, 3, 3]
    new = rename_grids(np.array([0, 1, 2, 2, 3, 3]), LABELS, households, np.zeros(6, dtype=bool), (4,))
    assert new.tolist() == [1, 5, 2, 2, 3, 3], "4 is closed"


@given(st.data())
def test_renaming_is_one_to_one_and_leaves_kept_buildings(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 12))
    before = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    found = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    households = np.array(data.draw(st.lists(st.integers(0, 500), min_size=n, max_size=n)))
    own = int(data.draw(st.integers(1, 4)))
    kept = before == own
    found[kept] = 4
    found[~kept & (found == 4)] = 3
    named = rename_grids(found, before, households, kept, (9,))
    assert (named > 0).all()
    assert 9 not in named
    assert len(set(zip(found.tolist(), named.tolist(), strict=True))) == len(set(found.tolist()))
    assert len(set(named.tolist())) == len(set(found.tolist()))
    assert (named[kept] == own).all()


def test_moves_name_the_buildings_that_change() -> None:
    assert moves_between(BUILDINGS, LABELS, np.array([1, 2, 2, 2, 0, 3])) == [
        {"building": 12, "from": 1, "to": 2},
        {"building": 15, "from": 3, "to": None},
        {"building": 16, "from": None, "to": 3},
    ]


def test_a_body_that_does_not_fit_names_every_fault() -> None:
    check_body(JobKind.SPLIT, JobBody(grid=1, into=2), (), (1, 2, 3), 4)
    with pytest.raises(InvalidInputError) as caught:
        check_body(JobKind.SPLIT, JobBody(keep=(99, 12), grid=7, into=4), [12], (1, 2, 3), 4)
    for lang, parts in (
        ("en", ("99", "grid = 7", "1, 2, 3", "into = 4")),
        ("zh", ("99", "网格 7", "拆成 2 个")),
    ):
        for part in parts:
            assert part in caught.value.text(lang)


def test_a_body_survives_being_stored() -> None:
    body = JobBody(seed=3, keep=(1, 2), grid=4, into=2, preset="stable")
    assert JobBody.from_dict(body.to_dict()) == body


def test_numbers_of_grids_that_are_advised_count_the_closed_ones() -> None:
    """2 grids are locked: what remains needs 4 instead of 3, and the rule of the whole plan 6."""
    most = Relaxation("grids", "most", 4, confirmed=True, reached=4)
    larger = Relaxation("households", "most", 420)
    reason = Reason("grids", "not_found", 3, 3, relaxation=most, other_relaxations=(larger,))
    told = counting_closed(reason, 2)
    assert (told.relaxation.value, told.relaxation.reached) == (6, 6)
    assert told.other_relaxations == (larger,)
    assert "提高到 6 即可" in told.relaxation.text("zh")
    assert counting_closed(Reason("grids", "not_found", 3, 3), 2).relaxation is None
