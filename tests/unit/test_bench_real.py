"""Tables of the real communities, and the pages that hold results, by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.engine_table import blocks
from benchmarks.pages import fill, filled
from benchmarks.profile_engine import kernels, lines_run, shares
from benchmarks.profile_engine import tables as profile_tables
from benchmarks.real_tables import beside, files_table, reasons_table, split_of, tables
from partitioning import Problem

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results"

DRAWN = {
    "file": "a.gpkg",
    "code": "a1",
    "buildings": 12,
    "households": 900,
    "status": "optimal",
    "gap": 0.0,
    "seconds": 0.1,
    "figures": {"grids": 4, "cut": 90.0, "inertia": 50.0, "objective": 1.8},
    "kinds": [],
    "reasons": [],
    "split": "optimal",
    "METIS": {"grids": 5, "cut": 100.0, "inertia": 0.0, "objective": 2.0, "tolerance": 0.3},
}
REFUSED = {
    **DRAWN,
    "code": "a2",
    "status": "infeasible",
    "gap": None,
    "figures": None,
    "kinds": ["oversized", "no_packing"],
    "reasons": ["Building 7 is too large.", "So is building 8."],
    "split": "feasible",
    "buildings split": 2,
    "METIS": {},
}


def test_files_count_who_draws_what():
    line = files_table([DRAWN, REFUSED], {"a.gpkg": 1.5}, []).splitlines()[-1]
    assert line == "| a.gpkg | 2 | 1 | 1 | 1 oversized | – | 2 | 0.90 | – | 0.90 | 1.5 |"


def test_a_note_stands_below_its_table():
    assert files_table([], {}, ["a.gpkg: METIS is missing"]).endswith("\n\na.gpkg: METIS is missing.")


def test_nothing_stands_beside_a_figure_that_is_zero_or_missing():
    assert beside(DRAWN, "cut") == pytest.approx(0.9)
    assert beside(DRAWN, "inertia") is None
    assert beside(REFUSED, "cut") is None


def test_splits_are_told_where_a_plan_needs_them():
    assert split_of(DRAWN) == "–"
    assert split_of(REFUSED) == "2"
    assert split_of({**REFUSED, "split": "infeasible"}) == "infeasible"


def test_reasons_are_counted():
    assert reasons_table([DRAWN, REFUSED]).splitlines()[2:] == [
        "| a2 | Building 7 is too large. (1 reasons more) |"
    ]


def test_a_block_is_replaced_and_the_rest_stays(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- begin a -->\nold\n<!-- end a -->\nafter\n")
    fill(page, {"a": "new \\1"})
    assert page.read_text() == "before\n<!-- begin a -->\nnew \\1\n<!-- end a -->\nafter\n"


def test_a_missing_block_is_said():
    with pytest.raises(ValueError, match="0 blocks <!-- begin b --> … <!-- end b -->; there must be one"):
        filled("text", {"b": "table"})


def test_compiled_functions_are_told_from_the_rest_of_a_profile():
    kernel = next(iter(kernels()))
    rest = ("draw.py", 1, "run")
    stats = {kernel: (1, 4, 3.0, 3.0, {}), rest: (1, 10, 1.0, 4.0, {})}
    found = shares(stats)
    assert found["kernels"] == 0.75
    assert found["top"]["draw run"] == 0.25


def test_a_loop_over_buildings_is_named():
    """Only what runs inside of the engine counts: the check of five identifiers, line by line."""
    one_each = np.ones(5, dtype=np.int64)
    more = (np.zeros((5, 2)), np.empty((0, 2)), [], [])
    found = lines_run(lambda: Problem(list("abcde"), one_each, one_each, *more), size=5)
    assert found["lines"] > 0
    assert any(name.startswith("problem_checks ") for name in found["loops"])
    assert lines_run(lambda: sum(i for i in range(9)), size=5) == {"lines": 0, "loops": []}


@pytest.mark.parametrize(
    ("page", "results", "made"),
    [
        ("engine.md", "engine.json", blocks),
        ("engine.md", "profile.json", profile_tables),
        ("real-communities.md", "real_communities.json", tables),
    ],
)
def test_tables_of_the_documentation_are_those_of_the_results(page, results, made):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = json.loads((RESULTS / results).read_text(encoding="utf-8"))
    assert filled(text, made(found)) == text
