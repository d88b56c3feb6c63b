"""Draws on real ground and on the shared synthetic communities; skipped where those are absent."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from partitioning import Problem, Rules, check_plan, draw_grids

BENCH = Path(__file__).resolve().parents[2].parent / "shared" / "bench"


@pytest.mark.parametrize("n", [60, 200, 800])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_synthetic_communities_are_drawn(n, seed, monkeypatch):
    if not BENCH.is_dir():
        pytest.skip("the shared synthetic communities are absent here")
    monkeypatch.setattr(sys, "path", [str(BENCH), *sys.path])
    from communities import make_community

    made = make_community(n, seed=seed)
    fields = ("households", "persons", "xy_m", "edges", "border_m", "border_cost", "estates")
    problem = Problem(np.arange(len(made["households"])), **{name: made[name] for name in fields})
    rules = Rules(grids=made["grids"], balance_tolerance=0.1)
    outcome = draw_grids(problem, rules=rules, seed=seed, certify=False)
    assert outcome.status == "feasible"
    assert check_plan(problem, outcome.plan.labels, rules) == ()


def test_census_block_groups_of_a_state(shared_data):
    """2,294 block groups of 0 to some thousand persons into 4 districts within 1 %."""
    graph = json.loads((shared_data / "arkansas_blockgroups_2020_graph.json").read_text())
    place = {node["id"]: i for i, node in enumerate(graph["nodes"])}
    pairs = {
        tuple(sorted((i, place[link["id"]])))
        for i, links in enumerate(graph["adjacency"])
        for link in links
        if place[link["id"]] != i
    }
    edges = np.array(sorted(pairs))
    n = len(place)
    problem = Problem(
        building_ids=list(place),
        households=[node["tot_pop_20"] for node in graph["nodes"]],
        persons=None,
        xy_m=np.zeros((n, 2)),
        edges=edges,
        border_m=np.ones(len(edges)),
        border_cost=np.ones(len(edges)),
    )
    rules = Rules(grids=4, households=None, persons=None, balance_tolerance=0.01)
    outcome = draw_grids(problem, rules=rules, effort="fast", certify=False)
    assert outcome.status == "feasible"
    assert outcome.plan.scores.deviation <= 0.01
