"""Measures as plain values: how they add up, and which are too small to be told."""

import csv
import io
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.errors import InvalidInputError
from gis_core.exchange.csv_text import csv_lines
from gis_core.incidents.measures import (
    AREAS,
    BY_CODE,
    FEWEST,
    MEASURES,
    Count,
    Facts,
    Place,
    Tree,
    quantile,
    roll_up,
    value_of,
    withheld,
)
from gis_core.incidents.periods import parse_period

CHINA = ZoneInfo("Asia/Shanghai")
TREE = Tree(
    {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b"},
    {"a": ("s", "d"), "b": ("s", "d"), "c": (None, "d")},
)


def counts_of(**reported: float) -> dict:
    """Cases by grid, all of them accepted."""
    facts = Facts()
    for grid, number in reported.items():
        facts.add(Place(grid[0], grid), "accept", number, number)
    return {scope: roll_up(facts, TREE, scope) for scope in AREAS}


def hidden(measure: str = "accept", **reported: float) -> set[str]:
    return {code for _, code, name in withheld(counts_of(**reported), TREE) if name == measure}


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026-11", "2026-10-31T16:00:00+00:00", "2026-11-30T16:00:00+00:00"),
        ("2026-12", "2026-11-30T16:00:00+00:00", "2026-12-31T16:00:00+00:00"),
        ("2026Q4", "2026-09-30T16:00:00+00:00", "2026-12-31T16:00:00+00:00"),
        ("2024", "2023-12-31T16:00:00+00:00", "2024-12-31T16:00:00+00:00"),
        ("2026-11-02/2026-11-02", "2026-11-01T16:00:00+00:00", "2026-11-02T16:00:00+00:00"),
    ],
)
def test_periods_are_local_days(text: str, begin: str, end: str) -> None:
    told = parse_period(text, CHINA)
    assert (told.begin.isoformat(), told.end.isoformat()) == (begin, end)
    assert told.named == ("/" not in text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-13", "a month 2026-11"),
        ("0000", "a month"),
        ("2026-02-30/2026-03-01", "a month"),
        ("November", "period = 'November'"),
        ("2026-11-02/2026-11-01", "ends before it begins"),
        ("2025-01-01/2026-11-01", "longer than 366 days"),
    ],
)
def test_other_words_are_no_period(text: str, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words) as refused:
        parse_period(text, CHINA)
    assert "period" in refused.value.text("zh")


def test_areas_add_up_and_the_gridless_count_in_their_community() -> None:
    facts = Facts()
    facts.add(Place("a", "a1"), "close", 3, 4)
    facts.add(Place("a", None), "close", 1, 1)
    facts.add(Place("b", "b2"), "close", 0, 7)
    assert roll_up(facts, TREE, "grid")["a/-"]["close"] == Count(1, 1)
    assert roll_up(facts, TREE, "community")["a"]["close"] == Count(4, 5)
    assert roll_up(facts, TREE, "subdistrict")["s"]["close"] == Count(4, 12)
    assert roll_up(facts, TREE, "district")["d"]["close"] == Count(4, 12)


def test_open_cases_are_spread_over_all_grids_in_force() -> None:
    facts = Facts()
    for grid, number in (("a1", 12.0), ("a2", 6.0), ("a3", 9.0)):
        facts.add(Place("a", grid), "open", number, 0)
    found = roll_up(facts, TREE, "community")["a"]
    assert (found["open"], found["balance"]) == (Count(27, 3), Count(12, 6))
    assert value_of(BY_CODE["open"], found["open"]) == 9
    assert value_of(BY_CODE["balance"], found["balance"]) == 2
    assert roll_up(facts, TREE, "grid")["a1"] == {"open": Count(12, 1)}


def test_quantiles_lie_between_neighbours() -> None:
    assert quantile([4.0], 0.9) == 4
    assert quantile([3.0, 1.0], 0.5) == 2
    assert quantile([1.0, 5.0, 7.0, 7.0, 7.0, 42.0], 0.9) == 24.5


def test_a_grid_with_few_cases_takes_the_next_smallest_with_it() -> None:
    """a = 4 + 6 + 9: told 19, 6 and 9, the 4 would follow."""
    assert hidden(a1=4, a2=6, a3=9, b1=5, b2=5) == {"a1", "a2"}


def test_two_that_are_kept_back_hide_each_other_only_if_they_are_enough() -> None:
    assert hidden(a1=4, a2=3, a3=9, b1=5, b2=5) == {"a1", "a2"}
    assert hidden(a1=1, a2=3, a3=9, b1=5, b2=5) == {"a1", "a2", "a3"}


def test_no_case_at_all_points_at_nobody() -> None:
    assert hidden(a1=0, a2=6, a3=9, b1=5, b2=5) == {"a1"}


def test_what_lies_in_an_area_that_is_kept_back_is_kept_back() -> None:
    """b = 2 + 2 is told with a, the only other one in s: all of both would follow."""
    assert hidden(a1=5, a2=6, a3=9, b1=2, b2=2) == {"a", "b", "a1", "a2", "a3", "b1", "b2"}


def test_the_balance_goes_with_the_open_cases() -> None:
    facts = Facts()
    for grid, number in (("a1", 12.0), ("a2", 6.0), ("a3", 4.0)):
        facts.add(Place("a", grid), "open", number, 0)
    counts = {scope: roll_up(facts, TREE, scope) for scope in AREAS}
    assert ("community", "a", "balance") in withheld(counts, TREE)


def test_a_department_with_few_cases_is_not_told() -> None:
    facts = Facts()
    facts.add(Place("a", "a1", "power"), "handle", 4, 4)
    facts.add(Place("a", "a1", "water"), "handle", 5, 5)
    found = withheld({"department": roll_up(facts, TREE, "department")}, TREE)
    assert ("department", "power", "handle") in found
    assert ("department", "water", "handle") not in found


@given(st.lists(st.integers(0, 12), min_size=5, max_size=5))
def test_no_small_number_follows_from_what_is_told(numbers: list[int]) -> None:
    """Whatever is kept back below an area that is told adds up to none or to FEWEST or more."""
    counts = counts_of(**dict(zip(TREE.grids, numbers, strict=True)))
    gone = hidden(**dict(zip(TREE.grids, numbers, strict=True)))
    size = {
        code: int(one["accept"].denominator)
        for scope in AREAS
        for code, one in counts[scope].items()
        if "accept" in one
    }
    for code, number in size.items():
        assert code in gone or number >= FEWEST
    for area in ("a", "b"):
        if area not in gone:
            rest = sum(size[grid] for grid, of in TREE.grids.items() if of == area and grid in gone)
            assert rest == 0 or rest >= FEWEST


def test_measures_have_names_and_formulas_in_both_languages() -> None:
    assert len({one.code for one in MEASURES}) == len(MEASURES) == 22
    for one in MEASURES:
        assert all((one.zh, one.en, *one.above, *one.below))


def test_the_page_of_measures_lists_each_with_its_formula() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "measures.md").read_text(
        encoding="utf-8"
    )
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{one.code}` | {one.zh} · {one.en} | {one.above[0]} · {one.above[1]} | {one.below[0]} · {one.below[1]} |"
        for one in MEASURES
    ]


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), min_size=2)
    )
)
def test_csv_reads_back_and_holds_no_formula(rows: list[list[str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    assert text.startswith("\ufeffa,b\r\n")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1:]
    assert [[value.removeprefix("'") for value in row] for row in read] == [
        [value.removeprefix("'") for value in row] for row in rows
    ]
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for row in read for value in row)
