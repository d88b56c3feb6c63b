"""Why there is no plan: each kind with its numbers and its sentence in both languages."""

import pytest

from partitioning import Problem, Reason, Relaxation, Rules, draw_grids
from partitioning.texts import REASON_TEXTS, RULE_WORDS
from partitioning.texts_relaxations import NEED_TEXTS, REACHED_TEXTS, RELAXATION_TEXTS
from tests.towns.drawn import lattice, path, ring, town, two_islands


def only_reason(problem: Problem, **rules) -> Reason:
    outcome = draw_grids(problem, rules=Rules(**{"persons": None, **rules}))
    assert outcome.status == "infeasible"
    assert outcome.plan is None
    (reason,) = outcome.reasons
    return reason


def test_a_building_too_large():
    reason = only_reason(path([200, 412, 200, 200]))
    assert (reason.rule, reason.value, reason.limit, reason.buildings) == ("households", 412, 300, ("b1",))
    assert reason.relaxation == Relaxation("households", "most", 412)
    assert reason.text("en") == (
        "Building b1 has 412 households; a grid may hold at most 300. Give it a grid of its own, or split it by "
        "entrances. Raising the most households to 412 would allow it."
    )
    assert reason.text("zh") == (
        "楼栋 b1 的户数为 412，每个网格最多 300。可让其单独成格，或按单元拆分。将户数上限提高到 412 即可。"
    )


def test_too_few_households():
    """Four grids of nine buildings of 50: one of them has two buildings."""
    reason = only_reason(lattice(3, 3, 50))
    assert (reason.kind, reason.value, reason.limit) == ("total_below", 450, 600)
    assert reason.relaxation == Relaxation("grids", "least", 3)
    assert reason.other_relaxations == (Relaxation("households", "least", 100),)
    assert reason.text("en") == (
        "The community has 450 households; 4 grids of at least 150 need 600, 150 more. Lowering the least number of "
        "grids to 3 would allow it. Lowering the least households to 100 would allow it."
    )
    assert reason.text("zh") == (
        "社区户数共 450，4 个网格每格至少 150 需要 600，还差 150。将网格数下限降到 3 即可。将户数下限降到 100 即可。"
    )


def test_too_many_households():
    """Eight grids of nine buildings of 290: one of them has two buildings."""
    reason = only_reason(lattice(3, 3, 290))
    assert (reason.kind, reason.value, reason.limit) == ("total_above", 2610, 2400)
    assert set(reason.other_relaxations) | {reason.relaxation} == {
        Relaxation("households", "most", 580),
        Relaxation("grids", "most", 9),
    }
    assert "8 grids of at most 300 hold 2400, 210 fewer" in reason.text("en")
    assert "8 个网格每格最多 300 只能容纳 2400，超出 210" in reason.text("zh")


def test_between_two_numbers_of_grids():
    """410 is too much for 2 grids of 200, too little for 3 of 190."""
    reason = only_reason(path([41] * 10), grids=(2, 3), households=(190, 200))
    assert (reason.kind, reason.value, reason.limit) == ("total_between", 410, 400)
    assert reason.relaxation == Relaxation("households", "most", 205)
    assert "No number of grids from 2 to 3 fits the community's 410 households" in reason.text("en")
    assert "2 至 3 个网格都不适合社区户数 410" in reason.text("zh")


def test_households_and_persons_disagree():
    """900 households allow 4 to 6 grids of 150 to 225, 2,700 persons only 3 of 800 to 1,000. Buildings of 100
    make grids of 200 at the most, so that fewer persons a grid leave one building over.
    """
    problem = lattice(3, 3, 100, persons=[300] * 9)
    reason = only_reason(problem, persons=(800, 1000), households=(150, 225), grids=(2, 8))
    assert reason.kind == "no_common_number"
    assert reason.relaxation == Relaxation("households", "most", 300)
    assert reason.other_relaxations == ()
    assert reason.text("en").startswith(
        "900 households allow 4 to 6 grids, 2700 persons allow 3 to 3: no number of grids keeps both rules."
    )
    assert "没有同时满足两项规则的网格数" in reason.text("zh")


