"""What is asked of a draw: arguments whose values are not allowed, and rules that do not fit the problem."""

from typing import get_args

import numpy as np

from partitioning.budget import Progress
from partitioning.errors import CallError, RulesError, Told
from partitioning.plan import EffortName
from partitioning.problem import Problem
from partitioning.rules import Rules


def check_call(
    problem: Problem,
    rules: Rules,
    seed: int,
    effort: EffortName,
    time_limit_s: float | None,
    progress: Progress | None,
) -> None:
    """Raises CallError with every one of these arguments of a draw whose value is not allowed."""
    faults = []
    if not isinstance(problem, Problem):
        faults.append(
            Told(
                f"problem is of the type {type(problem).__name__}; it must be a Problem.",
                f"problem 的类型为 {type(problem).__name__}：应为 Problem。",
            )
        )
    if not isinstance(rules, Rules):
        faults.append(
            Told(
                f"rules is of the type {type(rules).__name__}; it must be Rules: Rules.from_dict(...) makes them of a "
                "mapping.",
                f"rules 的类型为 {type(rules).__name__}：应为 Rules；Rules.from_dict(...) 可由字典生成。",
            )
        )
    if not isinstance(seed, int | np.integer) or seed < 0:
        faults.append(
            Told(
                f"seed = {seed!r} must be a whole number, 0 or more.",
                f"seed = {seed!r}：应为不小于 0 的整数。",
            )
        )
    if effort not in get_args(EffortName):
        known = ", ".join(get_args(EffortName))
        faults.append(
            Told(
                f"effort = {effort!r} is unknown; choose one of {known}.",
                f"effort = {effort!r}：没有这个取值；可选 {known}。",
            )
        )
    is_time = isinstance(time_limit_s, int | float | np.number) and time_limit_s >= 0
    if time_limit_s is not None and not is_time:
        faults.append(
            Told(
                f"time_limit_s = {time_limit_s!r} must be a number of seconds, 0 or more, or None for no limit.",
                f"time_limit_s = {time_limit_s!r}：应为不小于 0 的秒数，或 None（不限时）。",
            )
        )
    if progress is not None and not callable(progress):
        faults.append(
            Told(
                f"progress = {progress!r} must be a function of the share done and the best plan, or None.",
                f"progress = {progress!r}：应为函数（参数为完成比例和当前最优方案），或 None。",
            )
        )
    if faults:
        raise CallError(faults)


def check_counts(problem: Problem, rules: Rules) -> None:
    """Raises RulesError with every band whose counts the problem lacks, and with patches that do not fit."""
    missing = [rule for rule in rules.bands if problem.counts_of(rule) is None]
    faults = []
    for rule in missing:
        is_persons = rule == "persons"
        faults.append(
            Told(
                f"{rule} is a rule, but the problem has no {rule}; give the counts, or leave the rule out: "
                + ("persons=None." if is_persons else f'workloads without "{rule}".'),
                f"规则含 {rule}，但数据中没有 {rule}；请给出数值，或去掉这项规则："
                + ("persons=None。" if is_persons else f"workloads 中不写“{rule}”。"),
            )
        )
    if rules.patches is not None and problem.patches is not None:
        faults.append(
            Told(
                "patches is a rule, but the problem has patches; leave one of the two out.",
                "规则含 patches，而数据中已有片区；请去掉其中之一。",
            )
        )
    most = rules.grid_range[-1]
    if rules.patch_numbers is not None and rules.patch_numbers[0] > most:
        numbers = list(rules.patch_numbers)
        faults.append(
            Told(
                f"patches = {numbers}, but at most {most} grids; lower patches, or raise grids.",
                f"patches = {numbers}，但网格最多 {most} 个；请减少片区数，或增加网格数。",
            )
        )
    if faults:
        raise RulesError(faults)
