"""Small numbers are kept back, and no sum or difference tells them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.incidents.small_numbers import FEW, told, told_sum


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (120, "120")]
)
def test_one_to_four_are_fewer_than_five(number: int, words: str) -> None:
    assert told(number, exact=False).en == words
    assert told(number, exact=True).number == number


def test_a_sum_with_a_small_part_is_a_bound() -> None:
    assert told_sum([12, 3], exact=False).zh == "不少于 12"
    assert told_sum([2, 1], exact=False).en == "fewer than 5"
    assert told_sum([4, 4], exact=False).en == "at least 5"
    assert told_sum([12, 6, 0], exact=False).number == 18
    assert told_sum([12, 3], exact=True).number == 15


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(1, 4), st.integers(1, 4))
def test_what_is_told_is_the_same_whatever_the_small_part(rest: list[int], one: int, other: int) -> None:
    """Where another part is of five or more, exchanging 1-4 for another 1-4 changes no word."""
    if any(number >= FEW for number in rest):
        assert told_sum([*rest, one], exact=False) == told_sum([*rest, other], exact=False)
