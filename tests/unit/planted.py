"""Problems that have a plan, since they are made around one."""

from dataclasses import replace

import numpy as np

from partitioning import Problem, Rules
from tests.towns.drawn import town


def planted(seed: int, n: int) -> tuple[Problem, Rules]:
    """Grids grown by chance on a lattice with some neighbours less, or on a tree, then counts that keep the bands in
    each; perhaps persons, and two buildings of a grid locked together.
    """
    rng = np.random.default_rng([7, seed])
    columns = int(np.ceil(np.sqrt(n)))
    xy = [(float(i % columns), float(i // columns)) for i in range(n)]
    before = [[j for j in (i - 1 if i % columns else -1, i - columns) if j >= 0] for i in range(1, n)]
    tree = [(int(rng.choice(choice)), i + 1) for i, choice in enumerate(before)]
    around = [(i, i + 1) for i in range(n - 1) if (i + 1) % columns] + [
        (i, i + columns) for i in range(n - columns)
    ]
    more = 0.0 if seed % 5 == 0 else 0.7
    edges = sorted(set(tree) | {pair for pair in around if rng.random() < more})
    near: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    grids = int(rng.integers(2, max(3, n // 3))) if n <= 40 else int(rng.integers(4, 10))
    label = np.full(n, -1)
    label[rng.choice(n, grids, replace=False)] = np.arange(grids)
    while (label < 0).any():
        ways = [(v, label[u]) for v in np.flatnonzero(label < 0) for u in near[v] if label[u] >= 0]
        v, grid = ways[int(rng.integers(len(ways)))]
        label[v] = grid
    low = int(rng.integers(150, 260))
    high = int(rng.integers(low, 301))
    households = np.zeros(n, dtype=np.int64)
    for grid in range(grids):
        members = np.flatnonzero(label == grid)
        shares = rng.dirichlet(np.full(len(members), rng.choice([0.5, 3.0])))
        households[members] = rng.multinomial(int(rng.integers(low, high + 1)), shares)
    persons = np.round(households * rng.uniform(3.2, 3.6, n)).astype(int)
    held = np.bincount(label, weights=persons)
    locked = np.full(n, -1)
    if seed % 3 == 0:
        members = np.flatnonzero(label == 0)
        locked[rng.choice(members, min(2, len(members)), replace=False)] = 0
    problem = town(xy, edges, households.tolist(), persons=persons, locked=locked)
    rules = Rules(persons=None, grids=(max(grids - 1, 1), grids + 1), households=(low, high))
    if seed % 2 == 0:
        rules = replace(rules, persons=(int(held.min()), int(held.max())))
    return problem, rules