def test_fewer_buildings_than_grids():
    reason = only_reason(path([200, 200, 200]))
    assert (reason.kind, reason.value, reason.limit) == ("too_few_buildings", 3, 4)
    assert "Buildings: 3, fewer than the 4 grids that are asked for." in reason.text("en")
    assert "共有 3 栋楼，少于要求的 4 个网格。" in reason.text("zh")


def test_an_island_too_small():
    reason = only_reason(two_islands([100] * 6, [60, 60]), grids=(2, 5))
    assert (reason.kind, reason.value, reason.limit, reason.buildings) == (
        "part_below",
        120,
        150,
        ("b6", "b7"),
    )
    assert reason.text("en") == (
        "Cut off from the rest: b6, b7, with 120 households together; a grid needs at least 150. Join the part to a "
        "neighbour across the gap. Lowering the least households to 120 would allow it."
    )
    assert "b6、b7" in reason.text("zh")
    assert "合计 120" in reason.text("zh")


def test_an_island_between_two_numbers():
    reason = only_reason(two_islands([100] * 6, [155, 155]), households=(160, 300), grids=(3, 6))
    assert (reason.kind, reason.value, reason.limit) == ("part_between", 310, 300)
    assert reason.relaxation == Relaxation("households", "most", 310)
    assert "1 hold at most 300" in reason.text("en")
    assert "1 个网格最多容纳 300" in reason.text("zh")


def test_an_island_whose_two_counts_disagree():
    problem = two_islands([100] * 6, [100, 100], persons=[350] * 6 + [700, 700])
    reason = only_reason(problem, persons=(500, 1000), grids=(3, 6))
    assert reason.kind == "part_joint"
    assert (
        "no number of grids keeps the rules for both their 200 households and what else is counted"
        in reason.text("en")
    )
    assert "没有网格数能同时满足其 200 户和其他数量的规则" in reason.text("zh")


def test_islands_that_do_not_add_up():
    """400 households make two grids of 150 to 300 and no other number, so that 5 cannot be had."""
    reason = only_reason(two_islands([100] * 4, [100] * 4), grids=5)
    assert (reason.kind, reason.value, reason.limit) == ("parts_total", 2, 5)
    assert "2 parts cut off from each other; together they need 4 to 4 grids" in reason.text("en")
    assert "2 个互不相连的部分" in reason.text("zh")


def test_islands_that_no_one_number_of_grids_balances():
    """Islands of 100, 200 and 50 + 50. Two grids in all have a mean of 200, which only the second keeps; three 133,
    which none does; four 100, which the first and the last keep.
    """
    xy = [(0.0, 0.0), (5.0, 0.0), (10.0, 0.0), (11.0, 0.0)]
    problem = town(xy, [(2, 3)], [100, 200, 50, 50])
    reason = only_reason(problem, grids=(2, 4), households=(50, 300), balance_tolerance=0.1)
    assert (reason.rule, reason.kind, reason.value, reason.limit) == ("balance", "parts_unbalanced", 3, 0.1)
    assert reason.text("en").startswith(
        "The community lies in 3 parts cut off from each other; for no number of grids from 2 to 4 can all of them be "
        "shared out within a balance tolerance of 10%."
    )
    assert (
        "社区分为 3 个互不相连的部分；2 至 4 个网格中，没有网格数能使各部分都满足均衡容差 10%。"
        in reason.text("zh")
    )


def test_locks_across_water():
    reason = only_reason(two_islands([100] * 4, [100] * 4, locked=[0, -1, -1, -1, -1, -1, -1, 0]))
    assert (reason.kind, reason.buildings) == ("lock_apart", ("b0", "b7"))
    assert reason.relaxation == Relaxation("locked", "release", 1, ("b0",))
    assert reason.text("en").endswith("Releasing the locks of b0 would allow it.")
    assert reason.text("zh").endswith("解除楼栋 b0 的锁定即可。")
    assert "Buildings b0, b7 are locked into one grid, but lie in 2 parts" in reason.text("en")
    assert "楼栋 b0、b7 被锁定在同一网格，但分处 2 个不相连的部分" in reason.text("zh")


def test_locks_too_heavy():
    reason = only_reason(ring([110] * 8, locked=[4, 4, 4, -1, -1, -1, -1, -1]))
    assert (reason.kind, reason.value, reason.limit) == ("lock_heavy", 330, 300)
    assert "have 330 households; a grid may hold at most 300" in reason.text("en")
    assert "户数合计 330，每个网格最多 300" in reason.text("zh")


