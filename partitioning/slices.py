"""A parted town whose parts are joined again within each grid, or of which some nodes are cut once more."""

from collections.abc import Mapping

import numpy as np

from partitioning.graph import Floats, Ints, Truths, components, merge_edges
from partitioning.parts import PartedTown, PartId


def slice_town(
    town: PartedTown,
    origin: Ints,
    counts: Mapping[str, Ints],
    xy: Floats,
    edges: Ints,
    borders: tuple[Floats, Floats],
) -> PartedTown:
    """The town with more nodes than it had: the first n' are what is left of its own, the others slices of them.

    origin: (n' + c,) the node that each is of. counts: by rule, (n' + c,). xy: (n' + c, 2). edges: (m, 2), and borders:
    their (m,) lengths and costs. Numbers of parts follow those before, slices of one part their position.
    """
    building = town.building[origin]
    cut = np.isin(building, town.building[origin[len(town.problem) :]]) & (town.number[origin] == 0)
    number = _renumber(building, np.where(cut, 1, town.number[origin]), xy)
    return _change_town(town, origin, number, town.estimated[origin] | cut, counts, xy, edges, borders)


def join_parts(town: PartedTown, labels: Ints) -> tuple[PartedTown, Ints]:
    """The town with estimated parts of a building that touch and lie in one grid as one node, and its labels."""
    problem = town.problem
    a, b = problem.edges.T
    same = (
        (town.building[a] == town.building[b])
        & (labels[a] == labels[b])
        & town.estimated[a]
        & town.estimated[b]
    )
    nodes, node = components(len(problem), problem.edges[same])
    if nodes == len(problem):
        return town, labels
    _, origin = np.unique(node, return_index=True)
    weight = problem.households + 1e-3
    sums: Floats = np.column_stack([np.bincount(node, weights=weight * axis) for axis in problem.xy_m.T])
    edges, cost = merge_edges(node, problem.edges, problem.border_cost)
    _, length = merge_edges(node, problem.edges, problem.border_m)
    counts = {
        rule: np.bincount(node, weights=values).astype(np.int64)
        for rule, values in known_counts(town).items()
    }
    alone = (
        np.bincount(town.building[origin], minlength=int(town.building.max()) + 1)[town.building[origin]] == 1
    )
    xy: Floats = sums / np.bincount(node, weights=weight)[:, None]
    number = _renumber(town.building[origin], np.where(alone, 0, town.number[origin]), xy)
    estimated = town.estimated[origin] & ~alone
    joined = _change_town(town, origin, number, estimated, counts, xy, edges, (length, cost), node)
    return joined, labels[origin]


def known_counts(town: PartedTown) -> dict[str, Ints]:
    """Households, and persons and workloads where they are known, by rule."""
    problem = town.problem
    known = {"households": problem.households, "persons": problem.persons, **problem.workloads}
    return {rule: counts for rule, counts in known.items() if counts is not None}


def _change_town(
    town: PartedTown,
    origin: Ints,
    number: Ints,
    estimated: Truths,
    counts: Mapping[str, Ints],
    xy: Floats,
    edges: Ints,
    borders: tuple[Floats, Floats],
    node: Ints | None = None,
) -> PartedTown:
    """The town with other nodes; origin: (k,) a node of the town that each stems from, node: (n',) where each went."""
    problem, building = town.problem, town.building[origin]
    names = dict(zip(town.building.tolist(), problem.building_ids, strict=True))
    base = {place: name.building if isinstance(name, PartId) else name for place, name in names.items()}
    held = {name: getattr(problem, name) for name in ("estates", "locked", "current", "pinned", "patches")}
    apart = problem.apart if node is None or problem.apart is None else np.unique(node[problem.apart], axis=0)
    parted = problem.change(
        building_ids=[
            PartId(base[place], i) if i else base[place]
            for place, i in zip(building.tolist(), number.tolist(), strict=True)
        ],
        households=counts["households"],
        persons=counts.get("persons"),
        workloads={rule: counts[rule] for rule in problem.workloads},
        xy_m=xy,
        edges=edges,
        border_m=borders[0],
        border_cost=borders[1],
        apart=apart,
        **{name: None if values is None else values[origin] for name, values in held.items()},
    )
    if problem.soft_locks is not None:
        parted = parted.with_soft_locks(problem.soft_locks[origin])
    return PartedTown(parted, building, number, estimated)


def _renumber(building: Ints, number: Ints, xy: Floats) -> Ints:
    """Numbers from 1 in each building: in the order of the parts before, slices in that of their position."""
    order = np.lexsort((xy[:, 1], xy[:, 0], number, building))
    start = np.searchsorted(building[order], building[order])
    renumbered = np.empty_like(number)
    renumbered[order] = np.arange(len(order)) - start + 1
    return np.where(number > 0, renumbered, 0)
