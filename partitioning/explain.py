"""Proofs by arithmetic that a problem has no plan, and what the nearest plan breaks, as reasons."""

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np

from partitioning.bands import ROUNDING, Shares, bands_for, counted_bands, fits_band, grid_counts, share_grids
from partitioning.core import Core
from partitioning.explain_apart import prove_apart
from partitioning.explain_estates import prove_estates
from partitioning.explain_holds import prove_holds
from partitioning.explain_patches import prove_patches
from partitioning.problem import Problem
from partitioning.reasons import Reason, Relaxation
from partitioning.rule_checks import Band
from partitioning.rules import Rules
from partitioning.scores import Violation, oversized_buildings

_KINDS = {
    "grids": "grid_count",
    "balance": "unbalanced",
    "contiguity": "apart",
    "locked": "lock_broken",
    "pinned": "pins_shared",
    "apart": "apart_shared",
    "estates": "estates_split",
    "patches": "patches_shared",
}
_NOTE_KINDS = {
    "grids": "soft_grid_count",
    "balance": "soft_unbalanced",
    "contiguity": "gap_spanned",
    "locked": "soft_lock_broken",
    "oversized": "band_waived",
    "patches": "patches_not_found",
}
"""Kinds of what is told, by rule."""


def prove_infeasible(problem: Problem, rules: Rules, core: Core) -> tuple[Reason, ...]:
    """Reasons that each alone rule out every plan; empty where the arithmetic finds none."""
    found = [*_oversized(problem, rules, core), *prove_holds(problem, rules, core), *_too_few(problem, rules)]
    found += [*prove_estates(problem, rules, core), *prove_patches(problem, rules, core)]
    found += [*prove_apart(problem, rules, core), *_totals(problem, rules, core)]
    if not found:
        found += _parts(problem, rules, core)
    if not found:
        found += _too_tight(problem, rules, core)
    return tuple(found)