def test_a_building_that_fits_nowhere():
    """140 is below 150 and its only neighbour makes 340."""
    reason = only_reason(path([140, 200, 200, 200, 200]))
    assert (reason.kind, reason.value, reason.buildings) == ("no_partner", 140, ("b0",))
    assert reason.relaxation == Relaxation("households", "least", 140)
    assert reason.other_relaxations == (Relaxation("households", "most", 340),)
    assert reason.text("en").startswith("No grid can hold b0 (140 households): no set of neighbouring")
    assert reason.text("zh").startswith("楼栋 b0（140 户）无法归入任何网格")


def test_counts_that_do_not_pack():
    """800 households in grids of 200 or more are 4 of 200; the three blocks of 100 at each end leave one over."""
    reason = only_reason(path([100, 100, 100, 200, 100, 100, 100]), grids=(4, 5), households=(200, 250))
    assert (reason.kind, reason.value) == ("no_packing", 7)
    assert reason.relaxation == Relaxation("households", "least", 100)
    assert reason.other_relaxations == ()
    assert reason.text("en").startswith(
        "All divisions of the 7 buildings into 4 to 5 contiguous grids were ruled out"
    )
    assert reason.text("zh").startswith("已排除将 7 栋楼划为 4 至 5 个连片网格的所有方案")


def test_tolerance_that_the_largest_building_breaks():
    reason = only_reason(
        path([100, 100, 250, 100, 100, 150]), grids=4, households=(100, 300), balance_tolerance=0.1
    )
    assert (reason.kind, reason.value, reason.limit) == ("unbalanced_building", 250, 220)
    assert reason.relaxation == Relaxation("balance", "tolerance", 0.25)
    assert "with this balance tolerance a grid may hold at most 220" in reason.text("en")
    assert "按此均衡容差，每个网格最多 220 户" in reason.text("zh")


def test_oversized_buildings_use_up_the_grids():
    reason = only_reason(path([400, 400, 100, 100]), grids=2, oversized="own_grid")
    assert (reason.kind, reason.value, reason.limit) == ("waived_too_many", 2, 2)
    assert "leaves none of the 2 grids for the rest" in reason.text("en")
    assert "没有剩余给其他楼栋" in reason.text("zh")


def test_nothing_but_oversized_buildings():
    reason = only_reason(path([400, 400]), grids=(1, 1), oversized="own_grid")
    assert (reason.kind, reason.value, reason.limit) == ("only_waived", 2, 1)
    assert "that makes 2 grids, and the rule's limit is 1" in reason.text("en")
    assert "共 2 个网格，规则限为 1" in reason.text("zh")
    outcome = draw_grids(path([400, 500]), rules=Rules(grids=2, persons=None, oversized="own_grid"))
    assert outcome.status == "optimal"
    assert outcome.plan.labels.tolist() == [0, 1]


def test_several_reasons_at_once():
    outcome = draw_grids(path([400, 100, 500]), rules=Rules(persons=None))
    assert [reason.kind for reason in outcome.reasons] == ["oversized", "oversized", "too_few_buildings"]


def test_long_lists_are_cut_short():
    reason = only_reason(ring([60] * 12, locked=[1] * 7 + [-1] * 5))
    assert len(reason.buildings) == 7
    assert "b0, b1, b2, b3, b4 and 2 more" in reason.text("en")
    assert "b0、b1、b2、b3、b4 等 7 栋" in reason.text("zh")


def test_a_limit_that_whole_buildings_cannot_meet():
    """25 buildings of 20 in four grids: one of them has six at the most, 120, though 500 / 4 is 125."""
    reason = only_reason(lattice(5, 5, 20))
    assert Relaxation("households", "least", 120) in (reason.relaxation, *reason.other_relaxations)
    assert "Lowering the least households to 120 would allow it." in reason.text("en")
    assert "将户数下限降到 120 即可。" in reason.text("zh")


def test_a_change_with_a_plan_above_the_proven_limit():
    way = Relaxation("households", "most", 310, reached=315)
    assert way.text("en") == (
        "The most households would have to be raised to 310 or more; with 315 there is a plan."
    )
    assert way.text("zh") == "户数上限至少需提高到 310；提高到 315 时已有可行方案。"


