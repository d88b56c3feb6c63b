"""Columns and layers found by their names."""

import pytest

from gis_core.exchange.containers import RawLayer
from gis_core.exchange.fields import map_fields
from gis_core.exchange.mapping import map_layers


def mapped(*columns: str, **told: str) -> dict[str, str]:
    mapping, _ = map_fields("buildings", "buildings", columns, told)
    return {target: column for target, column, _ in mapping.rows()}


@pytest.mark.parametrize(
    ("target", "columns"),
    [
        (
            "households",
            ["户数", "总户数", "住户数", "Households", "hh", "dwellings", "nb_logts", "FLATS", "units"],
        ),
        ("persons", ["人口", "总人口", "常住人口", "population", "POP", "Persons"]),
        ("floors", ["层数", "楼层", "levels", "nb_etages", "BLDG_FLOOR", "building:levels", "Floors"]),
        ("height_m", ["height", "hauteur", "高度", "HEIGHT_M"]),
        ("source_id", ["楼栋号", "osm_id", "OBJECTID", "building id", "编号"]),
        ("estate", ["小区", "小区名称", "estate"]),
        ("community", ["社区", "社区代码", "community_id"]),
    ],
)
def test_common_names(target: str, columns: list[str]) -> None:
    for column in columns:
        assert mapped(column) == {target: column}


def test_the_better_name_wins_and_the_others_are_told() -> None:
    mapping, _ = map_fields("buildings", "b", ["flats", "nb_logts", "households"], {})
    assert ("households", "households", "nb_logts, flats") in mapping.rows()


def test_a_full_name_is_not_taken_for_a_cut_one() -> None:
    assert mapped("households") == {"households": "households"}


def test_an_option_goes_before_a_guess() -> None:
    assert mapped("households", "a", households="a") == {"households": "a"}


def test_an_unknown_column_is_a_fault_that_lists_the_columns() -> None:
    _, faults = map_fields("buildings", "houses", ["a", "b"], {"households": "c"})
    assert [fault.text("en") for fault in faults] == [
        "houses: there is no field c (option households=c). The layer's fields are: a, b"
    ]


def layer(name: str, geometry_type: str = "Polygon", fields: tuple[str, ...] = ()) -> RawLayer:
    return RawLayer(name, geometry_type, lambda: fields, lambda: None)  # type: ignore[arg-type, return-value]


def roles(*layers: RawLayer, **told: str) -> dict[str, str]:
    chosen, faults = map_layers(layers, told)
    assert not faults
    return {role: raw.name for role, raw in chosen.items()}


def test_layers_by_exact_names_before_parts_of_names() -> None:
    found = roles(layer("building_parts"), layer("楼栋"), layer("main_roads"), layer("社区"))
    assert found == {"buildings": "楼栋", "communities": "社区", "streets": "main_roads"}


def test_the_only_layer_is_taken_by_its_geometry() -> None:
    assert roles(layer("export")) == {"buildings": "export"}
    assert roles(layer("export", "LineString")) == {"streets": "export"}
    assert roles(layer("export", "LineString", ("railway",))) == {"rail": "export"}


def test_told_layers() -> None:
    assert roles(layer("a"), layer("b"), buildings="b") == {"buildings": "b"}
