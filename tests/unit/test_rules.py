"""Rules as data: defaults, TOML, every fault at once."""

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partitioning import Rules, RulesError
from partitioning.rule_checks import SOFT_RULES
from partitioning.rules import PRESETS

BANDS = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(lambda pair: (min(pair), max(pair)))


def test_defaults_are_the_rules_that_were_asked_for():
    rules = Rules()
    assert (rules.grids, rules.households, rules.persons) == ((4, 8), (150, 300), (600, 1000))
    assert rules.oversized == "refuse"
    assert rules.balance_tolerance is None


def test_one_number_of_grids_is_a_band():
    assert Rules(grids=6).grids == (6, 6)
    assert list(Rules(grids=(4, 6)).grid_range) == [4, 5, 6]


def test_weights_override_the_preset():
    weights = Rules(preset="border", weights={"balance": 3}).term_weights
    assert weights["balance"] == 3
    assert weights["border"] == Rules(preset="border").term_weights["border"]


def test_the_documented_weights_are_those_of_the_presets():
    text = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "rules.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) ((?:\| [\d.]+ ){5})\|$", text, re.MULTILINE)
    documented = {name: [float(cell) for cell in cells.split("|")[1:]] for name, cells in rows}
    assert documented == {name: list(weights.values()) for name, weights in PRESETS.items()}


def test_every_rule_is_documented_with_its_default():
    text = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "rules.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert Rules.from_toml(blocks[0]) == Rules()
    keys = {key for block in blocks for key in tomllib.loads(block)}
    assert keys == {field.name for field in fields(Rules)}
    soft = next(tomllib.loads(block)["soft"] for block in blocks if "[soft]" in block)
    assert set(soft) == {*SOFT_RULES}
    for block in blocks:
        Rules.from_toml(block)


def test_a_choice_that_is_off_is_told_as_it_was_written():
    with pytest.raises(RulesError, match="centres = 'off' is unknown; choose one of centroids, buildings"):
        Rules.from_toml('centres = "off"')


def test_reads_toml():
    text = """
    grids = [5, 7]
    households = [100, 200]
    persons = "off"
    balance_tolerance = 0.1
    preset = "compact"
    oversized = "own_grid"
    [weights]
    moved = 2
    """
    expected = Rules(
        grids=(5, 7),
        households=(100, 200),
        persons=None,
        balance_tolerance=0.1,
        preset="compact",
        weights={"moved": 2},
        oversized="own_grid",
    )
    assert Rules.from_toml(text) == expected


def test_empty_toml_is_the_defaults():
    assert Rules.from_toml("") == Rules()


@given(
    BANDS, st.none() | BANDS, st.none() | st.floats(0, 1), st.sampled_from(["balanced", "border", "stable"])
)
def test_round_trip(households, persons, tolerance, preset):
    rules = Rules(households=households, persons=persons, balance_tolerance=tolerance, preset=preset)
    assert Rules.from_dict(rules.to_dict()) == rules


def test_reads_workloads_and_soft_rules():
    text = """
    [workloads]
    visits = [100, 200]
    lifts = "off"
    elderly = [0, 80]
    [soft]
    households = 2
    visits = 0.5
    """
    rules = Rules.from_toml(text)
    assert rules == Rules(
        workloads={"elderly": (0, 80), "visits": (100, 200)}, soft={"households": 2, "visits": 0.5}
    )
    assert list(rules.bands) == ["households", "persons", "elderly", "visits"]
    assert rules.hard_bands == {"persons": (600, 1000), "elderly": (0, 80)}
    assert [rules.is_soft(name) for name in ("households", "persons", "visits")] == [True, False, True]


def test_the_order_of_workloads_in_a_file_says_nothing():
    one, other = (
        Rules(workloads=dict(pairs))
        for pairs in ([("b", (1, 2)), ("a", (3, 4))], [("a", (3, 4)), ("b", (1, 2))])
    )
    assert list(one.workloads) == list(other.workloads) == ["a", "b"]


def test_nothing_soft_and_no_workload_is_the_default():
    assert Rules(soft={}, workloads={}) == Rules()


@given(
    st.none() | st.dictionaries(st.text("abcé中", min_size=1), BANDS, max_size=3),
    st.none() | st.dictionaries(st.sampled_from(SOFT_RULES), st.floats(0, 100), max_size=5),
    st.floats(0, 5),
)
def test_round_trip_by_json(workloads, soft, weight):
    """As stored with a plan: workloads and soft rules come back equal, whatever their order there."""
    soft = soft if soft is None else soft | dict.fromkeys(workloads or {}, weight)
    rules = Rules(workloads=workloads, soft=soft)
    assert Rules.from_dict(json.loads(json.dumps(rules.to_dict(), sort_keys=True))) == rules


