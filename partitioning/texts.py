"""Sentences of the engine in Chinese and English; the only place where its words for planners stand."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Literal

_NAMED = 5
"""How many buildings a sentence names before it counts the rest."""

RULE_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "grids": "number of grids",
        "households": "households",
        "persons": "persons",
        "balance": "balance",
        "contiguity": "contiguity",
        "locked": "locks",
        "pinned": "held buildings",
        "apart": "buildings that must not share a grid",
        "estates": "splits of estates",
        "oversized": "oversized buildings",
        "patches": "patches",
        "buildings": "buildings",
        "all": "rules",
    },
    "zh": {
        "grids": "网格数",
        "households": "户数",
        "persons": "人口",
        "balance": "均衡度",
        "contiguity": "连片",
        "locked": "锁定",
        "pinned": "固定",
        "apart": "不得同格",
        "estates": "小区拆分次数",
        "oversized": "超大楼栋",
        "patches": "片区",
        "buildings": "楼栋",
        "all": "各项规则",
    },
}

REASON_TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "oversized": (
            "Building {buildings} has {value} {rule}; a grid may hold at most {limit}. Give it a grid of "
            "its own, or split it by entrances."
        ),
        "total_below": (
            "The community has {value} {rule}; {grids} grids of at least {each} need {limit}, {over} more."
        ),
        "total_above": (
            "The community has {value} {rule}; {grids} grids of at most {each} hold {limit}, {over} fewer."
        ),
        "total_between": (
            "No number of grids from {fewest} to {most} fits the community's {value} {rule}: {grids} "
            "grids of at most {each} hold only {limit}, and one grid more would leave some below the "
            "least of {least}."
        ),
        "no_common_number": (
            "{h_total} {h_rule} allow {h_low} to {h_high} grids, {p_total} {p_rule} allow {p_low} to "
            "{p_high}: no number of grids keeps both rules."
        ),
        "tolerance_too_tight": (
            "With a balance tolerance of {limit_share} no whole number of households keeps the band for any "
            "number of grids."
        ),
        "too_few_buildings": "Buildings: {value}, fewer than the {limit} grids that are asked for.",
        "part_below": (
            "Cut off from the rest: {buildings}, with {value} {rule} together; a grid needs at least "
            "{limit}. Join the part to a neighbour across the gap."
        ),
        "part_between": (
            "Cut off from the rest: {buildings}, with {value} {rule} together, which fit no number of "
            "grids: {grids} hold at most {limit}, and one more would fall below the least. Join the part "
            "to a neighbour across the gap."
        ),
        "part_joint": (
            "Cut off from the rest: {buildings}; no number of grids keeps the rules for both their "
            "{value} households and what else is counted. Join the part to a neighbour across the gap."
        ),
        "parts_total": (
            "The community lies in {value} parts cut off from each other; together they need {low} to "
            "{high} grids, and none of these numbers is allowed with them (limit {limit})."
        ),
        "parts_unbalanced": (
            "The community lies in {value} parts cut off from each other; for no number of grids from {fewest} to "
            "{most} can all of them be shared out within a balance tolerance of {limit_share}."
        ),
        "lock_apart": (
            "Buildings {buildings} are locked into one grid, but lie in {value} parts that no chain of "
            "neighbours joins; a grid must be contiguous. Unlock some, or join the parts."
        ),
        "lock_heavy": (
            "Buildings {buildings} are locked into one grid and have {value} {rule}; a grid may hold at "
            "most {limit}. Unlock some of them."
        ),
        "lock_pinned_twice": (
            "Buildings {buildings} must share a grid, but are held in {value} different ones. Unlock or release "
            "some of them."
        ),
        "held_apart": (
            "Buildings {buildings} must share a grid, but buildings held in other grids part them into {value} "
            "pieces; a grid must be contiguous. Release some on either side."
        ),
        "held_light": (
            "The grid that {buildings} are held in can reach {value} {rule} at most, since the ground around is held "
            "in other grids; it needs at least {limit}. Release some around it."
        ),
        "held_too_many": (
            "Buildings are held in {value} grids, and with these counts the rules allow {limit} at most. Release all "
            "that is held in some of them."
        ),
        "held_blocks": "Without what is held ({count} buildings: {buildings}) there is a plan.",
        "held_release": "With what is held in grid {grid} released ({buildings}), there is a plan.",
        "apart_held": (
            "Of {buildings} some must not share a grid ({value} pairs), but all of them are locked or held together."
        ),
        "apart_too_many": (
            "Buildings {buildings} must lie in {value} different grids, and with these counts the rules allow {limit} "
            "at most."
        ),
        "apart_shared": "Grid {grid} has {value} pairs of buildings that must not share one, among {buildings}.",
        "patches_divide": "No grid may lie in two of the {value} patches, which leaves no plan:",
        "patches_held": "Buildings {buildings} must share a grid, but lie in {value} patches; a grid may lie in one.",
        "patches_too_many": (
            "Buildings lie in {value} patches, each of which needs a grid of its own, and with these counts the rules "
            "allow {limit} grids at most."
        ),
        "patches_shared": "Grid {grid} lies in {value} patches, and may lie in one; its buildings there: {buildings}.",
        "patches_not_found": "The {value} grids could not be grouped into contiguous patches, {limit} at most.",
        "band_waived": (
            "Grid {grid} is the oversized building {buildings} alone: {value} where a grid may have {limit} at most, "
            "which does not count for it."
        ),
        "gap_spanned": "Grid {grid} spans a gap: it lies in {value} pieces. Apart from the largest: {buildings}.",
        "estates_few_grids": (
            "With {splits} splits of the {estates} estates there are at most {limit} grids, and {value} are needed: "
            "each holds a part of an estate, or only buildings that are in none."
        ),
        "estates_must_split": (
            "Estates must be split {value} times at the least, and {limit} are allowed: they are too heavy for a grid, "
            "lie apart or are held in several grids. Their buildings: {buildings}."
        ),
        "estates_split": "Estates are split {value} times, and {limit} are allowed; their buildings: {buildings}.",
        "part_held": (
            "Cut off from the rest: {buildings}; they are held in {value} grids, and their counts allow {limit} at "
            "most. Release all that is held in some of them, or join the part to a neighbour across the gap."
        ),
        "no_partner": (
            "No grid can hold {buildings} ({value} households): no set of neighbouring buildings around "
            "them keeps the rules."
        ),
        "no_sum": "No set of buildings adds up to a number of {rule} that a grid may have.",
        "sums_total": (
            "Whole buildings cannot fill grids to the ends of the band: at what their sums allow, the community's "
            "{value} {rule} miss the {limit} that the grids must or may hold together."
        ),
        "heavy_apart": (
            "No two of {buildings} fit into one grid; with what else there is, at least {value} grids are needed, and "
            "the rules and counts allow {limit}."
        ),
        "light_few": (
            "Too few buildings are heavy enough: at most {value} grids can be filled to the least {rule}; the rules "
            "and counts ask for {limit}."
        ),
        "fork_heavy": (
            "Building {buildings} is the only way between the parts of the ground around it: with what no "
            "grid inside a part can hold, its own grid must take {value} {rule}; it may hold at most {limit}."
        ),
        "fork_few": (
            "Building {buildings} is the only way between the parts of the ground around it: at most {value} grids "
            "can be had there; the rules and counts ask for {limit}."
        ),
        "no_packing": (
            "All divisions of the {value} buildings into {fewest} to {most} contiguous grids were ruled "
            "out: their counts do not pack into the bands."
        ),
        "no_packing_held": (
            "All divisions of the {value} buildings into {fewest} to {most} contiguous grids were ruled "
            "out: with what is locked or held, their counts do not pack into the bands."
        ),
        "no_packing_apart": (
            "All divisions of the {value} buildings into {fewest} to {most} contiguous grids were ruled "
            "out: with what must or must not share a grid, their counts do not pack into the bands."
        ),
        "waived_too_many": (
            "{value} oversized buildings get grids of their own, which leaves none of the {limit} grids "
            "for the rest."
        ),
        "only_waived": (
            "Every building is oversized and gets a grid of its own: that makes {value} grids, and the "
            "rule's limit is {limit}."
        ),
        "unbalanced_building": (
            "Building {buildings} has {value} households; with this balance tolerance a grid may hold at "
            "most {limit}."
        ),
        "below": "Grid {grid} has {value} {rule}; it needs at least {limit}, {over} more.",
        "above": "Grid {grid} has {value} {rule}; it may have at most {limit}, {over} fewer.",
        "grid_count": "The plan has {value} grids; the rule's limit is {limit}.",
        "unbalanced": "Grid {grid} differs from the mean by {value_share}; the tolerance is {limit_share}.",
        "apart": "Grid {grid} lies in {value} pieces; cut off: {buildings}.",
        "lock_broken": "Buildings {buildings} are locked into one grid and lie in {value}.",
        "pins_shared": "Grid {grid} has buildings that are held in {value} different grids: {buildings}.",
        "soft_below": "Grid {grid} has {value} {rule}, {over} fewer than the {limit} wished for.",
        "soft_above": "Grid {grid} has {value} {rule}, {over} more than the {limit} wished for.",
        "soft_grid_count": "The plan has {value} grids; the nearest number wished for is {limit}.",
        "soft_unbalanced": "Grid {grid} differs from the mean by {value_share}; {limit_share} at most is wished for.",
        "soft_lock_broken": "Buildings {buildings} are wished into one grid and lie in {value}.",
        "stopped": "The search was stopped before it found a plan.",
        "not_found": "The search found no plan that keeps all rules; it is not proven that there is none.",
    },
    "zh": {
        "oversized": (
            "楼栋 {buildings} 的{rule}为 {value}，每个网格最多 {limit}。可让其单独成格，或按单元拆分。"
        ),
        "total_below": "社区{rule}共 {value}，{grids} 个网格每格至少 {each} 需要 {limit}，还差 {over}。",
        "total_above": "社区{rule}共 {value}，{grids} 个网格每格最多 {each} 只能容纳 {limit}，超出 {over}。",
        "total_between": (
            "{fewest} 至 {most} 个网格都不适合社区{rule} {value}：{grids} 个网格每格最多 {each}，"
            "只能容纳 {limit}；再多一个网格则有网格低于下限 {least}。"
        ),
        "no_common_number": (
            "{h_rule}共 {h_total}，可划 {h_low} 至 {h_high} 个网格；"
            "{p_rule}共 {p_total}，可划 {p_low} 至 {p_high} 个网格："
            "没有同时满足两项规则的网格数。"
        ),
        "tolerance_too_tight": "均衡容差为 {limit_share} 时，任何网格数都没有满足户数范围的整数。",
        "too_few_buildings": "共有 {value} 栋楼，少于要求的 {limit} 个网格。",
        "part_below": (
            "有 {count} 栋楼（{buildings}）与其余部分不相连，{rule}合计 {value}；每个网格至少 {limit}。"
            "请将其与间隔另一侧的楼栋相连。"
        ),
        "part_between": (
            "有 {count} 栋楼（{buildings}）与其余部分不相连，{rule}合计 {value}，不适合任何网格数："
            "{grids} 个网格最多容纳 {limit}，再多一个则低于下限。请将其与间隔另一侧的楼栋相连。"
        ),
        "part_joint": (
            "有 {count} 栋楼（{buildings}）与其余部分不相连，没有网格数能同时满足其 {value} 户和其他数量的规则。"
            "请将其与间隔另一侧的楼栋相连。"
        ),
        "parts_total": (
            "社区分为 {value} 个互不相连的部分，共需 {low} 至 {high} 个网格，均不在规则允许之内（限 "
            "{limit}）。"
        ),
        "parts_unbalanced": (
            "社区分为 {value} 个互不相连的部分；{fewest} 至 {most} 个网格中，"
            "没有网格数能使各部分都满足均衡容差 {limit_share}。"
        ),
        "lock_apart": (
            "楼栋 {buildings} 被锁定在同一网格，但分处 {value} 个不相连的部分；网格必须连片。"
            "请解除部分锁定或将各部分相连。"
        ),
        "lock_heavy": (
            "楼栋 {buildings} 被锁定在同一网格，{rule}合计 {value}，每个网格最多 {limit}。请解除部分锁定。"
        ),
        "lock_pinned_twice": "楼栋 {buildings} 须同属一个网格，却被固定在 {value} 个不同网格。请解除部分锁定或固定。",
        "held_apart": (
            "楼栋 {buildings} 须同属一个网格，但被固定在其他网格的楼栋隔成 {value} 块；网格必须连片。"
            "请解除其中一方的部分固定。"
        ),
        "held_light": (
            "楼栋 {buildings} 所固定的网格{rule}最多只能达到 {value}，因为周围的楼栋已固定在其他网格；"
            "每个网格至少 {limit}。请解除周围部分楼栋的固定。"
        ),
        "held_too_many": (
            "已有楼栋固定在 {value} 个网格，按现有数量规则最多允许 {limit} 个。请解除其中若干网格的全部固定。"
        ),
        "held_blocks": "若不固定这 {count} 栋楼（{buildings}），则有可行方案。",
        "held_release": "解除网格 {grid} 中的固定（{buildings}）后，即有可行方案。",
        "apart_held": "楼栋 {buildings} 中有 {value} 对不得同属一个网格，却被锁定或固定在一起。",
        "apart_too_many": "楼栋 {buildings} 须分属 {value} 个不同网格，按现有数量规则最多允许 {limit} 个。",
        "apart_shared": "网格 {grid} 中有 {value} 对不得同格的楼栋，涉及 {buildings}。",
        "patches_divide": "网格不得跨越 {value} 个片区中的任何两个，因此没有可行方案：",
        "patches_held": "楼栋 {buildings} 须同属一个网格，却分处 {value} 个片区；一个网格只能属于一个片区。",
        "patches_too_many": "楼栋分处 {value} 个片区，每个片区至少需要一个网格，按现有数量规则最多允许 {limit} 个。",
        "patches_shared": "网格 {grid} 跨 {value} 个片区，只能属于一个；涉及楼栋：{buildings}。",
        "patches_not_found": "{value} 个网格无法归并为连片的片区（最多 {limit} 个）。",
        "band_waived": "网格 {grid} 只有超大楼栋 {buildings}：{value}，超过每格上限 {limit}；该格不受上下限约束。",
        "gap_spanned": "网格 {grid} 跨越间隔，分为 {value} 块；与最大一块不相连的楼栋：{buildings}。",
        "estates_few_grids": (
            "{estates} 个小区共拆分 {splits} 次，最多只能形成 {limit} 个网格，而至少需要 {value} 个："
            "每个网格要么含有某个小区的一部分，要么只含不属于小区的楼栋。"
        ),
        "estates_must_split": (
            "小区至少须拆分 {value} 次，而最多允许 {limit} 次：一个网格容纳不下、互不相连或已固定在不同网格。"
            "涉及楼栋：{buildings}。"
        ),
        "estates_split": "小区共被拆分 {value} 次，最多允许 {limit} 次；涉及楼栋：{buildings}。",
        "part_held": (
            "有 {count} 栋楼（{buildings}）与其余部分不相连，固定在 {value} 个网格，其数量最多允许 {limit} 个。"
            "请解除其中若干网格的全部固定，或将其与间隔另一侧的楼栋相连。"
        ),
        "no_partner": ("楼栋 {buildings}（{value} 户）无法归入任何网格：其周围没有一组相邻楼栋能满足规则。"),
        "no_sum": "没有任何楼栋组合的{rule}合计落在每个网格允许的范围内。",
        "sums_total": (
            "整栋划分时，各网格{rule}无法恰好达到范围两端：社区共 {value}，与各网格合计的限值 {limit} 不符。"
        ),
        "heavy_apart": (
            "楼栋 {buildings} 中任意两栋都无法同属一个网格；连同其余楼栋至少需要 {value} 个网格，"
            "而规则和数量允许 {limit} 个。"
        ),
        "light_few": "够大的楼栋太少：最多只有 {value} 个网格能达到{rule}下限，而规则和数量要求 {limit} 个。",
        "fork_heavy": (
            "楼栋 {buildings} 是其周围各部分之间唯一的通道：加上各部分内部网格无法容纳的数量，"
            "其所在网格的{rule}至少为 {value}，而每个网格最多 {limit}。"
        ),
        "fork_few": (
            "楼栋 {buildings} 是其周围各部分之间唯一的通道：该处最多可划 {value} 个网格，而规则和数量要求 {limit} 个。"
        ),
        "no_packing": (
            "已排除将 {value} 栋楼划为 {fewest} 至 {most} 个连片网格的所有方案：户数或人口无法凑入规定范围。"
        ),
        "no_packing_held": (
            "已排除将 {value} 栋楼划为 {fewest} 至 {most} 个连片网格的所有方案："
            "在现有锁定和固定下，户数或人口无法凑入规定范围。"
        ),
        "no_packing_apart": (
            "已排除将 {value} 栋楼划为 {fewest} 至 {most} 个连片网格的所有方案："
            "在必须同格和不得同格的要求下，户数或人口无法凑入规定范围。"
        ),
        "waived_too_many": "有 {value} 栋超限楼栋各自成格，{limit} 个网格中没有剩余给其他楼栋。",
        "only_waived": "所有楼栋均超限并各自成格，共 {value} 个网格，规则限为 {limit}。",
        "unbalanced_building": "楼栋 {buildings} 有 {value} 户；按此均衡容差，每个网格最多 {limit} 户。",
        "below": "网格 {grid} 的{rule}为 {value}，至少需要 {limit}，还差 {over}。",
        "above": "网格 {grid} 的{rule}为 {value}，最多允许 {limit}，超出 {over}。",
        "grid_count": "方案有 {value} 个网格，规则限为 {limit}。",
        "unbalanced": "网格 {grid} 与平均值相差 {value_share}，容差为 {limit_share}。",
        "apart": "网格 {grid} 分为 {value} 块，不相连的楼栋：{buildings}。",
        "lock_broken": "楼栋 {buildings} 被锁定在同一网格，现分处 {value} 个网格。",
        "pins_shared": "网格 {grid} 中有固定在 {value} 个不同网格的楼栋：{buildings}。",
        "soft_below": "网格 {grid} 的{rule}为 {value}，比期望的下限 {limit} 少 {over}。",
        "soft_above": "网格 {grid} 的{rule}为 {value}，比期望的上限 {limit} 多 {over}。",
        "soft_grid_count": "方案共 {value} 个网格，期望范围内最接近的是 {limit}。",
        "soft_unbalanced": "网格 {grid} 与平均值相差 {value_share}，期望不超过 {limit_share}。",
        "soft_lock_broken": "楼栋 {buildings} 期望同属一个网格，现分处 {value} 个网格。",
        "stopped": "搜索在找到方案之前被中止。",
        "not_found": "搜索未找到满足所有规则的方案，但并未证明不存在。",
    },
}


def rule_word(rule: str, lang: Literal["zh", "en"]) -> str:
    """A rule as planners name it; workloads by the name that they were given."""
    return RULE_WORDS[lang].get(rule, rule)


def join_names(names: Sequence[Hashable], lang: Literal["zh", "en"], of: str = "buildings") -> str:
    """The first few names and the count of the others; of: "buildings" or "pairs"."""
    shown = ("、" if lang == "zh" else ", ").join(str(name) for name in names[:_NAMED])
    more = len(names) - _NAMED
    if more <= 0:
        return shown
    return (
        f"{shown} 等 {len(names)} {'对' if of == 'pairs' else '栋'}"
        if lang == "zh"
        else f"{shown} and {more} more"
    )
