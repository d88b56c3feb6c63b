"""Administrative areas: what their codes tell, and every fault of a file of them at once."""

import pytest

from gis_core.areas.rules import Area, level_of, nearest, parse_areas
from gis_core.errors import InvalidInputError

CITY, DISTRICT, STREET = "370100000000", "370102000000", "370102013000"
HELD = (
    Area(STREET, "subdistrict", "解放路街道", DISTRICT),
    Area(DISTRICT, "district", "历下区", None),
)


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("370000000000", "province"),
        (CITY, "city"),
        (DISTRICT, "district"),
        (STREET, "subdistrict"),
        ("370102013006", "community"),
    ],
)
def test_a_code_tells_its_level(code: str, level: str) -> None:
    assert level_of(code) == level


def test_the_nearest_area_is_that_whose_code_begins_alike() -> None:
    assert nearest("370102013006", {CITY, DISTRICT, STREET, "370102014000"}) == STREET
    assert nearest(STREET, {STREET, CITY}) == CITY
    assert nearest("360302001001", {CITY}) is None


def test_short_codes_words_and_parents_are_read() -> None:
    text = "code,name,level,parent\n370102013,解放路街道,,\n3701,济南市,市,\n370102,历下区,,3701\n370191,高新区,区,\n"
    areas, communities = parse_areas(text + "370102013006,社区,,\n", {})
    assert communities == 1
    assert areas == [
        Area(CITY, "city", "济南市", None),
        Area(DISTRICT, "district", "历下区", CITY),
        Area("370191000000", "district", "高新区", CITY),
        Area(STREET, "subdistrict", "解放路街道", DISTRICT),
    ]


def test_areas_held_before_are_put_under_those_that_come_later() -> None:
    held = {STREET: Area(STREET, "subdistrict", "解放路街道", None)}
    areas, _ = parse_areas("code,name\n370102,历下区\n", held)
    assert areas == [
        Area(DISTRICT, "district", "历下区", None),
        Area(STREET, "subdistrict", "解放路街道", DISTRICT),
    ]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    held = {
        STREET: Area(STREET, "subdistrict", "解放路街道", DISTRICT),
        DISTRICT: Area(DISTRICT, "district", "历下区", None),
    }
    text = (
        "code,name,level,parent\n3.7E+11,济南市,,\n370103,,,\n370104,槐荫区,区,370199\n370105,天桥区,州,\n"
        "370102,历下区,街道,\n370104,槐荫区,,\n370106,x,市,370104\n"
    )
    with pytest.raises(InvalidInputError) as refused:
        parse_areas(text, held)
    words = refused.value.text("en")
    for part in (
        "line 2, code = '3.7E+11': is a code of 2, 4, 6, 9 or 12 digits; where a spreadsheet",
        "line 3, name = '': must not be empty",
        "line 5, level = '州': is one of province, city",
        "line 7: 370104000000 stands in line 4 already",
        "Nothing was loaded",
    ):
        assert part in words
    assert "第 2 行 code = “3.7E+11”：须为 2、4、6、9 或 12 位数字的代码" in refused.value.text("zh")


def test_areas_that_cannot_lie_where_they_are_said_to_are_told() -> None:
    held = {
        STREET: Area(STREET, "subdistrict", "解放路街道", DISTRICT),
        DISTRICT: Area(DISTRICT, "district", "历下区", None),
    }
    text = "code,name,level,parent\n370104,槐荫区,区,370199\n370102,历下区,街道,\n370106,x,市,370104\n"
    with pytest.raises(InvalidInputError) as refused:
        parse_areas(text, held)
    words = refused.value.text("en")
    for part in (
        "line 2, parent = '370199000000': there is no such area, in the file or loaded before",
        "line 3: 解放路街道 (370102013000, subdistrict) cannot lie in 370102000000 (subdistrict); correct level",
        "line 4: x (370106000000, city) cannot lie in 370104000000 (district)",
    ):
        assert part in words
    assert "第 4 行：x（370106000000，city）不能属于 370104000000（district）" in refused.value.text("zh")
