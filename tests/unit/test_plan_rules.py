"""States of plans and codes of grids, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.errors import ConflictError, InvalidInputError
from gis_core.plans.rules import TRANSITIONS, PlanStatus, check_transition, next_codes

DRAFT, PROPOSED, ADOPTED, RETIRED = PlanStatus


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (DRAFT, PROPOSED),
        (DRAFT, RETIRED),
        (PROPOSED, DRAFT),
        (PROPOSED, ADOPTED),
        (PROPOSED, RETIRED),
        (ADOPTED, RETIRED),
    ],
)
def test_known_changes_are_allowed(before: PlanStatus, after: PlanStatus) -> None:
    check_transition("c@1", before, after)


def test_every_other_change_is_refused_with_the_allowed_ones() -> None:
    refused = [(a, b) for a in PlanStatus for b in PlanStatus if b not in TRANSITIONS[a]]
    assert len(refused) == 10
    for before, after in refused:
        with pytest.raises(ConflictError, match=f"is {before} and cannot become {after}; it can become: "):
            check_transition("c@1", before, after)


def test_a_refused_change_names_the_states_in_chinese() -> None:
    for before, after, words in (
        (DRAFT, ADOPTED, "方案 c@1 的状态是草案，不能变为已采用；可以变为：拟定、已停用。"),
        (RETIRED, PROPOSED, "方案 c@1 的状态是已停用，不能变为拟定；可以变为：无。"),
    ):
        with pytest.raises(ConflictError) as refused:
            check_transition("c@1", before, after)
        assert refused.value.text("zh") == words


def test_codes_of_an_area_code_have_15_digits() -> None:
    assert next_codes("370102013006", [], 2) == ["370102013006001", "370102013006002"]


def test_codes_of_another_key_have_a_suffix() -> None:
    assert next_codes("ge01", [], 1) == ["ge01-001"]


def test_numbering_goes_on_after_the_last_issued_code() -> None:
    issued = ["370102013006002", "370102013006007"]
    assert next_codes("370102013006", issued, 2) == ["370102013006008", "370102013006009"]


def test_exhausted_scheme_is_said_with_the_way_out() -> None:
    with pytest.raises(InvalidInputError, match=r"up to 998; 2 more exceed the 999 .* more digits"):
        next_codes("370102013006", ["370102013006998"], 2)


@given(st.lists(st.integers(1, 8), max_size=20))
def test_no_code_ever_comes_again(plans: list[int]) -> None:
    issued: list[str] = []
    for grids in plans:
        issued += next_codes("370102013006", issued, grids)
    assert len(set(issued)) == len(issued) == sum(plans)
    assert all(len(code) == 15 and code.isdigit() for code in issued)
