"""Names of columns beside each other in a GeoPackage."""

from hypothesis import given
from hypothesis import strategies as st

from gis_core.exchange.column_names import GEOPACKAGE, beside


def test_taken_names_are_renamed_whatever_their_case() -> None:
    assert beside(["Name", "Grid", "FID", "geom"], ["grid"]) == [
        "Name",
        "source_Grid",
        "source_FID",
        "source_geom",
    ]


def test_what_comes_twice_but_for_its_case_is_renamed() -> None:
    assert beside(["name", "NAME", "Name"], []) == ["name", "source_NAME", "source_Name_2"]


def test_a_name_that_is_there_already_is_not_taken_for_another() -> None:
    assert beside(["grid", "source_grid"], ["grid"]) == ["source_grid_2", "source_grid"]


NAMES = st.sampled_from(
    ["grid", "Grid", "fid", "a", "A", "source_grid", "SOURCE_GRID", "source_grid_2", "geometry"]
)


@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique_by=str.casefold))
def test_no_two_are_alike(names: list[str], taken: list[str]) -> None:
    result = beside(names, taken)
    alike = [
        name.casefold()
        for name in (*result, *taken, *(set(GEOPACKAGE) - {name.casefold() for name in taken}))
    ]
    assert len(set(alike)) == len(alike)
    free = {name.casefold() for name in (*taken, *GEOPACKAGE)}
    for name, given_ in zip(result, names, strict=True):
        once = sum(one.casefold() == given_.casefold() for one in names) == 1
        assert name == given_ or name.startswith(f"source_{given_}")
        assert name == given_ or not once or given_.casefold() in free
