"""Faults in words: every rule has both languages, groups are counted, the table is complete."""

import csv
import io
import string

import pytest

from gis_core.exchange.fault_rules import RULES
from gis_core.exchange.faults import Fault, ImportRejected, faults_csv, rejecting, summary_lines

FOUR_NEGATIVE = [
    Fault("count_negative", "buildings", row, f"B{row}", "households", -row) for row in range(1, 8)
]


def test_a_sentence_names_place_value_rule_and_remedy() -> None:
    fault = FOUR_NEGATIVE[2]
    assert fault.text("en") == "buildings, row 3, id B3, households: -3 is negative. Give 0 or more"
    assert fault.text("zh") == "buildings，第 3 行，编号 B3，households：-3 是负数。改为 0 或更大的整数"


@pytest.mark.parametrize("code", RULES)
def test_every_rule_speaks_both_languages_with_the_same_words_to_fill(code: str) -> None:
    rule = RULES[code]

    def places(text: str) -> set[str]:
        return {name.removesuffix("_zh") for _, name, _, _ in string.Formatter().parse(text) if name}

    assert rule.zh
    assert rule.en
    assert bool(rule.remedy_zh) == bool(rule.remedy_en)
    assert places(rule.zh) | places(rule.remedy_zh) == places(rule.en) | places(rule.remedy_en)
    if rule.severity == "fault":
        assert rule.remedy_en


@pytest.mark.parametrize("code", RULES)
def test_rules_call_a_boundary_and_a_building_by_one_word(code: str) -> None:
    words = (RULES[code].zh + RULES[code].remedy_zh).replace("建筑面积", "")
    assert not [word for word in ("界线", "建筑", "外包") if word in words]


def test_equal_faults_are_grouped_and_the_gravest_come_first() -> None:
    lines = summary_lines([Fault("id_derived", "buildings"), *FOUR_NEGATIVE], "en")
    assert len(lines) == 7
    assert lines[0].startswith("fault: buildings, row 1")
    assert lines[5] == "  … and 2 more like these"
    assert lines[6].startswith("warning: buildings: the layer has no field of ids")


def test_the_table_holds_all_of_them() -> None:
    rows = list(csv.DictReader(io.StringIO(faults_csv(FOUR_NEGATIVE, "zh").removeprefix("\ufeff"))))
    assert [row["row"] for row in rows] == [str(row) for row in range(1, 8)]
    assert rows[0]["message"] == "-1 是负数"


def test_only_faults_reject() -> None:
    assert rejecting([Fault("id_derived"), Fault("file_empty", value="a")]) == [
        Fault("file_empty", value="a")
    ]
    assert str(ImportRejected([Fault("file_empty", value="a.gpkg")])) == (
        "fault: the file a.gpkg is empty (0 bytes). Export or send the file again"
    )