def test_a_change_of_which_only_the_limit_is_known():
    way = Relaxation("households", "least", 125)
    assert way.text("en") == "The least households would have to be lowered to 125 or less."
    assert way.text("zh") == "户数下限至少需降到 125。"


def test_both_languages_say_the_same_things():
    assert REASON_TEXTS["en"].keys() == REASON_TEXTS["zh"].keys()
    assert RELAXATION_TEXTS["en"].keys() == RELAXATION_TEXTS["zh"].keys()
    assert REACHED_TEXTS["en"].keys() == REACHED_TEXTS["zh"].keys() == RELAXATION_TEXTS["en"].keys()
    assert NEED_TEXTS["en"].keys() == NEED_TEXTS["zh"].keys() == RELAXATION_TEXTS["en"].keys()
    assert RULE_WORDS["en"].keys() == RULE_WORDS["zh"].keys()


REFUTED = [
    (
        Reason("households", "no_sum", 0, 190),
        "No set of buildings adds up to a number of households that a grid may have.",
        "没有任何楼栋组合的户数合计落在每个网格允许的范围内。",
    ),
    (
        Reason("households", "sums_total", 1610, 1600),
        "Whole buildings cannot fill grids to the ends of the band: at what their sums allow, the community's 1610 "
        "households miss the 1600 that the grids must or may hold together.",
        "整栋划分时，各网格户数无法恰好达到范围两端：社区共 1610，与各网格合计的限值 1600 不符。",
    ),
    (
        Reason("households", "heavy_apart", 9, 8, ("a", "b")),
        "No two of a, b fit into one grid; with what else there is, at least 9 grids are needed, and the rules and "
        "counts allow 8.",
        "楼栋 a、b 中任意两栋都无法同属一个网格；连同其余楼栋至少需要 9 个网格，而规则和数量允许 8 个。",
    ),
    (
        Reason("persons", "light_few", 3, 4),
        "Too few buildings are heavy enough: at most 3 grids can be filled to the least persons; the rules and counts "
        "ask for 4.",
        "够大的楼栋太少：最多只有 3 个网格能达到人口下限，而规则和数量要求 4 个。",
    ),
    (
        Reason("households", "fork_heavy", 410, 220, ("b3",)),
        "Building b3 is the only way between the parts of the ground around it: with what no grid inside a part can "
        "hold, its own grid must take 410 households; it may hold at most 220.",
        "楼栋 b3 是其周围各部分之间唯一的通道：加上各部分内部网格无法容纳的数量，其所在网格的户数至少为 410，"
        "而每个网格最多 220。",
    ),
    (
        Reason("households", "fork_few", 3, 4, ("b3",)),
        "Building b3 is the only way between the parts of the ground around it: at most 3 grids can be had there; the "
        "rules and counts ask for 4.",
        "楼栋 b3 是其周围各部分之间唯一的通道：该处最多可划 3 个网格，而规则和数量要求 4 个。",
    ),
]


@pytest.mark.parametrize(("reason", "en", "zh"), REFUTED)
def test_what_is_refuted_on_large_ground(reason, en, zh):
    assert reason.text("en") == en
    assert reason.text("zh") == zh


def test_releases_that_may_not_do_or_not_be_the_fewest():
    some = Relaxation("locked", "release", 2, ("a", "b"))
    assert some.text("en") == (
        "At least 2 of the locked or held buildings would have to be released, such as a, b."
    )
    assert some.text("zh") == "至少需解除其中 2 栋楼的锁定或固定，例如 a、b。"
    found = Relaxation("locked", "release", 2, ("a", "b"), reached=2)
    assert found.text("en") == "Releasing the locks of a, b would allow it; perhaps fewer would do."
    assert found.text("zh") == "解除楼栋 a、b 的锁定即可；或许解除更少也可行。"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_a_plan_breaks(lang):
    reason = Reason("households", "above", 333, 300, grid=5)
    expected = {
        "en": "Grid 6 has 333 households; it may have at most 300, 33 fewer.",
        "zh": "网格 6 的户数为 333，最多允许 300，超出 33。",
    }
    assert reason.text(lang) == expected[lang]
