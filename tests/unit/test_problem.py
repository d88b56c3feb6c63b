"""A problem reports every fault of its arguments at once, with place, value, rule and way out."""

import numpy as np
import pytest

from partitioning import PartitioningError, Problem, ProblemError
from tests.towns.drawn import lattice


def valid(**changes):
    arguments = {
        "building_ids": ["a", "b", "c"],
        "households": [100, 90, 80],
        "persons": [300, 270, 240],
        "xy_m": [[0, 0], [100, 0], [200, 0]],
        "edges": [[0, 1], [1, 2]],
        "border_m": [10, 12.5],
        "border_cost": [10, 3],
    }
    return {**arguments, **changes}


def faults(**changes):
    with pytest.raises(ProblemError) as caught:
        Problem(**valid(**changes))
    return caught.value.faults


def test_takes_lists_and_keeps_read_only_arrays():
    problem = Problem(**valid())
    assert problem.households.dtype == np.int64
    assert problem.edges.shape == (2, 2)
    with pytest.raises(ValueError, match="read-only"):
        problem.households[0] = 1


def test_persons_may_be_unknown_and_edges_empty():
    problem = Problem(**valid(persons=None, edges=[], border_m=[], border_cost=[]))
    assert problem.persons is None
    assert problem.edges.shape == (0, 2)


def test_copies_its_arguments():
    households = np.array([1, 2, 3])
    problem = Problem(**valid(households=households))
    households[0] = 99
    assert problem.households[0] == 1


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"building_ids": ["a", "b", "a"]},
            "building_ids[2] = 'a' repeats building_ids[0]; ids must be distinct",
        ),
        ({"households": [100, -5, 80]}, "households[1] (building 'b') = -5 must not be negative"),
        ({"households": [100, 1.5, 80]}, "households[1] (building 'b') = 1.5 must be a whole number"),
        ({"households": [100, float("nan"), 80]}, "households[1] (building 'b') = nan must be a number"),
        ({"households": ["x", 1, 2]}, "households holds values that are not numbers"),
        ({"households": [1, 2]}, "households has shape (2,); it must be (3,)"),
        ({"persons": [1, 2, 2**41]}, "persons[2] (building 'c') = 2.19902e+12 is beyond 2^40"),
        (
            {"xy_m": [[0, 0], [1, float("inf")], [2, 0]]},
            "xy_m[1, 1] (building 'b') = inf must be a finite number",
        ),
        ({"edges": [[0, 1], [1, 7]]}, "edges[1, 1] = 7 must be the place of a building, 0 to 2"),
        ({"edges": [[0, 9], [2, 2]]}, "edges[1] joins building 'c' to itself; leave the row out"),
        ({"edges": [[0, 1], [0, 9], [1, 0]]}, "edges[2] repeats the pair 'a'-'b' of edges[0]"),
        ({"edges": [[0, 1], [2, 2]]}, "edges[1] joins building 'c' to itself; leave the row out"),
        (
            {"edges": [[0, 1], [1, 0]]},
            "edges[1] repeats the pair 'a'-'b' of edges[0]; each pair may stand once",
        ),
        ({"edges": [0, 1]}, "edges has shape (2,); it must be (m, 2)"),
        ({"edges": [["p", "q"]]}, "edges holds values that are not numbers"),
        ({"border_m": [10, -1]}, "border_m[1] = -1 must be a finite length in metres"),
        (
            {"border_cost": [10, 1e308]},
            "border_cost[1] = 1e+308 must be a finite length in metres, 0 to 10^9",
        ),
        ({"xy_m": [[0, 0], [1e10, 0], [2, 2]]}, "xy_m[1, 0] (building 'b') = 1e+10 is beyond 10^9 metres"),
        ({"building_ids": ["a", ["b"], "c"]}, "building_ids[1] = ['b'] is no id; give a text or a number"),
        ({"building_ids": None}, "building_ids = None is no sequence; give an id for each building"),
        ({"border_cost": [10]}, "border_cost has shape (1,); it must be (2,)"),
        ({"locked": [0, -2, -1]}, "locked[1] (building 'b') = -2 must be a whole number, or -1 for none"),
        ({"estates": [0, 0.5, 0]}, "estates[1] (building 'b') = 0.5 must be a whole number"),
        ({"current": [0, 1]}, "current has shape (2,); it must be (3,)"),
    ],
)
def test_names_the_fault(changes, text):
    assert text in "\n".join(faults(**changes))


