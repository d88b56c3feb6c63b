"""The benchmark of the proof: what a row of its table says."""

from benchmarks.bench_gap import table_row


def test_a_row_tells_the_plans_without_proof_apart():
    rows = [
        {"gap": 0.01, "certified s": 0.2, "draw s": 0.01, "pairs": 5, "pairs proven": 5, "improvement": 0.0},
        {"gap": 0.03, "certified s": 0.4, "draw s": 0.03, "pairs": 5, "pairs proven": 4, "improvement": 0.01},
        {"gap": None, "certified s": 0.1, "draw s": 0.02},
    ]
    assert (
        table_row(60, "compact", rows)
        == "| 60 | compact | 2 of 3 | 2.00% | 3.00% | 90% | 0.50% | 0.20 | 0.02 |"
    )


def test_no_plan_at_all():
    rows = [{"gap": None, "certified s": 0.1, "draw s": 0.02}]
    assert table_row(60, "border", rows) == "| 60 | border | 0 of 1 | – | – | – | – | 0.10 | 0.02 |"
