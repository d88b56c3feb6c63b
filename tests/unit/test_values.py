import numpy as np
import pandas as pd

from gis_core.exchange.values import Place, kinds, texts

PLACE = Place("buildings", np.array(["a", "b", "c", "d"], dtype=object))
COUNTED = np.array([50.0, np.nan, 30.0, 0.0])


def test_a_count_is_real_unless_the_source_says_otherwise() -> None:
    """An empty cell says nothing of the count beside it, and no word makes a count of an empty one."""
    said, faults = kinds(PLACE, "hh_kind", pd.Series(["estimated", "real", None, "none"]), COUNTED)
    assert said.tolist() == ["estimated", "none", "real", "none"]
    assert faults == []


def test_without_a_column_of_kinds_a_count_is_real() -> None:
    assert kinds(PLACE, "hh_kind", None, COUNTED)[0].tolist() == ["real", "none", "real", "real"]


def test_a_kind_that_is_no_kind_is_a_fault() -> None:
    _, (fault,) = kinds(PLACE, "hh_kind", pd.Series(["real", "none", "guessed", "none"]), COUNTED)
    assert (fault.code, fault.row, fault.value) == ("kind_unknown", 3, "guessed")


def test_padding_with_nul_is_no_text() -> None:
    assert texts(pd.Series(["A\0\0", "\0\0", " b "])).tolist() == ["A", None, "b"]
