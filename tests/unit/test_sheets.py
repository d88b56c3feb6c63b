"""Files of the catalogue: every fault of a file at once, with line, column, value, rule and the way out."""

import re
from importlib.resources import files

import numpy as np
import pytest

from gis_core.errors import InvalidInputError
from gis_core.incidents.sheets import SHEETS, parse_points, parse_sheet

LIMITS = "category,condition,stage,step,step_zh,step_en,unit,value\n"


@pytest.mark.parametrize("name", SHEETS)
def test_the_files_that_ship_are_in_order(name: str) -> None:
    text = files("gis_core.incidents").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    assert parse_sheet(name, text)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    text = (
        LIMITS
        + ",,fly,1,,,work_day,0.5\n,,accept,0,,,hour,-1\n,,accept,1,,,work_day,1\n,,accept,1,,,work_day,2\n"
    )
    with pytest.raises(InvalidInputError) as refused:
        parse_sheet("limits", text)
    words = str(refused.value)
    for part in (
        "line 2, stage = 'fly': is one of accept",
        "line 3, step = '0': is a whole number from 1 to 20",
        "line 3, unit = 'hour': is one of urgent_hour",
        "line 3, value = '-1': is a number from 0.01 to 3650",
        "line 5: None, None, accept, 1 stands in line 4 already; keep one of them",
        "Nothing was loaded",
    ):
        assert part in words
    assert "第 3 行 value = “-1”：须为 0.01–3650 的数" in refused.value.text("zh")


def test_a_wrong_header_is_told_with_the_right_one() -> None:
    words = "the first line must be code,name_zh,name_en, and may have area (missing: name_en; unknown: x)"
    with pytest.raises(InvalidInputError, match=re.escape(words)) as refused:
        parse_sheet("departments", "code,name_zh,x\na,b,c\n")
    assert "首行须为 code,name_zh,name_en，可另有 area（缺少：name_en；多余：x）" in refused.value.text("zh")
    words = "the first line must be category,code,name_zh,name_en (missing: none; unknown: x)"
    with pytest.raises(InvalidInputError, match=re.escape(words)):
        parse_sheet("conditions", "category,code,name_zh,name_en,x\na,b,c,d,e\n")


def test_a_column_that_may_be_left_out_is_empty_then() -> None:
    rows = [
        parse_sheet("departments", text)
        for text in ("code,name_zh,name_en\na,b,c\n", "area,code,name_zh,name_en\n\n1,a,b,c\n")
    ]
    told = {"code": "a", "name_zh": "b", "name_en": "c"}
    assert rows == [[{**told, "area": None, "line": 2}], [{**told, "area": "1", "line": 3}]]


def test_how_soon_an_emergency_is_acknowledged_is_no_limit_of_a_file() -> None:
    with pytest.raises(InvalidInputError, match="line 2, stage = 'acknowledge': is one of accept, dispatch"):
        parse_sheet("limits", LIMITS + ",,acknowledge,1,,,urgent_hour,1\n")


def test_values_of_lists_have_a_key_and_two_names() -> None:
    header = "category,code,datatype,required,description_zh,description_en,values\n"
    [row] = parse_sheet("attributes", header + "1,a,singlevaluelist,true,问,asked,x=甲=first|y=乙=second\n")
    assert row["values"] == [
        {"key": "x", "zh": "甲", "en": "first"},
        {"key": "y", "zh": "乙", "en": "second"},
    ]
    with pytest.raises(InvalidInputError, match="is key=中文=English"):
        parse_sheet("attributes", header + "1,a,singlevaluelist,true,问,asked,x=甲\n")


def test_points_are_read_with_or_without_conditions() -> None:
    points = parse_points("\ufefflon,lat,category\n113.85,27.62,001\n\n113.85,27.62,001\n")
    assert np.array_equal(points.lon, [113.85, 113.85])
    assert np.array_equal(points.lat, [27.62, 27.62])
    assert (points.categories, points.conditions, points.lines) == (["001", "001"], [None, None], [2, 4])
    assert parse_points("lon,lat,category,condition\n1,2,001,heap\n").conditions == ["heap"]
    with pytest.raises(InvalidInputError, match="line 2, lat = '95': is a number"):
        parse_points("lon,lat,category\n1,95,001\n")