def test_edges_of_a_wrong_shape_make_no_other_fault():
    assert faults(edges=[[0, 1, 2], [1, 2, 0]]) == (
        "edges has shape (2, 3); it must be (m, 2): the places of two buildings a row.",
    )


def test_no_buildings():
    none = {
        "households": [],
        "persons": [],
        "xy_m": np.empty((0, 2)),
        "edges": [],
        "border_m": [],
        "border_cost": [],
    }
    assert faults(building_ids=[], **none) == (
        "building_ids is empty; a problem needs at least one building.",
    )


def test_all_faults_at_once():
    found = faults(building_ids=["a", "a", "c"], households=[-1, 2, 3], border_m=[float("nan"), 1])
    assert len(found) == 3


def test_long_lists_of_faults_are_counted():
    n = 9
    with pytest.raises(ProblemError) as caught:
        lattice(3, 3, [-1] * n)
    assert len(caught.value.faults) == 6
    assert caught.value.faults[-1] == "households: 4 more entries of the same kind."
    assert "Problem with 6 faults:" in str(caught.value)
    assert isinstance(caught.value, PartitioningError)


def test_says_what_it_is():
    assert repr(lattice(2, 2, 10)) == "Problem(4 buildings, 40 households, 4 pairs)"


def test_workloads_are_counts_by_name():
    problem = Problem(**valid(workloads={"visits": [4, 0, 7]}))
    assert problem.counts_of("visits").tolist() == [4, 0, 7]
    assert problem.counts_of("persons").tolist() == [300, 270, 240]
    assert problem.counts_of("calls") is None
    assert problem.change(households=[1, 1, 1]).workloads["visits"].tolist() == [4, 0, 7]
    with pytest.raises(ValueError, match="read-only"):
        problem.workloads["visits"][0] = 1


def test_faults_of_workloads():
    found = faults(workloads={"visits": [1, -2, 0.5], "persons": [1, 2, 3], "calls": [1]})
    assert found[0].startswith(
        "workloads['persons'] cannot be the name of a workload; any text may, except grids,"
    )
    assert found[1:] == (
        "workloads['visits'][1] (building 'b') = -2 must not be negative; correct the count.",
        "workloads['visits'][2] (building 'c') = 0.5 must be a whole number; round it.",
        "workloads['calls'] has shape (1,); it must be (3,): one entry for each row.",
    )


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"workloads": [1, 2, 3]},
            "workloads = [1, 2, 3] is no mapping; give the counts of each building by name.",
        ),
        ({"entrances": 5}, "entrances = 5 is no mapping; give those of a building by its id."),
        (
            {"entrances": {"a": None}},
            "entrances['a'] = None is no entrance; give (households, persons, (x, y))",
        ),
        ({"entrances": {"a": [(100, 300)]}}, "entrances['a'] = (100, 300) is no entrance"),
        (
            {"entrances": {"a": [(100, 300, ("x", 0))]}},
            "entrances['a'] = (100, 300, ('x', 0)) is no entrance",
        ),
        (
            {"entrances": {"a": [(100, 300, (0, np.nan))]}},
            "entrances['a'] = (100, 300, (0, nan)) is no entrance",
        ),
        ({"entrances": {"a": [(50.5, 300, (0, 0))]}}, "entrances['a'] = (50.5, 300, (0, 0)) is no entrance"),
        ({"households": [1, 2, 10**400]}, "households holds values that are not numbers"),
    ],
)
def test_what_cannot_be_read_is_told(given, told):
    (fault,) = faults(**given)
    assert fault.startswith(told)


def test_counts_that_add_up_to_too_much_are_told():
    n = 2**11
    with pytest.raises(ProblemError, match=r"households add up to [0-9]+, beyond 2\^50; correct the counts"):
        Problem(np.arange(n), np.full(n, 2**40 - 1), None, np.zeros((n, 2)), [], [], [])