def _oversized(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """A building that no grid can hold."""
    waived = set(core.waived.tolist())
    for place in oversized_buildings(problem, rules):
        if place in waived:
            continue
        for rule, counts, band in counted_bands(problem, rules):
            value = int(counts[place])
            if value > band[1]:
                yield Reason(
                    rule,
                    "oversized",
                    value,
                    band[1],
                    problem.names(place[None]),
                    None,
                    Relaxation(rule, "most", value),
                )


def _too_few(problem: Problem, rules: Rules) -> Iterator[Reason]:
    least = rules.grid_range[0]
    if len(problem) < least:
        yield Reason(
            "grids",
            "too_few_buildings",
            len(problem),
            least,
            (),
            None,
            Relaxation("grids", "least", len(problem)),
        )


def _totals(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """Totals that no allowed number of grids can share out."""
    numbers = [k - len(core.waived) for k in rules.grid_range if k > len(core.waived)]
    bands = {rule: band for rule, _, band in counted_bands(problem, rules)}
    totals = {rule: int(core.totals[:, core.columns.index(rule)].sum()) for rule in bands}
    if not len(core.members):
        if len(core.waived) not in rules.grid_range:
            limit = rules.grid_range[0 if len(core.waived) < rules.grid_range[0] else -1]
            yield Reason("grids", "only_waived", len(core.waived), limit)
        return
    if not numbers:
        yield Reason(
            "grids",
            "waived_too_many",
            len(core.waived),
            rules.grid_range[-1],
            (),
            None,
            Relaxation("grids", "most", len(core.waived) + 1),
        )
        return
    fits = {rule: [k for k in numbers if fits_band(totals[rule], band, k)] for rule, band in bands.items()}
    if not fits or set.intersection(*map(set, fits.values())):
        return
    ways = _relaxations(totals, bands, numbers, len(core.waived), int(core.groups.sum()))
    broken = [rule for rule in totals if not fits[rule]]
    for rule in broken:
        yield _total_reason(rule, totals[rule], bands[rule], numbers, ways)
    if not broken:
        yield _no_common_number(totals, fits, ways)


def _no_common_number(totals: dict[str, int], fits: dict[str, list[int]], ways: list[Relaxation]) -> Reason:
    """Two counts that no number of grids suits both: as each suits a run of numbers, there are two such runs apart."""
    first, second = next(
        pair for pair in combinations(fits, 2) if not set(fits[pair[0]]) & set(fits[pair[1]])
    )
    one, other = fits[first], fits[second]
    details = {"h_total": totals[first], "h_low": one[0], "h_high": one[-1], "h_rule": first}
    details |= {"p_total": totals[second], "p_low": other[0], "p_high": other[-1], "p_rule": second}
    relaxation, others = (ways[0], tuple(ways[1:])) if ways else (None, ())
    return Reason("grids", "no_common_number", other[0], one[-1], (), None, relaxation, others, details)


def _total_reason(rule: str, total: int, band: Band, numbers: list[int], ways: list[Relaxation]) -> Reason:
    low, high = band
    relaxation, others = (ways[0], tuple(ways[1:])) if ways else (None, ())
    if total < numbers[0] * low:
        kind, limit, details = "total_below", numbers[0] * low, {"grids": numbers[0], "each": low}
    elif total > numbers[-1] * high:
        kind, limit, details = "total_above", numbers[-1] * high, {"grids": numbers[-1], "each": high}
    else:
        grids = max(k for k in numbers if k * high < total)
        kind, limit = "total_between", grids * high
        details = {"fewest": numbers[0], "most": numbers[-1], "grids": grids, "each": high, "least": low}
    return Reason(rule, kind, total, limit, (), None, relaxation, others, details)


def _relaxations(
    totals: dict[str, int], bands: dict[str, Band], numbers: list[int], waived: int, most_grids: int
) -> list[Relaxation]:
    """Every change of one end of one rule that admits the totals, smallest relative change first."""
    ways: list[tuple[float, Relaxation]] = []
    for rule, band in bands.items():
        total, others = totals[rule], [other for other in bands if other != rule]
        able = [k for k in numbers if all(fits_band(totals[other], bands[other], k) for other in others)]
        lower = [total // k for k in able if total < k * band[0] and total <= k * band[1]]
        upper = [-(-total // k) for k in able if total > k * band[1] and total >= k * band[0]]
        if lower:
            ways.append((1 - max(lower) / band[0], Relaxation(rule, "least", max(lower))))
        if upper:
            ways.append((min(upper) / max(band[1], 1) - 1, Relaxation(rule, "most", min(upper))))
    fit = [k for k in range(1, most_grids + 1) if all(fits_band(totals[r], bands[r], k) for r in bands)]
    fewer, more = [k for k in fit if k < numbers[0]], [k for k in fit if k > numbers[-1]]
    if fewer:
        ways.append((1 - max(fewer) / numbers[0], Relaxation("grids", "least", max(fewer) + waived)))
    if more:
        ways.append((min(more) / numbers[-1] - 1, Relaxation("grids", "most", min(more) + waived)))
    return [way for _, way in sorted(ways, key=lambda pair: pair[0])]


def _parts(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """Parts cut off from each other whose counts fit no number of grids, alone or together."""
    if len(core.totals) < 2:
        return
    cases = [k - len(core.waived) for k in rules.grid_range if k > len(core.waived)]
    shared = []
    for grids in cases:
        bands = bands_for(rules, core.columns, core.households, grids)
        shared.append(share_grids(bands, core.totals, core.groups, core.pins))
        if shared[-1].choice is not None:
            return
    hopeless = [c for c in range(len(core.totals)) if not any(shares.options[c] for shares in shared)]
    for c in hopeless if shared else []:
        yield _part_reason(problem, rules, core, c)
    if not hopeless and shared:
        yield _parts_reason(rules, len(core.totals), cases, shared)


def _parts_reason(rules: Rules, parts: int, cases: list[int], shared: list[Shares]) -> Reason:
    """Parts that each fit some number of grids, but not together."""
    together = [shares.options for shares in shared if all(shares.options)]
    if not together:  # only a balance tolerance makes the bands differ from one number of grids to the next
        limit = 0.0 if rules.balance_tolerance is None else rules.balance_tolerance
        numbers = {"fewest": cases[0], "most": cases[-1]}
        return Reason("balance", "parts_unbalanced", parts, limit, details=numbers)
    low = min(sum(o[0] for o in options) for options in together)
    high = max(sum(o[-1] for o in options) for options in together)
    limit = cases[-1] if low > cases[-1] else cases[0]
    return Reason("grids", "parts_total", parts, limit, details={"low": low, "high": high})


def _part_reason(problem: Problem, rules: Rules, core: Core, part: int) -> Reason:
    names = problem.names(core.members[core.component == part])
    sums = [
        (rule, int(core.totals[part, core.columns.index(rule)]), band)
        for rule, _, band in counted_bands(problem, rules)
    ]
    for rule, total, band in sums:
        if total < band[0]:
            return Reason(
                rule,
                "part_below",
                total,
                band[0],
                names,
                None,
                Relaxation(rule, "least", total) if total else None,
            )
    for rule, total, band in sums:
        if not grid_counts(total, band, len(names)):
            grids = min(total // max(band[0], 1), len(names))
            return Reason(
                rule,
                "part_between",
                total,
                grids * band[1],
                names,
                None,
                Relaxation(rule, "most", -(-total // grids)),
                (),
                {"grids": grids},
            )
    fits = set(range(1, len(names) + 1))
    fits.intersection_update(*(grid_counts(total, band, len(names)) for _, total, band in sums))
    if fits and max(fits) < core.pins[part]:
        return Reason("locked", "part_held", int(core.pins[part]), max(fits), names)
    return Reason("all", "part_joint", int(core.totals[part, 0]), 0, names)


def _too_tight(problem: Problem, rules: Rules, core: Core) -> Iterator[Reason]:
    """A balance tolerance that the heaviest building, or whole numbers, cannot keep with any number of
    grids.
    """
    if rules.balance_tolerance is None or not len(core.members):
        return
    total, numbers = core.households, [k - len(core.waived) for k in rules.grid_range]
    heaviest = core.members[problem.households[core.members].argmax()]
    value = int(problem.households[heaviest])
    every = [bands_for(rules, core.columns, total, k) for k in numbers if k > 0]
    if every and all(value > bands.high[0] for bands in every):
        limit = max(bands.high[0] for bands in every)
        share = value * min(bands.grids for bands in every) / total - 1
        needed = float(np.ceil(1000 * (share - ROUNDING)) / 1000)
        yield Reason(
            "balance",
            "unbalanced_building",
            value,
            limit,
            problem.names(heaviest[None]),
            None,
            Relaxation("balance", "tolerance", needed),
        )
    elif not any(bands.admits(core.totals.sum(axis=0).tolist()) for bands in every):
        yield Reason("balance", "tolerance_too_tight", total, rules.balance_tolerance)


def explain_violations(problem: Problem, violations: tuple[Violation, ...]) -> tuple[Reason, ...]:
    """What a plan breaks, as reasons."""
    return _told(problem, violations, _KINDS, "")


def explain_notes(problem: Problem, notes: tuple[Violation, ...]) -> tuple[Reason, ...]:
    """What the rules let a plan do and a planner should know, see Scores.notes and Scores.soft, as reasons."""
    return _told(problem, notes, _NOTE_KINDS, "soft_")


def _told(
    problem: Problem, violations: tuple[Violation, ...], kinds: Mapping[str, str], bands: str
) -> tuple[Reason, ...]:
    """Violations as reasons; kinds: by rule; bands: before the kinds of all other rules."""
    return tuple(
        Reason(
            rule=v.rule,
            kind=kinds.get(v.rule) or bands + ("below" if v.value < v.limit else "above"),
            value=v.value,
            limit=v.limit,
            buildings=tuple(problem.building_ids[i] for i in v.buildings),
            grid=v.grid,
        )
        for v in violations
    )