def test_faults_of_workloads_and_soft_rules_at_once():
    data = {
        "workloads": {"visits": [9, 3], "persons": [1, 2], " ": [1, 2], "calls": 7},
        "soft": {"visits": 1, "beauty": 1, "households": -2, "grids": "much"},
    }
    with pytest.raises(RulesError) as caught:
        Rules.from_dict(data)
    text = str(caught.value)
    for part in [
        "workloads.visits = [9, 3]: the least is above the most; swap them.",
        "workloads.persons cannot be the name of a workload; any text may, except grids, households",
        "workloads.  cannot be the name of a workload",
        "workloads.calls = 7 must be two whole numbers",
        "soft.beauty is not a rule that can be soft; those are grids, households",
        "soft.households = -2 must be a number, 0 or more.",
        "soft.grids = 'much' must be a number, 0 or more.",
    ]:
        assert part in text
    assert len(caught.value.faults) == 7


@pytest.mark.parametrize("key", ["workloads", "soft"])
def test_workloads_and_soft_must_be_tables(key):
    with pytest.raises(RulesError, match=rf"{key} = 3 must be a table of"):
        Rules.from_dict({key: 3})


def test_all_faults_at_once():
    data = {
        "grids": [0, 3],
        "households": [300, 150],
        "persons": [600],
        "balance_tolerance": -1,
        "preset": "nice",
        "oversized": "shrink",
        "weights": {"beauty": 1, "border": -1},
        "gird": 4,
    }
    with pytest.raises(RulesError) as caught:
        Rules.from_dict(data)
    text = str(caught.value)
    for part in [
        "gird = 4 is not a rule; the rules are grids, households",
        "grids = [0, 3]: the least must be 1 or more.",
        "households = [300, 150]: the least is above the most; swap them.",
        "persons = [600] must be two whole numbers",
        "balance_tolerance = -1 must be a share of the mean",
        "preset = 'nice' is unknown; choose one of balanced, border, compact, stable.",
        "oversized = 'shrink' is unknown; choose one of refuse, own_grid, split.",
        "weights.beauty is not a term; the terms are border",
        "weights.border = -1 must be a number, 0 or more.",
    ]:
        assert part in text
    assert len(caught.value.faults) == 9
    lines = caught.value.text("zh").split("\n")
    assert lines[0] == "规则有 9 处错误："
    assert "- households = [300, 150]：下限大于上限，请对调。" in lines
    assert "- weights.beauty：不是目标项；可用的有 border, compactness, balance, estates, moved。" in lines
    assert all(re.search("[\u4e00-\u9fff]", line) for line in lines)


def test_unknown_key_alone():
    with pytest.raises(RulesError, match="gird = 4 is not a rule"):
        Rules.from_dict({"gird": 4})


def test_fractions_and_truths_are_no_counts():
    with pytest.raises(RulesError, match=r"households = \[1.5, true\] must be two whole numbers"):
        Rules(households=(1.5, True))


def test_weights_must_be_a_table():
    with pytest.raises(RulesError, match=r"weights = 3 must be a table"):
        Rules.from_dict({"weights": 3})


def test_text_that_is_not_toml():
    with pytest.raises(RulesError, match="The text is not TOML"):
        Rules.from_toml("grids = [4,")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("grids = [4, 8", "文末：列表缺少右方括号 ]（Unclosed array）"),
        ("grids = 4 8\n", "第 1 行第 11 列：一行只能写一项，后面还有多余的内容（Expected newline or end of"),
        ("\ngrids : 4", "第 2 行第 7 列：名称后面应有等号（Expected '=' after a key in a key/value pair）"),
        ("[soft\n", "表名后面应有方括号 ]（Expected ']' at the end of a table declaration）"),
        ("grids = 4\ngrids = 5", "同一个名称写了两次（Cannot overwrite a value）"),
        ("[soft]\n[soft]", "同一个表写了两次（Cannot declare ('soft',) twice）"),
        ("preset = balanced", "第 1 行第 10 列：等号后面没有可以识别的值；文字要加引号（Invalid value）"),
        ('preset = "x', "文末：文字缺少右引号（Unterminated string）"),
    ],
)
def test_what_is_no_toml_is_told_in_chinese_with_its_place(text: str, words: str) -> None:
    with pytest.raises(RulesError) as refused:
        Rules.from_toml(text)
    assert words in refused.value.text("zh")


def test_arrays_are_bands_and_what_is_no_table_is_told():
    assert Rules(grids=np.array([4, 6]), households=np.array([100, 200])) == Rules(
        grids=(4, 6), households=(100, 200)
    )
    assert Rules(grids=np.int64(5)).grids == (5, 5)
    with pytest.raises(RulesError, match="contiguity = array"):
        Rules(contiguity=np.array([1, 2]))
    with pytest.raises(RulesError, match=r"\[\] is no table of rules"):
        Rules.from_dict([])
